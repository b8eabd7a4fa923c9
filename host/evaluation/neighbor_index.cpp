#include <warp2vec/neighbor_index.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "host/evaluation/nearest_rows.h"
#include "host/files/section_file.h"
#include "host/files/vector_source.h"
#include "host/io/mapped_file.h"
#include "host/io/parallel.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

// The vectors are not in the graph's memory, which its prefetching assumes. It also reads behind its lists.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

namespace warp2vec {
namespace {

// What the paper and the library propose for such vectors; benchmarks/README.md has the recall.
constexpr std::size_t kLinks = 16;             // of a node at each level; twice as many at the lowest
constexpr std::size_t kBuildCandidates = 100;  // among which links are chosen
constexpr std::size_t kSearchCandidates = 100;

/// What the graph keeps of a vector: where it is, and 1 / its length; 0 if floats cannot multiply it.
struct Item {
  const float* values = nullptr;
  float scale = 0;
};

Item item_of(std::span<const float> values, double squared_length) {
  return {values.data(), is_ordinary(squared_length) ? static_cast<float>(1 / std::sqrt(squared_length)) : 0};
}

Item item_at(const void* bytes) {  // not aligned
  Item item;
  std::memcpy(&item, bytes, sizeof item);
  return item;
}

// 1 - cosine. `size` is the vectors' number of values.
float distance(const void* a, const void* b, const void* size) {
  constexpr std::size_t kSums = 16;  // independent ones, for vector instructions
  const std::size_t dim = *static_cast<const std::size_t*>(size);
  const Item of_a = item_at(a);
  const Item of_b = item_at(b);
  if (of_a.scale == 0 || of_b.scale == 0) return 1;
  float sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= dim; i += kSums)
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += of_a.values[i + s] * of_b.values[i + s];
  float sum = 0;
  for (; i < dim; ++i) sum += of_a.values[i] * of_b.values[i];
  for (const float partial : sums) sum += partial;
  return 1 - sum * of_a.scale * of_b.scale;
}

std::uint32_t checksum_of(const KeyedVectors& space) {
  std::uint32_t crc = 0;
  for (std::int64_t row = 0; row < space.size(); ++row) crc = crc32_of(bytes_of(space.vector(row)), crc);
  return crc;
}

std::size_t nodes_for(const KeyedVectors& space) {
  if (space.size() < 1 || space.size() > std::numeric_limits<std::int32_t>::max())
    throw Error("an index of " + std::to_string(space.size()) + " vectors: expected 1 to 2147483647");
  return static_cast<std::size_t>(space.size());
}

// The file: these numbers, the highest level of each row, and for each row, from level 0 to that, the number
// of its links and the rows that they lead to.
constexpr const char* kAbout = "about";
constexpr const char* kLevels = "levels";
constexpr const char* kLists = "links";

struct About {
  std::int64_t size = 0;
  std::int32_t dim = 0;
  std::uint32_t vectors = 0;  // their checksum
  std::uint32_t entry = 0;    // the row where searches begin, one of the highest level
};
constexpr std::size_t kAboutBytes = 20;

std::string encode(const About& about) {
  std::string bytes;
  append_number_bytes(bytes, about.size);
  append_number_bytes(bytes, about.dim);
  append_number_bytes(bytes, about.vectors);
  append_number_bytes(bytes, about.entry);
  return bytes;
}

About decode_about(std::string_view bytes) {
  return {number_at<std::int64_t>(bytes, 0), number_at<std::int32_t>(bytes, 8),
          number_at<std::uint32_t>(bytes, 12), number_at<std::uint32_t>(bytes, 16)};
}

// The content of the file's sections, with its checksums checked.
struct Sections {
  std::string_view about;
  std::string_view levels;
  std::string_view lists;
  std::size_t lists_at = 0;  // offset
};

Sections sections_of(const VectorSource& source) {
  const std::vector<Section> found =
      decode_header(kIndexFile, source.path, source.bytes, source.bytes.size());
  std::vector<Section> placed = found;
  place_sections(placed);
  if (found.size() != kIndexFile.most_sections || found[0].name != kAbout || found[1].name != kLevels ||
      found[2].name != kLists || found[0].bytes != kAboutBytes)
    source.fail(0, "expected the sections about, levels and links");
  std::vector<std::string_view> content;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::uint64_t size = source.bytes.size();
    if (found[i].offset != placed[i].offset || found[i].offset > size ||
        found[i].bytes > size - found[i].offset)
      source.fail(found[i].offset, "the section " + found[i].name + " is out of place");
    content.push_back(source.bytes.substr(found[i].offset, found[i].bytes));
    if (crc32_of(content.back()) != found[i].crc)
      source.fail(found[i].offset,
                  "the section " + found[i].name + " does not match its checksum: the file is damaged");
  }
  if (file_bytes(found) != source.bytes.size())
    source.fail(file_bytes(found), "expected the end of the file");
  return {content[0], content[1], content[2], found[2].offset};
}

}  // namespace

struct NeighborIndex::Graph {
  class CosineSpace final : public hnswlib::SpaceInterface<float> {
   public:
    explicit CosineSpace(std::int32_t dim) : dim_(static_cast<std::size_t>(dim)) {}
    std::size_t get_data_size() override { return sizeof(Item); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
    void* get_dist_func_param() override { return &dim_; }

   private:
    std::size_t dim_;
  };

  explicit Graph(const KeyedVectors& space)
      : vectors(space.vectors().row(0)),
        dim(space.dim()),
        checksum(checksum_of(space)),
        cosine(dim),
        nodes(&cosine, nodes_for(space), kLinks, kBuildCandidates) {
    nodes.setEf(kSearchCandidates);
  }

  // Nodes are numbered as they were inserted; their labels are the rows.
  std::uint32_t row_of(std::uint32_t node) const {
    return static_cast<std::uint32_t>(nodes.getExternalLabel(node));
  }

  void insert(const KeyedVectors& space, std::int64_t row) {
    const Item item = item_of(space.vector(row), space.squared_length(row));
    nodes.addPoint(&item, static_cast<std::size_t>(row));
  }

  void read(const VectorSource& source, const KeyedVectors& space);
  void read_list(const VectorSource& source, std::size_t& at, std::uint32_t row, int level);
  void write_lists(const std::vector<std::uint32_t>& node_of_row, const Sink& sink) const;

  const float* vectors;
  std::int32_t dim;
  std::uint32_t checksum;
  CosineSpace cosine;
  hnswlib::HierarchicalNSW<float> nodes;
};

NeighborIndex::NeighborIndex(std::unique_ptr<Graph> graph) : graph_(std::move(graph)) {}
NeighborIndex::NeighborIndex(NeighborIndex&&) noexcept = default;
NeighborIndex& NeighborIndex::operator=(NeighborIndex&&) noexcept = default;
NeighborIndex::~NeighborIndex() = default;

NeighborIndex NeighborIndex::build(const KeyedVectors& space, int threads) {
  const int count = search_threads(threads);
  auto graph = std::make_unique<Graph>(space);
  graph->insert(space, 0);
  parallel_for(space.size() - 1, count, [&](std::int64_t i) { graph->insert(space, i + 1); });
  return NeighborIndex(std::move(graph));
}

bool NeighborIndex::is_of(const KeyedVectors& space) const {
  return space.size() > 0 && graph_->vectors == space.vectors().row(0);
}

std::vector<std::int64_t> NeighborIndex::candidates(std::span<const float> query, std::int64_t top) const {
  const Item item = item_of(query, dot(query, query));
  auto found = graph_->nodes.searchKnn(&item, static_cast<std::size_t>(top));
  std::vector<std::int64_t> rows;
  rows.reserve(found.size());
  for (; !found.empty(); found.pop()) rows.push_back(static_cast<std::int64_t>(found.top().second));
  return rows;
}

void NeighborIndex::Graph::write_lists(const std::vector<std::uint32_t>& node_of_row,
                                       const Sink& sink) const {
  std::string bytes;
  for (const std::uint32_t node : node_of_row) {
    bytes.clear();
    for (int level = 0; level <= nodes.element_levels_[node]; ++level) {
      auto* const list = nodes.get_linklist_at_level(node, level);
      const std::uint32_t links = nodes.getListCount(list);
      append_number_bytes(bytes, links);
      for (std::uint32_t i = 1; i <= links; ++i) append_number_bytes(bytes, row_of(list[i]));
    }
    sink(bytes);
  }
}

void NeighborIndex::save(const std::string& path) const {
  const Graph& graph = *graph_;
  const std::size_t size = graph.nodes.max_elements_;
  std::vector<std::uint32_t> node_of_row(size);
  for (std::uint32_t node = 0; node < size; ++node) node_of_row[graph.row_of(node)] = node;
  std::string levels;
  for (const std::uint32_t node : node_of_row) levels += static_cast<char>(graph.nodes.element_levels_[node]);
  std::uint64_t list_bytes = 0;
  graph.write_lists(node_of_row, [&](std::string_view piece) { list_bytes += piece.size(); });
  const std::string about = encode({static_cast<std::int64_t>(size), graph.dim, graph.checksum,
                                    graph.row_of(graph.nodes.enterpoint_node_)});
  std::vector<Section> sections{
      {kAbout, 0, about.size()}, {kLevels, 0, levels.size()}, {kLists, 0, list_bytes}};
  place_sections(sections);
  write_sections(kIndexFile, std::move(sections), path, [&](const Section& section, const Sink& sink) {
    if (section.name == kAbout) return sink(about);
    if (section.name == kLevels) return sink(levels);
    graph.write_lists(node_of_row, sink);
  });
}

// Checks every link, since the library follows them without.
void NeighborIndex::Graph::read_list(const VectorSource& lists, std::size_t& at, std::uint32_t row,
                                     int level) {
  const auto next = [&] {
    if (lists.bytes.size() - at < sizeof(std::uint32_t)) lists.fail(at, "the links end inside a list");
    const auto number = number_at<std::uint32_t>(lists.bytes, at);
    at += sizeof number;
    return number;
  };
  const std::uint32_t links = next();
  if (links > (level == 0 ? nodes.maxM0_ : nodes.maxM_))
    lists.fail(at, std::to_string(links) + " links of row " + std::to_string(row) + ": too many");
  auto* const list = nodes.get_linklist_at_level(row, level);
  nodes.setListCount(list, static_cast<unsigned short>(links));
  for (std::uint32_t i = 1; i <= links; ++i) {
    list[i] = next();
    if (list[i] >= nodes.max_elements_ || nodes.element_levels_[list[i]] < level)
      lists.fail(at, "a link of row " + std::to_string(row) + " leads to row " + std::to_string(list[i]) +
                         ", which is not at its level");
  }
}

void NeighborIndex::Graph::read(const VectorSource& source, const KeyedVectors& space) {
  const Sections sections = sections_of(source);
  const About about = decode_about(sections.about);
  if (about.size != space.size() || about.dim != dim)
    throw Error(source.path + ": the index of " + std::to_string(about.size) + " vectors of " +
                std::to_string(about.dim) + " values, but there are " + std::to_string(space.size()) +
                " of " + std::to_string(dim));
  if (about.vectors != checksum)
    throw Error(source.path + ": the index of other vectors, or of these before they changed");
  const std::size_t size = nodes.max_elements_;
  if (sections.levels.size() != size) source.fail(0, "expected a level for each vector");
  // Zeros are empty lists.
  std::memset(nodes.data_level0_memory_, 0, size * nodes.size_data_per_element_);
  for (std::uint32_t row = 0; row < size; ++row) {
    const int level = static_cast<unsigned char>(sections.levels[row]);
    const std::size_t bytes = nodes.size_links_per_element_ * static_cast<std::size_t>(level);
    nodes.linkLists_[row] = level == 0 ? nullptr : static_cast<char*>(std::calloc(bytes, 1));
    if (level > 0 && nodes.linkLists_[row] == nullptr) throw std::bad_alloc();
    nodes.element_levels_[row] = level;
    nodes.cur_element_count = row + 1;  // so many lists are freed
    const Item item = item_of(space.vector(row), space.squared_length(row));
    std::memcpy(nodes.getDataByInternalId(row), &item, sizeof item);
    nodes.setExternalLabel(row, row);
  }
  nodes.maxlevel_ = *std::max_element(nodes.element_levels_.begin(), nodes.element_levels_.end());
  if (about.entry >= size || nodes.element_levels_[about.entry] != nodes.maxlevel_)
    source.fail(0, "searches begin at row " + std::to_string(about.entry) + ", which is not at the top");
  nodes.enterpoint_node_ = about.entry;
  std::size_t at = sections.lists_at;
  for (std::uint32_t row = 0; row < size; ++row)
    for (int level = 0; level <= nodes.element_levels_[row]; ++level) read_list(source, at, row, level);
  if (at != source.bytes.size()) source.fail(at, "expected the end of the links");
}

NeighborIndex NeighborIndex::load(const std::string& path, const KeyedVectors& space) {
  return read_mapped(path, [&](std::string_view bytes) {
    auto graph = std::make_unique<Graph>(space);
    graph->read({{path, bytes}}, space);
    return NeighborIndex(std::move(graph));
  });
}

}  // namespace warp2vec
