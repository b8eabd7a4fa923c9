#include <warp2vec/word_vectors.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/vector_files.h"
#include "host/io/atomic_file.h"

#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

int run_export(const Arguments& arguments) {
  std::string path;
  std::string output;
  std::optional<VectorFormat> format;
  Flags flags("export", "Converts word vectors to another format.",
              "Example:\n  warp2vec export --vectors vectors.bin --output vectors.npy --format npy\n");
  flags.text("--vectors", "FILE", path,
             "Word vectors: binary, text, GloVe or .npy, detected from the content.");
  flags.text("--output", "FILE", output, "Where to write the vectors; written completely or not at all.");
  flags.custom(
      "--format", "FORMAT", [&format](const std::string& text) { format = parse_vector_format(text); },
      "binary or text (word2vec's formats), glove (text without the first line), npy (NumPy array plus "
      "FILE.vocab) or tensorboard (FILE.vectors.tsv and FILE.metadata.tsv for projector.tensorflow.org)",
      vector_format_names());
  flags.parse(arguments);
  if (path.empty()) throw UsageError("export needs --vectors FILE");
  if (output.empty()) throw UsageError("export needs --output FILE");
  if (!format) throw UsageError("export needs --format binary, text, glove, npy or tensorboard");

  std::vector<NamedPath> written;
  for (const std::string& file : vector_files(output, *format)) written.push_back({"--output", file});
  // The second file is read if the vectors are a NumPy array.
  check_distinct(written, {{"--vectors", path}, {"--vectors", path + ".vocab"}});
  for (const NamedPath& file : written) check_writable(file.path);
  save_vectors(load_vectors(path), output, *format);
  return 0;
}

}  // namespace warp2vec::cli
