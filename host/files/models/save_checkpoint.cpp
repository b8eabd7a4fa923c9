#include <warp2vec/checkpoint.h>

#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/model_layout.h"
#include "host/files/models/model_parts.h"

#include <array>
#include <cstddef>

namespace warp2vec {

void save_checkpoint(const TrainingData& data, const Embeddings& embeddings, const TrainingState& state,
                     const TextFingerprint& text, const std::vector<std::string>& notes,
                     const std::string& path) {
  const ModelParts parts{data.config, data.vocabulary, embeddings, data.tree};
  require_loadable(parts, path);
  try {
    require_possible(state, data.config, text);
  } catch (const Error& error) {
    throw Error("cannot write " + path + ": " + error.what());
  }
  const std::array contents{encode_state(state), encode_losses(state), encode_text(text),
                            encode_notes(notes)};
  std::vector<Section> more;
  for (std::size_t i = 0; i < contents.size(); ++i)
    more.push_back({std::string(kCheckpointSections.at(i)), 0, contents.at(i).size(), 0});
  write_sections(
      kCheckpointFile,
      model_sections({data.config, data.vocabulary.size()}, word_section_bytes(data.vocabulary), more), path,
      [&](const Section& section, const Sink& sink) {
        for (std::size_t i = 0; i < contents.size(); ++i)
          if (section.name == kCheckpointSections.at(i)) return sink(contents.at(i));
        emit_section(section, parts, sink);
      });
}

}  // namespace warp2vec
