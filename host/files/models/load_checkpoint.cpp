#include <warp2vec/checkpoint.h>
#include <warp2vec/error.h>

#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/model_file.h"
#include "host/io/mapped_file.h"

#include <string_view>

namespace warp2vec {
namespace {

// Applies `decode` to the content of a section.
template <class Decode>
auto decoded(const ModelFile& file, std::string_view name, Decode decode) {
  const Section& section = file.section(name);
  try {
    return decode(file.content(section));
  } catch (const Error& error) {
    file.fail(section, error.what());
  }
}

// Loads everything but the vocabulary and the matrices.
Checkpoint without_parameters(const ModelFile& file) {
  Checkpoint checkpoint;
  checkpoint.config = file.settings().config;
  checkpoint.text = decoded(file, "text", decode_text);
  checkpoint.notes = decoded(file, "notes", decode_notes);
  checkpoint.state = decoded(file, "state", decode_state);
  checkpoint.state.summary.epoch_loss = decoded(file, "losses", decode_losses);
  try {
    require_possible(checkpoint.state, checkpoint.config, checkpoint.text);
  } catch (const Error& error) {
    file.fail(file.section("state"), error.what());
  }
  return checkpoint;
}

}  // namespace

Checkpoint load_checkpoint(const std::string& path) {
  return read_mapped(path, [&path](std::string_view bytes) {
    const ModelFile file(kCheckpointFile, path, bytes, kCheckpointSections);
    Checkpoint checkpoint = without_parameters(file);
    checkpoint.vocabulary = file.vocabulary();
    file.tree(checkpoint.vocabulary);  // checked only: the tree is rebuilt from the counts
    checkpoint.embeddings = file.embeddings();
    return checkpoint;
  });
}

bool is_unfinished(const std::string& checkpoint) {
  return read_mapped(checkpoint, [&checkpoint](std::string_view bytes) {
    const ModelFile file(kCheckpointFile, checkpoint, bytes, kCheckpointSections);
    return without_parameters(file).state.epoch < file.settings().config.epochs;
  });
}

}  // namespace warp2vec
