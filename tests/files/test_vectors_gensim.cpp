// gensim and NumPy as independent readers and writers of the same files.

#include <warp2vec/word_vectors.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/vector_samples.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

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

}  // namespace
}  // namespace warp2vec
