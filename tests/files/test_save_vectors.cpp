#include <warp2vec/vocabulary.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/vector_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<VectorFormat> kAll = {VectorFormat::binary,      VectorFormat::text,
                                        VectorFormat::glove,       VectorFormat::npy,
                                        VectorFormat::safetensors, VectorFormat::tensorboard};

// At least 3 MB in every format.
WordVectors large_vectors() {
  constexpr std::int64_t kRows = 8000;
  std::vector<std::string> words;
  for (std::int64_t r = 0; r < kRows; ++r) words.push_back("word" + std::to_string(r));
  return make_vectors(words, 100, std::vector<float>(kRows * 100, 0.123456789F));
}

class SaveVectors : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string path_ = folder_.path("vectors");
};
using SaveVectorsDeathTest = SaveVectors;

TEST_F(SaveVectors, BinaryIsWord2vecs) {
  save_vectors(make_vectors({"the", "of"}, 2, {1, -2, 0.1F, 1e-45F}), path_, VectorFormat::binary);
  const std::string expected(
      "2 2\nthe \x00\x00\x80\x3f\x00\x00\x00\xc0\nof \xcd\xcc\xcc\x3d\x01\x00\x00\x00\n", 29);
  EXPECT_EQ(folder_.read(path_), expected);
}

TEST_F(SaveVectors, TextHasTheFewestDigitsAndNoSpaceAtTheEnd) {
  const WordVectors v =
      make_vectors({"the", "of"}, 4, {1, -2.5F, 0.1F, 1e-45F, 1.0F / 3, 16777216, 1e-5F, -0.0F});
  const std::string rows = "the 1 -2.5 0.1 1e-45\nof 0.33333334 16777216 1e-05 -0\n";
  save_vectors(v, path_, VectorFormat::text);
  EXPECT_EQ(folder_.read(path_), "2 4\n" + rows);
  save_vectors(v, path_, VectorFormat::glove);
  EXPECT_EQ(folder_.read(path_), rows);
}

TEST_F(SaveVectors, NpyIsTheMatrixWithoutPaddingAndAListOfWords) {
  save_vectors(sample_vectors(), path_, VectorFormat::npy);
  const std::string npy = folder_.read(path_);
  EXPECT_EQ(npy.size(), 128U + 36);
  EXPECT_EQ(npy.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }");
  EXPECT_EQ(npy.substr(128), float_bytes(values_of(sample_vectors())));
  EXPECT_EQ(folder_.read(path_ + ".vocab"), "the\nκόσμος\na\n");
  EXPECT_THAT(folder_.names(), ElementsAre("vectors", "vectors.vocab"));
}

TEST_F(SaveVectors, TensorboardIsTwoTablesWithoutHeaders) {
  save_vectors(make_vectors({"the", "of"}, 3, {1, -2.5F, 0.1F, 0, 3, 4}), path_, VectorFormat::tensorboard);
  EXPECT_EQ(folder_.read(path_ + ".vectors.tsv"), "1\t-2.5\t0.1\n0\t3\t4\n");
  EXPECT_EQ(folder_.read(path_ + ".metadata.tsv"), "the\nof\n");
  EXPECT_THAT(folder_.names(), ElementsAre("vectors.metadata.tsv", "vectors.vectors.tsv"));
}

TEST_F(SaveVectors, WhatIsSavedIsLoadedBitForBit) {
  std::mt19937 random(1);
  for (const std::int32_t dim : {1, 2, 15, 16, 17, 100}) {
    std::vector<float> values;
    while (values.size() < std::size_t{20} * static_cast<unsigned>(dim)) {
      const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
      if (std::isfinite(value)) values.push_back(value);
    }
    std::vector<std::string> words;
    words.reserve(20);
    for (int i = 0; i < 20; ++i) words.push_back(std::to_string(i * i));
    const WordVectors v = make_vectors(words, dim, values);
    for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                      VectorFormat::npy, VectorFormat::safetensors}) {
      save_vectors(v, path_, format);
      const WordVectors loaded = load_vectors(path_);
      EXPECT_EQ(loaded.words, v.words) << to_string(format) << " " << dim;
      EXPECT_EQ(bits_of(loaded), bits_of(v)) << to_string(format) << " " << dim;
    }
  }
}

TEST_F(SaveVectors, ATrainedModelIsSavedInTheVocabularysOrder) {
  const Vocabulary vocabulary({{"rare", 1}, {"often", 9}, {"some", 5}}, 1, 0);
  Matrix input(3, 2);
  for (std::int64_t r = 0; r < 3; ++r) input.row(r)[1] = static_cast<float>(r);
  for (const VectorFormat format : kAll) {
    save_vectors(vocabulary, input, folder_.path("trained"), format);
    WordVectors same = make_vectors({"often", "some", "rare"}, 2, {0, 0, 0, 1, 0, 2});
    same.counts.assign(vocabulary.counts().begin(), vocabulary.counts().end());
    save_vectors(same, folder_.path("same"), format);
  }
  for (const char* file : {"", ".vocab", ".vectors.tsv", ".metadata.tsv"})
    EXPECT_EQ(folder_.read("trained" + std::string(file)), folder_.read("same" + std::string(file)));
}

TEST_F(SaveVectors, WhatCouldNotBeReadBackIsNotWritten) {
  const auto complaint = [this](const WordVectors& v, const std::vector<VectorFormat>& formats = kAll) {
    std::string message;
    for (const VectorFormat format : formats) {
      const std::string another = thrown_message([&] { save_vectors(v, path_, format); });
      EXPECT_TRUE(message.empty() || message == another);
      message = another;
      EXPECT_THAT(folder_.names(), IsEmpty());
    }
    return message;
  };
  const std::string cannot = "cannot write " + path_ + ": ";
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_EQ(complaint(make_vectors({"a", "b"}, 1, {1, bad})),
              cannot + "the vector of 'b' has a value that is not finite");
  EXPECT_EQ(complaint(make_vectors({"a", ""}, 1, {1, 2})), cannot + "word 2 is empty");
  const std::vector<VectorFormat> packed{VectorFormat::npy, VectorFormat::safetensors};
  for (const char space : {' ', '\t', '\n', '\r', '\v', '\f'})
    EXPECT_EQ(complaint(make_vectors({std::string("a") + space}, 1, {1}),
                        {VectorFormat::binary, VectorFormat::text, VectorFormat::glove}),
              cannot + "word 1 contains white space: 'a" + space + "' (npy and safetensors can hold spaces)");
  for (const char space : {'\n', '\r'})
    EXPECT_EQ(complaint(make_vectors({std::string("a") + space}, 1, {1}), packed),
              cannot + "word 1 contains white space: 'a" + space + "'");
  EXPECT_EQ(complaint(WordVectors{}), cannot + "there are no vectors");
  WordVectors uneven = sample_vectors();
  uneven.words.pop_back();
  EXPECT_EQ(complaint(uneven), cannot + "2 words with 3 vectors");
}

TEST_F(SaveVectors, TargetsThatCannotBeAreNamed) {
  for (const VectorFormat format : kAll) {
    const std::string none = folder_.path("none/vectors");
    EXPECT_THAT(thrown_message([&] { save_vectors(sample_vectors(), none, format); }),
                testing::MatchesRegex("cannot write .*/none/vectors.*: No such file or directory"));
  }
  EXPECT_EQ(thrown_message([&] { save_vectors(sample_vectors(), folder_.path(), VectorFormat::binary); }),
            "cannot write " + folder_.path() + ": it is a folder");
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(SaveVectors, AFullDeviceIsAnError) {
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove})
    EXPECT_EQ(thrown_message([&] { save_vectors(sample_vectors(), "/dev/full", format); }),
              "cannot write /dev/full: No space left on device");
}

// The disk is full at the first, or only at the second of two files: none may appear.
TEST_F(SaveVectors, AFullDiskLeavesNothing) {
  const WordVectors large = large_vectors();
  for (const char* size : {"size=1m", "size=3160k"}) {
    if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size) != 0)
      GTEST_SKIP() << "mounting a small tmpfs needs root: " << std::generic_category().message(errno);
    for (const VectorFormat format : kAll) {
      EXPECT_THAT(thrown_message([&] { save_vectors(large, path_, format); }),
                  testing::MatchesRegex("cannot write .*/vectors.*: No space left on device"))
          << to_string(format) << " " << size;
      EXPECT_THAT(folder_.names(), IsEmpty());
    }
    ::umount(folder_.path().c_str());
  }
}

TEST_F(SaveVectorsDeathTest, AKillInTheMiddleLeavesNothingUnderAFinalName) {
  const WordVectors large = large_vectors();
  for (const VectorFormat format : kAll) {
    const auto die = [&] {
      // The kernel signals when a file passes this size.
      const rlimit limit{1 << 20, 1 << 20};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      std::signal(SIGXFSZ, [](int) { ::kill(::getpid(), SIGKILL); });
      save_vectors(large, path_, format);
    };
    EXPECT_EXIT(die(), testing::KilledBySignal(SIGKILL), "") << to_string(format);
  }
  const std::vector<std::string> names = folder_.names();
  EXPECT_EQ(names.size(), 4U);  // one temporary file for each name; each run removes those of the last one
  for (const std::string& name : names) EXPECT_THAT(name, testing::HasSubstr(".tmp-"));
}

TEST(VectorFormat, NamesRoundTrip) {
  for (const VectorFormat format : kAll) EXPECT_EQ(parse_vector_format(to_string(format)), format);
  EXPECT_EQ(to_string(VectorFormat::tensorboard), "tensorboard");
  EXPECT_EQ(thrown_message([] { parse_vector_format("pickle"); }),
            "--format pickle is not known: expected binary, text, glove, npy, safetensors or tensorboard");
}

}  // namespace
}  // namespace warp2vec
