"""What must be there before anything is measured: a program, texts, disk."""
import os
import shutil
import subprocess
import sys

from gpu.texts import Given, Made
from measure.checkout import built_program
from measure.counted_words import count_words
from measure.gpu import usable_gpu

ABOVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def find_program(given):
    if given:
        return os.path.abspath(given)
    packed = os.path.join(ABOVE, "warp2vec")
    return packed if os.path.exists(packed) else built_program()


def find_gpu(program):
    """Its line in the program's list of GPUs, or None, and why."""
    done = subprocess.run([program, "info", "--devices"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    gpu = usable_gpu(done.stdout)
    return gpu, "" if gpu else f"no usable GPU: {done.stdout.strip() or 'the program does not run'}"


def texts_of(arguments, program, scratch):
    """By their names; the corpus comes first."""
    texts = [Made(words, scratch) for words in arguments.vocabularies]
    if arguments.corpus:
        name = os.path.basename(arguments.corpus).split(".")[0]
        counts = count_words(program, arguments.corpus, Given.min_count, scratch)
        texts.insert(0, Given(name, os.path.abspath(arguments.corpus), counts.words, counts.tokens))
    return {text.name: text for text in texts}


def check_disk(cells, texts, folder):
    """Says what will be needed at most; an error if there is not as much."""
    used = {cell.text for cell in cells}
    written = sum(texts[name].bytes_to_write for name in used)
    vectors = max((texts[cell.text].words * (4 * cell.dim + 16) for cell in cells), default=0)
    free = shutil.disk_usage(folder).free
    print(f"up to {written / 1e9:.1f} GB of disk for texts and {vectors / 1e9:.1f} GB for vectors are needed in "
          f"{folder}, where {free / 1e9:.1f} GB are free")
    if written + vectors > free:
        sys.exit("gpu_bench: there is not enough disk")
