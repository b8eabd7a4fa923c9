"""Runs gensim's own tests of word2vec, keyedvectors and phrases against this package.

usage: run_gensim_tests.py FOLDER   (gensim/test of gensim's sources; needs gensim and testfixtures, too)

Prints each test that fails for another reason than those below, or that passes although it is listed here, and exits
with 1 if there is any."""
import importlib.util
import os
import sys
import types
import unittest
from pathlib import Path

import gensim.models
import gensim.models.keyedvectors
import gensim.models.phrases
import gensim.models.word2vec
import gensim.test.utils

import warp2vec
import warp2vec.keyedvectors
import warp2vec.phrases
import warp2vec.sentences
import warp2vec.word2vec

PICKLE = "reads a pickle, which can run any program"
SYN1 = "the Huffman tree of V words has V - 1 inner nodes; gensim's syn1 has an unused row more"
FUNCTION = "files hold no functions: load(..., scoring=) takes it"
INTERNAL = "calls a private function of gensim"
STRICT = "a damaged file is a ValueError, not an EOFError"
REASONS = {
    "Gensim320Test.test": PICKLE,
    "LoadWord2VecFormatTest.test_load_word2vec_format_basic": INTERNAL,
    "LoadWord2VecFormatTest.test_load_word2vec_format_limit": INTERNAL,
    "LoadWord2VecFormatTest.test_load_word2vec_format_space_stripping": INTERNAL,
    "TestFrozenPhrasesModelCompatibility.test_compatibility": PICKLE,
    "TestFrozenPhrasesPersistence.test_save_load_custom_scorer": FUNCTION,
    "TestFrozenPhrasesPersistence.test_save_load_no_common_terms": PICKLE,
    "TestFrozenPhrasesPersistence.test_save_load_no_scoring": PICKLE,
    "TestFrozenPhrasesPersistence.test_save_load_string_scoring": PICKLE,
    "TestPhrasesPersistence.test_save_load_custom_scorer": FUNCTION,
    "TestPhrasesPersistence.test_save_load_no_common_terms": PICKLE,
    "TestPhrasesPersistence.test_save_load_no_scoring": PICKLE,
    "TestPhrasesPersistence.test_save_load_string_scoring": PICKLE,
    "TestWord2VecModel.test_load_old_model": PICKLE,
    "TestWord2VecModel.test_load_old_model_separates": PICKLE,
    "TestWord2VecModel.test_load_old_models_1_x": PICKLE,
    "TestWord2VecModel.test_load_old_models_2_x": PICKLE,
    "TestWord2VecModel.test_load_old_models_3_x": PICKLE,
    "TestWord2VecModel.test_persistence_backwards_compatible": PICKLE,
    "TestWord2VecModel.test_persistence_word2vec_format_combination_with_standard_persistence":
        "KeyedVectors.save() writes .npy, which Word2Vec.load() does not read",
    "TestWord2VecModel.test_training": SYN1,
    "TestWord2VecModel.test_training_cbow": SYN1,
    "TestWord2VecModel.test_training_from_file": SYN1,
    "TestWord2VecModel.test_max_final_vocab": "a vocabulary of one word is an error",
    "TestWord2VecModel.test_too_short_binary_word2vec_format": STRICT,
    "TestWord2VecModel.test_too_short_text_word2vec_format": STRICT,
    "TestWord2VecModel.test_build_vocab_warning": "a text without a frequent word is an error, not a line in the log",
    "TestWord2VecModel.test_load_on_class_error": "load() is a class method, which may be called on an instance",
    "TestWord2VecModel.test_prune_vocab": "max_vocab_size: counts are exact, no rare word is forgotten while counting",
    "TestWord2VecModel.test_evaluate_word_analogies": "similarity_function: only 'most_similar'",
    "TestWord2VecModel.test_locking": "vectors_lockf: all vectors are trained",
    "TestWord2VecModel.test_vocab": "words have no attributes 'code' and 'point'",
}


def replaced(real, *own):
    """gensim's module with our definitions where there are any."""
    module = types.ModuleType(real.__name__)
    for source in (real, *own):
        module.__dict__.update({name: value for name, value in vars(source).items() if not name.startswith("__")})
    sys.modules[real.__name__] = module
    setattr(gensim.models, real.__name__.rpartition(".")[2], module)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def main(folder):
    replaced(gensim.models.word2vec, warp2vec.sentences, warp2vec.word2vec)
    replaced(gensim.models.keyedvectors, warp2vec.keyedvectors)
    replaced(gensim.models.phrases, warp2vec.phrases)
    gensim.models.Word2Vec = warp2vec.Word2Vec
    gensim.models.KeyedVectors = warp2vec.KeyedVectors
    gensim.test.utils.datapath = lambda name: os.path.join(folder, "test_data", name)
    tests = unittest.TestSuite(load(folder / f"test_{name}.py") for name in ("keyedvectors", "phrases", "word2vec"))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        result = unittest.TextTestRunner(stream=nowhere).run(tests)
    failed = {test.id().partition(".")[2]: text for test, text in result.failures + result.errors}
    unexpected = sorted(set(failed) - set(REASONS))
    passed = sorted(set(REASONS) - set(failed))
    for name in unexpected:
        print(f"{name}: {failed[name].strip().splitlines()[-1]}")
    for name in passed:
        print(f"{name}: passes, but is listed: {REASONS[name]}")
    print(f"{result.testsRun} tests: {result.testsRun - len(failed) - len(result.skipped)} passed, "
          f"{len(result.skipped)} skipped, {len(failed)} failed, {len(unexpected)} of them unexpected")
    return 1 if unexpected or passed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
