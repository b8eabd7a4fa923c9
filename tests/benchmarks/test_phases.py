"""Phases from what the programs really printed (shortened)."""
import json
import os
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from measure import ProgramFailed, Watched
from peers import programs
from peers.programs import Task

FASTTEXT = (
    (0.228, "\rRead 0"), (0.228, "M words\r\nNumber of words:  10713\r\nNumber of labels: 0\r\n"), (0.451, "\r"),
    (0.459, "Progress:   0.6% words/sec/thread:   18460 lr:  0.024849 avg.loss:  4.147045 ETA:   0h 0m18s"),
    (11.254, "\rProgress:  99.9% words/sec/thread:   30961 lr:  0.000034 avg.loss:  3.105028 ETA:   0h 0m 0s"),
    (11.374, "\rProgress: 100.2% words/sec/thread:   30772 lr: -0.000042 avg.loss:  3.104845 ETA:   0h 0m 0s\r"
             "Progress: 100.0% words/sec/thread:   30772 lr:  0.000000 avg.loss:  3.104845 ETA:   0h 0m 0s\r\n"))
FASTTEXT_ONE_THREAD = (
    (0.118, "\rRead 0M words\nNumber of words:  6611\nNumber of labels: 0\n"), (2.907, "\rProgress: "),
    (2.907, "100.0% words/sec/thread:  123451 lr:  0.000000 avg.loss:  3.431295 ETA:   0h 0m 0s\n"))
WORD2VEC_C = (
    (0.006, "Starting training using file text.txt\r\n"),
    (0.223, "Vocab size: 6612\r\nWords in train file: 304775\r\n"),
    (0.783, "\rAlpha: 0.025000  Progress: 3.62%  Words/thread/sec: 121.82k  "),
    (0.934, "\rAlpha: 0.024095  Progress: 7.50%  Words/thread/sec: 118.90k  "),
    (4.933, "\rAlpha: 0.001407  Progress: 97.73%  Words/thread/sec: 104.65k  "))


def watched(pieces, seconds, appeared=None):
    return Watched(pieces, seconds, seconds, 1000, appeared)


def task(words=1, threads=1, sample=1e-4, folder="out"):
    return Task("text.txt", words - 1, 1, settings(sample=sample), threads, 1, Path(folder))


def settings(**others):
    return SimpleNamespace(**{**dict(model="skipgram", loss="ns", dim=100, window=5, negative=5, sample=1e-4,
                                     min_count=5, lr=0.025, epochs=2), **others})


class ModelTest(unittest.TestCase):
    def test_all_programs_train_the_same_model(self):
        for model, sg in (("skipgram", 1), ("cbow", 0)):
            some = task()._replace(settings=settings(model=model))
            wanted = json.loads(programs.gensim_command("python3", "list", some, package="warp2vec", device="cpu")[-1])
            self.assertEqual((wanted["sg"], wanted["package"], wanted["device"]), (sg, "warp2vec", "cpu"))
            self.assertIn(model, programs.warp2vec_command("warp2vec", some))
            self.assertEqual(programs.fasttext_command("fasttext", some)[1], model)
            of_word2vec_c = programs.word2vec_c_command("word2vec", some)
            self.assertEqual(of_word2vec_c[of_word2vec_c.index("-cbow") + 1], 1 - sg)


class FasttextTest(unittest.TestCase):
    def test_several_threads(self):
        phases = programs.fasttext_phases(task(340000, 2), watched(FASTTEXT, 11.807))
        self.assertEqual(phases.vocabulary, 0.228)
        self.assertAlmostEqual(phases.training, 680000 / 61544)
        self.assertAlmostEqual(phases.save, 11.807 - 11.374)

    def test_one_thread(self):
        phases = programs.fasttext_phases(task(168013), watched(FASTTEXT_ONE_THREAD, 3.055))
        self.assertAlmostEqual(phases.training, 2.722, places=3)

    def test_training_is_never_longer_than_there_was_time(self):
        phases = programs.fasttext_phases(task(999999), watched(FASTTEXT_ONE_THREAD, 3.055))
        self.assertAlmostEqual(phases.training, 2.907 - 0.118)

    def test_one_hundred_percent_before_the_end_is_not_the_end(self):
        early = watched(((1.0, "Number of labels: 0\n"),
                            (2.0, "\rProgress: 100.0% words/sec/thread:   70000 lr:  0.000001 ETA:   0h 0m 0s"),
                            (3.0, "\rProgress: 100.0% words/sec/thread:   60000 lr:  0.000000 ETA:   0h 0m 0s\n")), 4.0)
        self.assertAlmostEqual(programs.fasttext_phases(task(30000), early).training, 1.0)
        self.assertAlmostEqual(programs.fasttext_phases(task(30000), early).save, 1.0)


class FasttextCommandTest(unittest.TestCase):
    def test_no_subsampling(self):
        for sample, threshold in ((1e-4, 1e-4), (0.0, 1)):
            command = programs.fasttext_command("fasttext", task(sample=sample))
            self.assertEqual(command[command.index("-t") + 1], threshold)


class Word2vecCTest(unittest.TestCase):
    def test_training_begins_before_the_first_progress_and_ends_when_the_file_is_there(self):
        phases = programs.word2vec_c_phases(task(), watched(WORD2VEC_C, 5.124, 5.033))
        self.assertEqual(phases.vocabulary, 0.223)
        self.assertAlmostEqual(phases.training, (5.033 - 0.783) * 100 / (100 - 3.62))
        self.assertAlmostEqual(phases.save, 0.091)

    def test_a_text_without_progress(self):
        with self.assertRaisesRegex(ProgramFailed, "too small"):
            programs.word2vec_c_phases(task(), watched(WORD2VEC_C[:2], 5.124, 5.033))

    def test_huge_pages(self):
        with tempfile.NamedTemporaryFile("w+") as choice:
            for chosen, libc, refused in (("always [madvise] never", ("glibc", "2.36"), "^$"),
                                          ("[always] madvise never", ("glibc", "2.35"), "^$"),
                                          ("always madvise [never]\n", ("glibc", "2.36"), r"says always .*\[never\]$"),
                                          ("always [madvise] never", ("glibc", "2.34"), "^glibc 2.34 cannot"),
                                          ("always [madvise] never", ("", ""), "^the C library cannot")):
                choice.truncate(0)
                choice.seek(0)
                choice.write(chosen)
                choice.flush()
                self.assertRegex(programs.why_no_huge_pages(choice.name, libc), refused)
        self.assertEqual(programs.why_no_huge_pages("/no/such/file"), "there is no /no/such/file")


class GensimTest(unittest.TestCase):
    def test_the_last_line_counts(self):
        printed = 'a warning\r\n{"vocabulary": 0.2, "training": 1.6, "save": 0.03}\r\n'
        phases = programs.gensim_phases(task(), watched(((2.0, printed),), 2.0))
        self.assertEqual((phases.vocabulary, phases.training, phases.save), (0.2, 1.6, 0.03))

    def test_anything_else_is_an_error(self):
        for printed in ("", "Killed\n", '{"vocabulary": 0.2}\n', "7\n"):
            with self.assertRaisesRegex(ProgramFailed, "did not end with its times"):
                programs.gensim_phases(task(), watched(((2.0, printed),), 2.0))


class PeerTest(unittest.TestCase):
    def test_a_program_that_writes_no_vectors(self):
        with tempfile.TemporaryDirectory() as folder:
            peer = programs.Peer("a", "1", lambda task: ["true"], lambda task, watched: None)
            with self.assertRaisesRegex(ProgramFailed, "no vectors"):
                peer.train(task(folder=folder))

    def test_a_program_that_writes_them_as_it_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            peer = programs.Peer("a", "1", lambda task: ["touch", task.folder / "vectors.bin"], lambda task, watched: 7)
            watched, phases, vectors = peer.train(task(folder=folder))
            self.assertTrue(0 <= watched.appeared <= watched.seconds)
            self.assertEqual((phases, vectors), (7, Path(folder, "vectors.bin")))


class Warp2vecTest(unittest.TestCase):
    def test_encoding_is_training(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "metrics.jsonl"), "w") as metrics:
                seconds = {"vocabulary": 1.0, "encode": 0.25, "prepare": 0.1, "train": 4.0, "save": 0.5}
                json.dump({"seconds": seconds}, metrics)
            phases = programs.warp2vec_phases(task(folder=folder), None)
        self.assertEqual((phases.vocabulary, phases.training, phases.save), (1.0, 4.25, 0.5))


if __name__ == "__main__":
    unittest.main()
