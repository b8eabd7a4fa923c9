#include "host/cli/report/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>
#include <thread>

namespace warp2vec::cli {
namespace {

using testing::EndsWith;
using testing::MatchesRegex;

using Style = ProgressDisplay::Style;
using std::chrono::hours;
using std::chrono::nanoseconds;

TEST(CliProgress, TrainingLine) {
  Progress progress;
  progress.epoch = 1;
  progress.tokens_done = 432;
  progress.tokens_total = 1000;
  progress.loss = 2.34567;
  progress.lr = 0.0142;
  progress.seconds = 43.2;
  progress.words_per_second = 512345.4;
  EXPECT_EQ(format_progress(progress, 5),
            "epoch 2/5   43.2%  512,345 words/s  loss 2.3457  lr 0.01420  ETA 57 s");
  progress.tokens_done = 1000;
  EXPECT_EQ(format_progress(progress, 5), "epoch 2/5  100.0%  512,345 words/s  loss 2.3457  lr 0.01420");
}

TEST(CliProgress, ReadingLine) {
  EXPECT_EQ(format_reading("counting words", 25000000, 100000000, 4500000, 2),
            "counting words   25.0%  25.0 MB of 100 MB  4,500,000 words  ETA 6.0 s");
  EXPECT_EQ(format_reading("x", 0, 0, 0, 2), "x  100.0%  0 bytes of 0 bytes  0 words");
}

TEST(CliProgress, LinesAreRareExceptTheLast) {
  std::ostringstream out;
  ProgressDisplay display(out, Style::lines, 0, hours(1));
  display.show("a");
  display.show("b");
  EXPECT_EQ(out.str(), "");
  display.show_last("c", {});
  display.say("done");
  EXPECT_THAT(out.str(), MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z  c\nwarp2vec: done\n"));
}

TEST(CliProgress, LinesAppearAtTheInterval) {
  std::ostringstream out;
  ProgressDisplay display(out, Style::lines, 0, nanoseconds(1));
  std::this_thread::sleep_for(std::chrono::microseconds(10));
  display.show("a");
  EXPECT_THAT(out.str(), EndsWith("Z  a\n"));
}

TEST(CliProgress, ATerminalLineIsRewrittenCutAndCleared) {
  std::ostringstream out;
  {
    ProgressDisplay display(out, Style::terminal, 5);
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    display.show("abcdefgh");
    display.show("too soon");
    EXPECT_EQ(out.str(), "\rabcde\x1b[K");
    display.print("text");
    EXPECT_EQ(out.str(), "\rabcde\x1b[K\r\x1b[Ktext\n");
    out.str("");
    display.show_last("xyz", {});
    EXPECT_EQ(out.str(), "\rxyz\x1b[K\n");
    out.str("");
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    display.show("left");
    out.str("");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K");  // an error message that follows starts on an empty line
}

TEST(CliProgress, JsonHasAnObjectInEachLine) {
  std::ostringstream out;
  ProgressDisplay display(out, Style::json, 0, hours(1));
  display.show("text", {{"type", "progress"}});
  EXPECT_EQ(out.str(), "");
  display.show_last("text", {{"type", "progress"}, {"loss", 1.5}});
  display.say("a \"message\"");
  display.print("a line");
  display.tell({{"type", "summary"}});
  EXPECT_EQ(out.str(),
            "{\"loss\":1.5,\"type\":\"progress\"}\n{\"text\":\"a \\\"message\\\"\",\"type\":\"message\"}\n"
            "{\"text\":\"a line\",\"type\":\"message\"}\n{\"type\":\"summary\"}\n");
}

TEST(CliProgress, SilenceIsSilent) {
  std::ostringstream out;
  {
    ProgressDisplay display(out, Style::silent, 80, nanoseconds(0));
    display.show("a");
    display.show_last("b", {});
    display.say("c");
    display.print("d");
    display.tell({{"type", "e"}});
  }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace warp2vec::cli
