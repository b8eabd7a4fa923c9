#include <warp2vec/model.h>
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
  std::string vectors;
  std::string model;
  std::string output;
  std::int64_t limit = 0;
  std::optional<VectorFormat> format;
  VectorOutput written_as;
  Flags flags("export", "Converts word vectors to another format.",
              "Examples:\n  warp2vec export --vectors vectors.bin --output vectors.npy\n"
              "  warp2vec export --vectors vectors.bin --output small.txt.gz --limit 50000\n"
              "  warp2vec export --model model.w2v --vectors sum --output sum.bin\n");
  flags.text(
      "--vectors", "FILE", vectors,
      std::string(kVectorsHelp) +
          " With --model, which of its vectors instead: input, output, sum or concat (default input).");
  flags.text("--model", "FILE", model, "A model written by 'warp2vec train --save-model'.");
  add_output_flag(flags, "--output", output, "Where to write the vectors; written completely or not at all.");
  add_format_flags(flags, format, written_as.half);
  add_limit_flag(flags, limit);
  flags.parse(arguments);
  if (vectors.empty() && model.empty()) throw UsageError("export needs --vectors FILE or --model FILE");
  if (output.empty()) throw UsageError("export needs --output FILE");
  if (!model.empty() && !vectors.empty()) {
    try {
      written_as.choice = parse_vector_choice(vectors);
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  }
  written_as.format = output_format(output, format, written_as.half);

  std::vector<NamedPath> read;
  if (model.empty())  // a second file is read if the vectors are a NumPy array
    read = {{"--vectors", vectors}, {"--vectors", vectors + ".vocab"}};
  else
    read = {{"--model", model}};
  std::vector<NamedPath> written;
  for (const std::string& file : vector_files(output, written_as.format))
    written.push_back({"--output", file});
  check_distinct(written, read);
  for (const NamedPath& file : written) check_writable(file.path);
  if (model.empty()) {
    save_vectors(load_vectors_of(vectors, limit), output, written_as);
  } else {
    const TrainedModel trained = load_model(model);
    save_vectors(trained.vocabulary, trained.embeddings, output, written_as, limit);
  }
  return 0;
}

}  // namespace warp2vec::cli
