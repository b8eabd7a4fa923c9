#include "host/cli/report/tensorboard_file.h"

#include <warp2vec/error.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace warp2vec::cli {
namespace {

// Protocol Buffers' wire format: a key (the field's number, and how its value is written), and the value.
enum WireType : std::uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void append_varint(std::string& message, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) message += static_cast<char>(value | 0x80);
  message += static_cast<char>(value);
}

void append_key(std::string& message, std::uint64_t field, WireType type) {
  append_varint(message, field << 3 | type);
}

void append_integer(std::string& message, std::uint64_t field, std::int64_t value) {
  append_key(message, field, kVarint);
  append_varint(message, static_cast<std::uint64_t>(value));
}

void append_bytes(std::string& message, std::uint64_t field, std::string_view bytes) {
  append_key(message, field, kBytes);
  append_varint(message, bytes.size());
  message += bytes;
}

// Event.wall_time and Event.step.
std::string event_at(std::int64_t step) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  std::string event;
  append_key(event, 1, kFixed64);
  append_number_bytes(event, now.count());
  append_integer(event, 2, step);
  return event;
}

// Summary.Value, in Summary.value.
void append_scalar(std::string& summary, std::string_view tag, double number) {
  std::string value;
  append_bytes(value, 1, tag);
  append_key(value, 2, kFixed32);
  append_number_bytes(value, static_cast<float>(number));
  append_bytes(summary, 1, value);
}

// TFRecord's checksums are masked, since data with checksums in it is checksummed again.
std::uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c_of(bytes), 15) + 0xA282EAD8U; }

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

TensorboardFile::TensorboardFile(const std::string& folder, std::int64_t resumed_tokens) {
  if (folder.empty()) return;
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error("cannot make the folder --tensorboard " + folder + ": " + error.message());
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::string path = (fs::path(folder) / ("events.out.tfevents." + std::to_string(seconds.count()) +
                                                "." + host_name() + "." + std::to_string(::getpid())))
                               .string();
  out_.open(path, std::ios::binary);
  if (!out_)
    throw Error("cannot write --tensorboard " + path + ": " + std::generic_category().message(errno));
  std::string version = event_at(0);
  append_bytes(version, 3, "brain.Event:2");  // Event.file_version
  write_record(version);
  if (resumed_tokens == 0) return;
  std::string status;
  append_integer(status, 1, 1);  // SessionLog.status = START
  std::string start = event_at(resumed_tokens + 1);
  append_bytes(start, 7, status);  // Event.session_log
  write_record(start);
}

void TensorboardFile::write(const Progress& progress) {
  if (!out_.is_open() || !failure_.empty()) return;
  constexpr auto kInterval = std::chrono::seconds(1);
  const auto now = std::chrono::steady_clock::now();
  if (!progress.epoch_end && now - last_ < kInterval) return;
  last_ = now;
  std::string summary;
  append_scalar(summary, "loss", progress.loss);
  append_scalar(summary, "lr", progress.lr);
  append_scalar(summary, "words_per_second", progress.words_per_second);
  std::string event = event_at(progress.tokens_done);
  append_bytes(event, 5, summary);  // Event.summary
  write_record(event);
}

void TensorboardFile::write_record(std::string_view event) {
  std::string size;
  append_number_bytes(size, std::uint64_t{event.size()});
  std::string record = size;
  append_number_bytes(record, masked_crc(size));
  record += event;
  append_number_bytes(record, masked_crc(event));
  out_ << record << std::flush;
  if (!out_) failure_ = std::generic_category().message(errno);
}

}  // namespace warp2vec::cli
