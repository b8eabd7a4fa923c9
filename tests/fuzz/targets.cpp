#include "tests/fuzz/targets.h"

#include <warp2vec/checkpoint.h>
#include <warp2vec/corpus.h>
#include <warp2vec/encoded_corpus.h>
#include <warp2vec/evaluate.h>
#include <warp2vec/graph.h>
#include <warp2vec/id_sequences.h>
#include <warp2vec/model.h>
#include <warp2vec/neighbor_index.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/cli/bench/report.h"
#include "host/cli/bench/results.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/terminal/text.h"
#include "host/io/file_kind.h"
#include "host/io/foreign_file.h"
#include "tests/support/checkpoint_samples.h"
#include "tests/support/compressed.h"
#include "tests/support/model_samples.h"
#include "tests/support/npy.h"
#include "tests/support/random_matrix.h"
#include "tests/support/vector_samples.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <set>
#include <span>
#include <stdexcept>

namespace warp2vec::fuzz {
namespace {

using nlohmann::json;
using Bytes = std::vector<std::string>;

void require(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "the reader's contract is broken: " << what << "\n";
  std::abort();
}

const TemporaryFolder& folder() {
  static const TemporaryFolder one;
  return one;
}

// Whether `read` accepts a file with these bytes, of which it gets the path. What it refuses must be named.
bool accepts(const std::string& bytes, const std::function<void(const std::string& path)>& read) {
  const std::string path = folder().write("file", bytes);
  try {
    read(path);
    return true;
  } catch (const Error& error) {
    require(std::string_view(error.what()).find("file") != std::string_view::npos, "an error names the file");
    return false;
  }
}

// Files with checksums are read as they are, and with checksums that fit, which exercises the other checks.
bool accepts_sealed(const std::string& bytes, const std::function<void(const std::string& path)>& read) {
  const bool as_they_are = accepts(bytes, read);
  return accepts(sealed(bytes), read) || as_they_are;
}

void check_vectors(const std::string& path) {
  const WordVectors vectors = load_vectors(path);
  require(vectors.size() >= 1 && vectors.dim() >= 1, "there are vectors");
  require(static_cast<std::int64_t>(vectors.words.size()) == vectors.size(), "each vector has a word");
  require(std::set<std::string>(vectors.words.begin(), vectors.words.end()).size() == vectors.words.size(),
          "words are unique");
  for (const std::string& word : vectors.words) require(!word.empty(), "words are not empty");
  for (const float value : values_of(vectors)) require(std::isfinite(value), "values are finite");
  require(vectors.counts.empty() || vectors.counts.size() == vectors.words.size(), "each word has a count");
  std::int64_t scanned = 0;
  scan_vectors(path, {}, [&](std::string_view word, std::span<const float> /*values*/) {
    require(word == vectors.words[static_cast<std::size_t>(scanned++)], "a scan finds the same words");
  });
  require(scanned == vectors.size(), "a scan finds all words");
  require(load_vectors(path, {1}).size() == 1, "the first vector can be read alone");
  if (vectors.subwords == nullptr) return;
  for (const char* word : {"a", "\xce\xba\xce", ""})
    if (const auto values = vectors.subwords->vector(word))
      require(std::ssize(*values) == vectors.dim(), "composed vectors have as many values");
}

WordVectors five_vectors(std::int32_t dim) {
  const std::vector<float> values(static_cast<std::size_t>(5 * dim), 0.25F);
  return make_vectors({"the", "of", "3", "κόσμος", "a"}, dim, values);
}

Bytes vector_seeds() {
  Bytes seeds{"1 1\na 0.5\n", "2 2\r\na 1e-3 -2\r\nb 0 3.5 \r\n",
              "2 2\n. . +1e-330 -2\nnew york\t0\t3.5 \n\n", "a b 0.5 1\nc 0.5 2\nd 1 2\na 3 4\n"};
  WordVectors spaces = five_vectors(8);
  spaces.words = {"the", "new york", "a b c", "of\x01", "last one"};
  spaces.counts = {9, 5, 5, 2, 0};
  save_vectors(spaces, folder().path("v"), VectorFormat::safetensors);
  seeds.push_back(folder().read("v"));
  std::string binary = "5 8\n";
  for (std::int64_t r = 0; r < spaces.size(); ++r)
    binary += spaces.words[static_cast<std::size_t>(r)] + " " +
              std::string(reinterpret_cast<const char*>(spaces.vectors.row(r)), 8 * sizeof(float));
  seeds.push_back(binary);
  seeds.push_back(gzip(binary));
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove})
    for (const std::int32_t dim : {1, 3, 40}) {
      save_vectors(five_vectors(dim), folder().path("v"), format);
      seeds.push_back(folder().read("v"));
    }
  return seeds;
}

// One byte with the size of the list of words, the list, and the array.
Bytes npy_seeds() {
  Bytes seeds;
  for (const std::int32_t dim : {1, 3}) {
    save_vectors(five_vectors(dim), folder().path("v.npy"), VectorFormat::npy);
    const std::string words = folder().read("v.npy.vocab");
    const std::string array = folder().read("v.npy");
    seeds.push_back(static_cast<char>(words.size()) + words + array);
    // numpy's own: no checksum, other types, and columns one after the other
    for (const auto& [type, bytes] : {std::pair("<f2", 2), std::pair("<f4", 4), std::pair("<f8", 8)}) {
      std::string header = make_npy_header(5, dim, 0, type);
      std::replace(header.begin() + 10, header.end() - 1, '\t', ' ');
      const std::string zeros(static_cast<std::size_t>(5 * dim * bytes), '\0');
      seeds.push_back(static_cast<char>(words.size()) + words + header + zeros);
      header.replace(header.find("False"), 5, "True ");
      seeds.push_back(static_cast<char>(words.size()) + words + header + zeros);
    }
    const std::string counted = "the 9\nof 5\na b 3\nc 2\nd 1\n";
    std::string header = make_npy_header(5, dim, 0);
    std::replace(header.begin() + 10, header.end() - 1, '\t', ' ');
    seeds.push_back(static_cast<char>(counted.size()) + counted + header + array.substr(header.size()));
  }
  return seeds;
}

bool read_npy(const std::string& bytes) {
  if (bytes.empty()) return false;
  const std::size_t size = static_cast<unsigned char>(bytes.front());
  folder().write("file.vocab", std::string_view(bytes).substr(1, size));
  return accepts(bytes.size() > size ? bytes.substr(1 + size) : "", check_vectors);
}

Bytes fasttext_seeds() {
  return {fasttext_model(), fasttext_model({.version = 11}), fasttext_model({.buckets = 2, .longest = 6}),
          fasttext_model({.longest = 0})};
}

const KeyedVectors& indexed_vectors() {
  static const KeyedVectors vectors({decimal_ids(30), random_matrix(30, 2, 1)});
  return vectors;
}

Bytes index_seeds() {
  NeighborIndex::build(indexed_vectors()).save(folder().path("index"));
  return {folder().read("index")};
}

void check_index(const std::string& path) {
  const KeyedVectors& vectors = indexed_vectors();
  const NeighborIndex index = NeighborIndex::load(path, vectors);
  for (std::int64_t row = 0; row < vectors.size(); ++row) {
    const std::vector<std::int64_t> found = index.candidates(vectors.vector(row), 5);
    require(found.size() <= 5, "no more are found than were asked for");
    for (const std::int64_t near : found) require(near >= 0 && near < vectors.size(), "rows are found");
  }
}

Bytes model_seeds() {
  Bytes seeds;
  for (const char* loss : {"ns", "ns+hs", "softmax"}) seeds.push_back(model_bytes(sample_model(loss, 4, 2)));
  return seeds;
}

void check_model(const std::string& path) {
  const TrainedModel model = load_model(path);
  const std::int64_t words = model.vocabulary.size();
  require(words >= 2 && model.embeddings.input.rows() == words, "each word has a vector");
  require(model.embeddings.input.cols() == model.config.dim, "vectors have the dimension of the settings");
  for (std::int64_t w = 0; w < words; ++w) {
    const auto id = static_cast<WordId>(w);
    require(model.vocabulary.find(model.vocabulary.word(id)) == id, "words are found");
    if (has_probabilities(model.config.loss))
      require(!(log_probability(model, id, WordId{0}) > 1e-6), "a probability is at most 1");
  }
}

Bytes checkpoint_seeds() {
  const SyntheticCorpus corpus = zipf_corpus(6, 60, 6);
  Config config = config_of("ns+hs", Sharing::tile, 3);
  config.epochs = 3;
  TrainingState state;
  state.epoch = 1;
  state.kept_done = 64;
  state.summary.epoch_loss = {4.5};
  state.summary.tokens = 70;
  state.summary.kept_tokens = 66;
  state.summary.pairs = 200;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  save_checkpoint(data, initial_embeddings(corpus.vocabulary.size(), config), state,
                  fingerprint_of(corpus.tokens, 1), {"warp2vec train", "--dim", "3"}, folder().path("c"));
  return {folder().read("c")};
}

constexpr const char* kText = "a b\nb a b\nc d a\n\xc3\xa9t\xc3\xa9 \xff a b\r\n";

Bytes encoded_seeds() {
  const Corpus corpus({folder().write("a", kText), folder().write("b", "a c")});
  const Vocabulary vocabulary = count_words(corpus, 1, 0, 1).vocabulary;
  CorpusFileWriter writer(vocabulary, {1, 0}, folder().path("ids"));
  encode(corpus, vocabulary, 1, writer);
  writer.commit();
  return {folder().read("ids")};
}

void check_encoded(const std::string& path) {
  settings_of_encoded(path);
  const EncodedCorpus corpus(path);
  TokenBuffer buffer;
  const TokenRun run = corpus.read(0, corpus.tokens(), buffer);
  for (const WordId id : run.ids) require(row_of(id) < corpus.vocabulary().size(), "ids are words");
}

Bytes text_seeds() {
  const std::string text = kText;
  return {text,        gzip(text), gzip(text) + gzip(text), zstd(text),
          bzip2(text), xz(text),   "\xEF\xBB\xBF" + text};
}

void check_text(const std::string& path) {
  const Corpus corpus({path});
  const CorpusCounts counts = count_words(corpus, 1, 0, 1);
  require(counts.vocabulary.total() == counts.tokens, "all words are counted");
  const TokenStream tokens = encode(corpus, counts.vocabulary, 1);
  require(tokens.tokens() == counts.tokens, "all words are encoded");
}

// What was counted and encoded must agree.
void check_tokens(const CorpusCounts& counts, const TokenStream& tokens) {
  require(tokens.tokens() == counts.tokens && counts.vocabulary.total() == counts.tokens,
          "all ids are encoded");
  require(!tokens.ends.empty() && tokens.ends.back() == tokens.tokens(), "the last id ends a sequence");
  require(std::is_sorted(tokens.ends.begin(), tokens.ends.end()), "sequences are in order");
  require(std::ssize(rows_of_ids(counts.vocabulary, counts.num_ids)) == counts.num_ids,
          "ids are below their number");
  for (const WordId id : tokens.ids) require(row_of(id) < counts.vocabulary.size(), "ids are words");
}

template <class Integer>
std::vector<Integer> integers_in(std::string_view bytes) {
  std::vector<Integer> values(bytes.size() / sizeof(Integer));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Integer));
  return values;
}

// Four bytes: the layout, the widths of values and offsets, the number of offsets or of columns, and that of
// ids; then the offsets and the values.
Bytes id_seeds() {
  const auto bytes_of = [](const auto& values) {
    return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
  };
  const std::vector<std::int32_t> narrow{3, 1, 4, 1, 5, 9};
  const std::vector<std::int64_t> wide{3, 1, -1, 1, 5, -1};
  return {std::string("\0\0\x03\0", 4) + bytes_of(std::vector<std::int32_t>{0, 2, 6}) + bytes_of(narrow),
          std::string("\0\x02\x03\x0a", 4) + bytes_of(std::vector<std::int64_t>{0, 0, 6}) + bytes_of(narrow),
          std::string("\x01\x01\x03\x06", 4) + bytes_of(wide),
          std::string("\x01\0\x02\0", 4) + bytes_of(narrow), std::string("\x02\x01\0\0", 4) + bytes_of(wide)};
}

bool read_ids(const std::string& bytes) {
  if (bytes.size() < 4) return false;
  const auto head = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::size_t offset_bytes = (head(1) & 2U) != 0 ? sizeof(std::int64_t) : sizeof(std::int32_t);
  const bool csr = head(0) % 3 == 0;
  const std::string_view rest = std::string_view(bytes).substr(4);
  const std::size_t end = csr ? std::min(rest.size(), head(2) * offset_bytes) : 0;
  // Copies of their own, so that a sanitizer sees their bounds.
  const auto narrow = integers_in<std::int32_t>(rest.substr(end));
  const auto wide = integers_in<std::int64_t>(rest.substr(end));
  const auto narrow_offsets = integers_in<std::int32_t>(rest.substr(0, end));
  const auto wide_offsets = integers_in<std::int64_t>(rest.substr(0, end));
  const bool is_wide = (head(1) & 1U) != 0;
  const IdSequences::Integers values = is_wide ? IdSequences::Integers(wide) : IdSequences::Integers(narrow);
  const IdSequences::Integers offsets =
      (head(1) & 2U) != 0 ? IdSequences::Integers(wide_offsets) : IdSequences::Integers(narrow_offsets);
  const auto size = static_cast<std::int64_t>(is_wide ? wide.size() : narrow.size());
  try {
    const IdSequences sequences =
        csr                ? IdSequences::csr(values, offsets)
        : head(0) % 3 == 1 ? IdSequences::padded(values, head(2) == 0 ? 0 : size / head(2), head(2), head(3))
                           : IdSequences::separated(values);
    const CorpusCounts counts = count_words(sequences, 1, 0, head(3));
    check_tokens(counts, encode(sequences, counts.vocabulary));
    return true;
  } catch (const Error&) {
    return false;
  }
}

Bytes id_file_seeds() {
  const std::vector<std::int64_t> ids{3, 1, -1, 4, 1, 5};
  return {"1 2 3\n3 2 10\n", npy(ids), npy(ids, 3), npy(std::vector<std::int32_t>{0, 1, 2, 1})};
}

void check_id_file(const std::string& path) {
  const Corpus corpus({path}, {}, "", {true, 1000});
  const CorpusCounts counts = count_words(corpus, 1, 0, 1);
  check_tokens(counts, encode(corpus, counts.vocabulary, 1));
}

// One byte of bits, the format of the graph, and the file.
Bytes graph_seeds() {
  const std::string edges = "# graph\na b\nb,c\n\xc3\xa9 a 2\r\n c\tc\n";
  return {'\0' + edges, '\x02' + gzip(edges),
          "\x04"
          "a b 1.5\n% weights\nb a 0\nc b 1e-3\n",
          "\x01"
          "a b c\nlonely\nb a\n"};
}

void check_graph(const std::string& path, const GraphFormat& format) {
  const NamedGraph read = read_graph({path}, format);
  const Graph& graph = read.graph;
  require(graph.nodes() == std::ssize(read.names) && graph.nodes() > 0, "each node has a name");
  require(std::set<std::string>(read.names.begin(), read.names.end()).size() == read.names.size(),
          "names are unique");
  for (std::int32_t node = 0; node < graph.nodes(); ++node) {
    const auto next = graph.neighbors(node);
    require(std::is_sorted(next.begin(), next.end()), "neighbours are in order");
    for (const std::int32_t other : next) require(other >= 0 && other < graph.nodes(), "arcs lead to nodes");
    for (const float weight : graph.weights(node))
      require(weight > 0 && std::isfinite(weight), "weights are above 0");
  }
  WalkSettings settings;
  settings.q = 0.5;
  settings.walk_length = 5;
  settings.num_walks = 1;
  const Walks walks(graph, settings, read.names);
  const CorpusCounts counts = count_words(walks, 1, 0, 1);
  require(encode(walks, counts.vocabulary, 1).tokens() == counts.tokens, "all nodes are encoded");
}

bool read_graph_file(const std::string& bytes) {
  if (bytes.empty()) return false;
  const GraphFormat format{(bytes[0] & 1) != 0, (bytes[0] & 2) != 0, (bytes[0] & 4) != 0};
  if (format.adjacency && format.weighted) return false;
  return accepts(bytes.substr(1), [&format](const std::string& path) { check_graph(path, format); });
}

const KeyedVectors& keyed_vectors() {
  static const KeyedVectors vectors(five_vectors(3));
  return vectors;
}

EvaluateOptions one_thread() {
  EvaluateOptions options;
  options.threads = 1;
  return options;
}

void check_config(const std::string& path) {
  cli::TrainOptions options;
  cli::Flags flags("train", "", "");
  cli::add_train_flags(flags, options);
  try {
    flags.parse({"--config", path});
    cli::check_settings(options.config);
  } catch (const cli::HelpRequested&) {
  } catch (const cli::UsageError& error) {
    throw Error("file: " + std::string(error.what()));  // names the flag, which is as good
  }
}

json conditions(const json& settings) {
  return {{"program", {{"version", "0"}, {"commit", "abc"}}},
          {"machine", {{"cpu", "some"}, {"cores", 2}, {"threads", 4}}},
          {"gpus", json::object()},
          {"bandwidths", {{"cpu", 1e9}}},
          {"remarks", {{"system", "some"}, {"date", "2026-11-29"}}},
          {"trainings", {{"settings", settings}}}};
}

const json kSettings = {{"epochs", 1}, {"inputs", {"text"}}};

Bytes results_seeds() {
  json content = conditions(kSettings);
  content["kind"] = "warp2vec bench";
  for (int round = 1; round <= 2; ++round)
    for (const char* loss : {"ns", "hs"})
      content["trainings"]["runs"].push_back({{"cell", cli::bench::Cell{"cpu", loss, 100}},
                                              {"round", round},
                                              {"seconds",
                                               {{"vocabulary", 0.25},
                                                {"encode", 0.5},
                                                {"prepare", 0.125},
                                                {"train", 2.0 * round},
                                                {"save", 0.1},
                                                {"together", 3.0}}},
                                              {"vocabulary", 5000},
                                              {"trained_tokens", 1'000'000},
                                              {"pairs", 5'000'000},
                                              {"peak_memory_bytes", 54'000'000},
                                              {"gpu_memory_bytes", 0},
                                              {"loss", 2.5},
                                              {"loss_curve", {{0.5, 3}, {1, 2.5}}},
                                              {"quality", {{"spearman p", 0.5}}}});
  return {content.dump()};
}

bool read_results(const std::string& bytes) {
  const std::string path = folder().write("bench/results.json", bytes);
  try {
    const cli::bench::ResultsFile results(folder().path("bench"), "trainings", conditions(kSettings));
    cli::bench::report_page(results.content());
    for (const cli::bench::Table& table : cli::bench::tables_of(results.content(), "trainings"))
      cli::bench::plain_text(table);
    return true;
  } catch (const Error& error) {
    require(std::string_view(error.what()).find(path) != std::string_view::npos, "an error names the file");
  } catch (const json::exception&) {  // which bench reports as an Error
  }
  return false;
}

// What decides whether a file is read as text, and how text is shown.
bool read_any(const std::string& bytes) {
  kind_of_product(std::string_view(bytes).substr(0, kKindBytes));
  foreign_file(std::string_view(bytes).substr(0, kForeignBytes));
  const std::string shown = cli::printable(bytes);
  require(printable_bytes(shown) == shown.size(), "a terminal obeys nothing");
  upper_case(bytes);
  return true;
}

template <void (*check)(const std::string&)>
bool plain(const std::string& bytes) {
  return accepts(bytes, check);
}
template <void (*check)(const std::string&)>
bool with_checksums(const std::string& bytes) {
  return accepts_sealed(bytes, check);
}

void check_vocabulary(const std::string& path) {
  const Vocabulary vocabulary = read_vocabulary(path, 1, 0);
  require(vocabulary.size() > 0 && vocabulary.total() > 0, "there are words");
}
void check_pairs(const std::string& path) { evaluate_pairs(keyed_vectors(), path, one_thread()); }
void check_questions(const std::string& path) { evaluate_analogies(keyed_vectors(), path, one_thread()); }
void check_checkpoint(const std::string& path) {
  const Checkpoint checkpoint = load_checkpoint(path);
  require(checkpoint.embeddings.input.rows() == checkpoint.vocabulary.size(), "each word has a vector");
  is_unfinished(path);
}

Bytes any_seeds() {
  Bytes seeds = vector_seeds();
  for (const std::string& more : {std::string(kText), std::string("\x1b[31m\xc2\x9b"),
                                  std::string("{\"tokens_done\":1,\"type\":\"progress\"}\n")})
    seeds.push_back(more);
  return seeds;
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{
      {"vectors", vector_seeds, plain<check_vectors>},
      {"npy", npy_seeds, read_npy},
      {"fasttext", fasttext_seeds, plain<check_vectors>},
      {"index", index_seeds, with_checksums<check_index>},
      {"model", model_seeds, with_checksums<check_model>},
      {"checkpoint", checkpoint_seeds, with_checksums<check_checkpoint>},
      {"encoded", encoded_seeds, with_checksums<check_encoded>},
      {"text", text_seeds, plain<check_text>},
      {"ids", id_seeds, read_ids},
      {"id_files", id_file_seeds, plain<check_id_file>},
      {"graph", graph_seeds, read_graph_file},
      {"vocabulary",
       [] {
         return Bytes{"\xEF\xBB\xBFthe 10\nof 9 \na\t1\r\nb 0\n\n", xz("the 10\nof 9\n")};
       },
       plain<check_vocabulary>},
      {"pairs",
       [] {
         return Bytes{"# words\nword1,word2,score\nthe,of,1.5\na\tthe\t2\nthe 3 +3e-1\n",
                      "\"the\",\"o\"\"f\",N,1.5,2\n\"a\",the,V,\"2\",9\n", zstd("the of 1 2 3\n")};
       },
       plain<check_pairs>},
      {"questions",
       [] {
         return Bytes{": gram1\nthe of 3 a\n: other\nTHE A of 3\n",
                      ":s\nthe\tof\t3\ta\n\"the\",a,of,\"3\"\n"};
       },
       plain<check_questions>},
      {"config",
       [] {
         return Bytes{"dim = 4\n# comment\nlr=0.05\nloss = \"hs\"\ninput = [\"a b\", \"c\"]\nquiet = true\n",
                      "[]\nwindow = 3 # three\n"};
       },
       plain<check_config>},
      {"results", results_seeds, read_results},
      {"any", any_seeds, read_any}};
  return all;
}

const Target& target(std::string_view name) {
  for (const Target& one : targets())
    if (name == one.name) return one;
  throw std::out_of_range("there is no target " + std::string(name));
}

}  // namespace warp2vec::fuzz
