// gensim and NumPy as independent readers and writers of the same files.

#include <warp2vec/keyed_vectors.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/vector_samples.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

bool run(const std::string& command) {
  return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe): one thread
}

class VectorsWithGensim : public testing::Test {
 protected:
  void SetUp() override {
    if (!run(WARP2VEC_PYTHON " -c 'import importlib.util, sys; sys.exit(not "
                             "importlib.util.find_spec(\"gensim\"))'"))
      GTEST_SKIP() << WARP2VEC_PYTHON " or its gensim is missing (Debian: python3-gensim)";
  }
  // Runs the program with the folder as its argument; its error messages appear in the test's output.
  bool python(const std::string& program) {
    return run(WARP2VEC_PYTHON " '" + folder_.write("program.py", program) + "' '" + folder_.path() + "'");
  }

  TemporaryFolder folder_;
};

TEST_F(VectorsWithGensim, GensimReadsWhatIsSavedBitForBit) {
  const WordVectors v = sample_vectors();
  save_vectors(v, folder_.path("binary"), VectorFormat::binary);
  save_vectors(v, folder_.path("text"), VectorFormat::text);
  save_vectors(v, folder_.path("glove"), VectorFormat::glove);
  save_vectors(v, folder_.path("matrix.npy"), VectorFormat::npy);
  folder_.write("expected", float_bytes(values_of(v)));
  EXPECT_TRUE(python(R"(
import sys, numpy
from gensim.models import KeyedVectors
folder = sys.argv[1] + '/'
expected = open(folder + 'expected', 'rb').read()
words = ['the', 'κόσμος', 'a']

def check(vectors, found):
    assert vectors.dtype == numpy.float32 and vectors.shape == (3, 3), vectors
    assert vectors.tobytes() == expected, vectors
    assert found == words, found

for name, options in [('binary', {'binary': True}), ('text', {}), ('glove', {'no_header': True})]:
    kv = KeyedVectors.load_word2vec_format(folder + name, **options)
    check(kv.vectors, kv.index_to_key)
matrix = numpy.load(folder + 'matrix.npy', allow_pickle=False)
assert matrix.flags['C_CONTIGUOUS']
check(matrix, open(folder + 'matrix.npy.vocab', encoding='utf8').read().splitlines())
)"));
}

TEST_F(VectorsWithGensim, WhatGensimAndNumpySaveIsReadBitForBit) {
  ASSERT_TRUE(python(R"(
import sys, numpy
from gensim.models import KeyedVectors
folder = sys.argv[1] + '/'
random = numpy.random.RandomState(1)
words = ['word%d' % i for i in range(498)] + ['κόσμος', '\U0001F600']
vectors = (random.standard_normal((500, 37)) * 10.0 ** random.randint(-40, 30, (500, 37))).astype(numpy.float32)
kv = KeyedVectors(37)
kv.add_vectors(words, vectors)
kv.save_word2vec_format(folder + 'binary', binary=True)
kv.save_word2vec_format(folder + 'text')
kv.save_word2vec_format(folder + 'glove', write_header=False)
numpy.save(folder + 'matrix.npy', vectors)
open(folder + 'matrix.npy.vocab', 'w', encoding='utf8').write(''.join(word + '\n' for word in words))
open(folder + 'values', 'wb').write(vectors.tobytes())
)"));
  const std::string expected = folder_.read("values");
  for (const char* name : {"binary", "text", "glove", "matrix.npy"}) {
    const WordVectors v = load_vectors(folder_.path(name));
    ASSERT_EQ(v.size(), 500) << name;
    EXPECT_EQ(v.words[0], "word0");
    EXPECT_EQ(v.words[498], "κόσμος");
    EXPECT_EQ(v.words[499], "\U0001F600");
    EXPECT_EQ(float_bytes(values_of(v)), expected) << name;
  }
}

TEST_F(VectorsWithGensim, GensimFindsTheCountsAndNumpyTheHalves) {
  WordVectors v = sample_vectors();
  v.counts = {9, 5, 0};
  save_vectors(v, folder_.path("v.bin"), VectorFormat::binary);
  save_vectors(v, folder_.path("v.npy"), VectorFormat::npy);
  VectorOutput half(VectorFormat::npy);
  half.half = true;
  save_vectors(make_vectors({"new york"}, 3, {0.5F, -2, 65504}), folder_.path("half.npy"), half);
  EXPECT_TRUE(python(R"(
import sys, numpy
from gensim.models import KeyedVectors
folder = sys.argv[1] + '/'
kv = KeyedVectors.load_word2vec_format(folder + 'v.bin', folder + 'v.npy.vocab', binary=True)
assert [kv.get_vecattr(word, 'count') for word in ['the', 'κόσμος', 'a']] == [9, 5, 0]
half = numpy.load(folder + 'half.npy', allow_pickle=False)
assert half.dtype == numpy.float16 and half.tolist() == [[0.5, -2, 65504]], half
assert open(folder + 'half.npy.vocab').read() == 'new york\n'
)"));
}

TEST_F(VectorsWithGensim, WordsWithSpacesThatGensimSavesAreRead) {
  ASSERT_TRUE(python(R"(
import sys, numpy
from gensim.models import KeyedVectors
folder = sys.argv[1] + '/'
words = ['the', 'new york', '. . .', 'at name@domain.com', 'catch 22', 'été x y', 'last one']
words += ['word%d' % i for i in range(100)]
vectors = numpy.random.RandomState(1).normal(0, 0.3, (len(words), 50)).astype(numpy.float32)
kv = KeyedVectors(50)
kv.add_vectors(words, vectors)
kv.save_word2vec_format(folder + 'binary', binary=True)
kv.save_word2vec_format(folder + 'text')
kv.save_word2vec_format(folder + 'text.gz')
open(folder + 'words', 'w', encoding='utf8').write(''.join(word + '\n' for word in words))
open(folder + 'values', 'wb').write(vectors.tobytes())
)"));
  for (const char* name : {"binary", "text", "text.gz"}) {
    const WordVectors v = load_vectors(folder_.path(name));
    std::string words;
    for (const std::string& word : v.words) words += word + "\n";
    EXPECT_EQ(words, folder_.read("words")) << name;
    EXPECT_EQ(float_bytes(values_of(v)), folder_.read("values")) << name;
  }
}

TEST_F(VectorsWithGensim, OtherWordsOfFastTextModelsAreComposedAsGensimDoes) {
  ASSERT_TRUE(python(R"(
import sys
from gensim.models.fasttext import FastText, save_facebook_model
folder = sys.argv[1] + '/'
sentences = [['river', 'bank', 'été', 'water'], ['copper', 'bank', 'money']] * 20
model = FastText(sentences, vector_size=5, min_count=1, min_n=2, max_n=4, bucket=50, epochs=2, workers=1)
save_facebook_model(model, folder + 'model.bin')
for name, words in [('own', ['river', 'été']), ('other', ['rivers', 'étés', 'x'])]:
    open(folder + name, 'wb').write(b''.join(model.wv[word].tobytes() for word in words))
)"));
  const KeyedVectors vectors(load_vectors(folder_.path("model.bin")));
  const auto expect_near = [&](const std::vector<float>& values, const std::string& name, std::size_t word) {
    std::vector<float> expected(values.size());
    std::memcpy(expected.data(), folder_.read(name).data() + word * values.size() * sizeof(float),
                values.size() * sizeof(float));
    for (std::size_t d = 0; d < values.size(); ++d) EXPECT_NEAR(values[d], expected[d], 1e-6) << name << word;
  };
  const auto river = vectors.vector("river");
  expect_near({river.begin(), river.end()}, "own", 0);
  const auto summer = vectors.vector("été");
  expect_near({summer.begin(), summer.end()}, "own", 1);
  std::size_t word = 0;
  for (const char* other : {"rivers", "étés", "x"}) {
    const auto composed = vectors.composed(other);
    ASSERT_TRUE(composed.has_value()) << other;
    expect_near(*composed, "other", word++);
  }
}

}  // namespace
}  // namespace warp2vec
