#include "host/text/chunk_workers.h"

#include "host/io/turns.h"

#include <cstdint>
#include <exception>
#include <thread>

namespace warp2vec {
namespace {

void run(ChunkReader& reader, ChunkWorker& worker, Turns& turns) {
  Chunk chunk;
  try {
    while (!turns.failed() && reader.next(chunk)) {
      worker.process(chunk);
      if (!turns.wait_for(chunk.index)) return;
      worker.commit(chunk);
      turns.finish();
    }
    if (!turns.failed()) worker.finish();
  } catch (...) {
    turns.fail(chunk.index, std::current_exception());
  }
}

}  // namespace

void process_chunks(ChunkReader& reader, const std::vector<std::unique_ptr<ChunkWorker>>& workers) {
  Turns turns;
  {
    const std::vector<std::jthread> others = start_threads(std::ssize(workers) - 1, [&](std::int64_t i) {
      run(reader, *workers[static_cast<std::size_t>(i) + 1], turns);
    });
    run(reader, *workers.front(), turns);
  }
  turns.rethrow();
}

}  // namespace warp2vec
