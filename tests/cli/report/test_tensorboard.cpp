// Events for TensorBoard, read by the format's own rules.
#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "host/cli/report/tensorboard_file.h"
#include "tests/cli/two_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What a message has: integers and floats by their fields, and the bytes of nested messages.
struct Message {
  std::map<std::uint64_t, double> numbers;
  std::map<std::uint64_t, std::vector<std::string>> parts;
};

std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.at(0));
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
}

Message parse(std::string_view bytes) {
  Message message;
  while (!bytes.empty()) {
    const std::uint64_t key = take_varint(bytes);
    const std::uint64_t field = key >> 3;
    if ((key & 7) == 0) {
      message.numbers[field] = static_cast<double>(take_varint(bytes));
    } else if ((key & 7) == 2) {
      const std::uint64_t size = take_varint(bytes);
      message.parts[field].emplace_back(bytes.substr(0, size));
      bytes.remove_prefix(size);
    } else {
      const bool is_double = (key & 7) == 1;
      message.numbers[field] = is_double ? number_at<double>(bytes, 0) : number_at<float>(bytes, 0);
      bytes.remove_prefix(is_double ? 8 : 4);
    }
  }
  return message;
}

std::uint32_t masked(std::string_view bytes) {
  const std::uint32_t crc = crc32c_of(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

std::vector<Message> events_in(const std::string& folder) {
  std::vector<Message> events;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  EXPECT_EQ(files.size(), 1U);
  EXPECT_THAT(files.front(), StartsWith(folder + "/events.out.tfevents."));
  const std::string content = read_whole_file(files.front());
  std::string_view bytes = content;
  while (!bytes.empty()) {
    const auto size = number_at<std::uint64_t>(bytes, 0);
    EXPECT_EQ(number_at<std::uint32_t>(bytes, 8), masked(bytes.substr(0, 8)));
    const std::string_view event = bytes.substr(12, size);
    EXPECT_EQ(number_at<std::uint32_t>(bytes, 12 + size), masked(event));
    events.push_back(parse(event));
    bytes.remove_prefix(16 + size);
  }
  return events;
}

TEST(TensorboardFile, Checksums) {
  EXPECT_EQ(crc32c_of("123456789"), 0xE3069283U);            // the usual check value
  EXPECT_EQ(crc32c_of(std::string(32, '\0')), 0x8A9136AAU);  // RFC 3720, B.4
  EXPECT_EQ(crc32c_of(std::string(32, '\xff')), 0x62A8AB43U);
  EXPECT_EQ(crc32c_of(""), 0U);
}

TEST(TensorboardFile, HasScalarsOverTrainedWords) {
  const TemporaryFolder folder;
  const std::string path = folder.path("runs/one");
  {
    TensorboardFile file(path, 500);
    Progress progress;
    progress.tokens_done = 1000;
    progress.loss = 2.5;
    progress.lr = 0.0125;
    progress.words_per_second = 300000;
    file.write(progress);
    file.write(progress);  // within the same second
    progress.tokens_done = 2000;
    progress.epoch_end = true;
    file.write(progress);
    EXPECT_EQ(file.failure(), "");
  }
  const std::vector<Message> events = events_in(path);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].parts.at(3).front(), "brain.Event:2");
  EXPECT_GT(events[0].numbers.at(1), 1.7e9);  // seconds since 1970
  EXPECT_EQ(events[1].numbers.at(2), 501);    // nothing behind word 500 counts
  EXPECT_EQ(parse(events[1].parts.at(7).front()).numbers.at(1), 1);
  EXPECT_EQ(events[2].numbers.at(2), 1000);
  EXPECT_EQ(events[3].numbers.at(2), 2000);
  std::map<std::string, double> scalars;
  const Message summary = parse(events[3].parts.at(5).front());
  for (const std::string& value : summary.parts.at(1)) {
    const Message scalar = parse(value);
    scalars[scalar.parts.at(1).front()] = scalar.numbers.at(2);
  }
  EXPECT_EQ(scalars, (std::map<std::string, double>{
                         {"loss", 2.5}, {"lr", static_cast<double>(0.0125F)}, {"words_per_second", 300000}}));
}

TEST_F(Cli, EventsOfARun) {
  const Finished trained = train("v.bin", {"--tensorboard", path("runs")});
  ASSERT_EQ(trained.status, 0) << trained.err;
  const std::vector<Message> events = events_in(path("runs"));
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(events.back().numbers.at(2), 10000);  // two epochs of 5000 words
  // In a folder of texts they are no text.
  write(path("runs/text"), sentences(50));
  const Finished beside = run({"vocab", "--input", path("runs"), "--output", "-"});
  EXPECT_EQ(beside.status, 0) << beside.err;
  EXPECT_THAT(beside.err, HasSubstr("(TensorBoard's events)"));
  EXPECT_THAT(train("v.bin", {"--tensorboard", text_}).err, HasSubstr("--tensorboard " + text_));
}

TEST_F(Cli, ProgressAsJson) {
  const Finished trained = train("v.bin", {"--progress", "json", "--min-count", "6"});
  ASSERT_EQ(trained.status, 0) << trained.err;
  std::istringstream lines(trained.err);
  std::vector<std::string> types;
  nlohmann::json last_progress;
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json object = nlohmann::json::parse(line);
    types.push_back(object.at("type"));
    if (types.back() == "progress") last_progress = object;
    if (types.back() == "summary") {
      EXPECT_EQ(object["state"], "finished");
    }
  }
  EXPECT_EQ(last_progress["tokens_done"], 10000);
  EXPECT_EQ(std::count(types.begin(), types.end(), "summary"), 1);
  EXPECT_GE(std::count(types.begin(), types.end(), "message"), 3);
  EXPECT_THAT(train("v.bin", {"--progress", "dots"}).err, HasSubstr("--progress dots is not known"));
  EXPECT_EQ(train("v.bin", {"--progress", "json", "--quiet"}).err, "");
}

}  // namespace
}  // namespace warp2vec::cli
