// Sparse files of many gigabytes: only a few pages are written.

#include "host/bytes/npy_header.h"
#include "host/files/vectors/vector_readers.h"
#include "host/io/mapped_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace warp2vec {
namespace {

using testing::HasSubstr;

class LargeVectors : public testing::Test {
 protected:
  void write_at(std::int64_t offset, const std::string& bytes) {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(offset);
    file << bytes;
  }
  void make(const std::string& bytes, std::int64_t size) {
    folder_.write(path_, bytes);
    resize(size);
  }
  void resize(std::int64_t size) { std::filesystem::resize_file(path_, static_cast<std::uintmax_t>(size)); }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("vectors");
};

TEST_F(LargeVectors, NpySizesPassTwoToThe32) {
  const std::string header = make_npy_header(3000000, 1000, 0);
  const std::int64_t size = 128 + std::int64_t{4} * 3000000 * 1000;
  make(header, size);
  const auto read = [this] {
    const MappedFile file(path_);
    return read_npy_header({path_, file.text()});
  };
  EXPECT_EQ(read().rows, 3000000);
  EXPECT_EQ(read().cols, 1000);
  // Off by one byte, and the sizes that 32-bit arithmetic would compute.
  for (const std::int64_t wrong :
       {size - 1, size + 1, size % (std::int64_t{1} << 32), size - (std::int64_t{1} << 32)}) {
    resize(wrong);
    EXPECT_THAT(thrown_message(read), HasSubstr("the header says 3000000 x 1000 float32 values, but"))
        << wrong;
  }
}

TEST_F(LargeVectors, BinaryRowsStandBeyondTwoToThe32) {
  const std::string header = "3 1200000000\n";  // 3.6e9 values
  const CountsHeader counts{3, 1200000000, header.size()};
  const std::int64_t row = 2 + std::int64_t{4} * 1200000000 + 1;
  const std::int64_t size = static_cast<std::int64_t>(header.size()) + 3 * row;
  make(header + "a ", size);
  for (const int r : {0, 1, 2}) {
    const std::int64_t begin = static_cast<std::int64_t>(header.size()) + r * row;
    write_at(begin, std::string(1, static_cast<char>('a' + r)) + " ");
    write_at(begin + row - 1, "\n");
  }
  const auto find = [&] {
    const MappedFile file(path_);
    std::vector<std::size_t> values;
    for (const BinaryRow& found : find_binary_rows({path_, file.text()}, counts))
      values.push_back(found.values);
    return values;
  };
  EXPECT_THAT(find(), testing::ElementsAre(15, 15 + row, 15 + 2 * row));
  resize(size + 1);
  EXPECT_THAT(thrown_message(find), HasSubstr("but 1 bytes follow"));
  resize(size - 1);
  EXPECT_THAT(find(), testing::ElementsAre(15, 15 + row, 15 + 2 * row));  // no newline at the end
  resize(size - 2);
  EXPECT_THAT(thrown_message(find), HasSubstr("vector 3 of 3: the file ends inside its values"));
  resize(size - (std::int64_t{1} << 32));
  EXPECT_THAT(thrown_message(find), HasSubstr("the header says 3 vectors of 1200000000 values"));
}

}  // namespace
}  // namespace warp2vec
