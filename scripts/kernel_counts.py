"""Counts the instructions of the kernels that train tiles, from their machine code and from what the PTX machine of
tests/ptx executes, and models the cycles of a tile. No GPU is needed. Prints Markdown tables:

    cmake --build BUILD --target ptx_trace
    python3 scripts/kernel_counts.py --library BUILD/kernels/libwarp2vec_cuda.a --trace BUILD/tests/ptx/ptx_trace

cuobjdump and nvdisasm, which it calls, are part of the CUDA toolkit; if they are not installed: python3 -m pip install
nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm, which are found where this Python's packages are.

The executed instructions are those of the PTX. ptxas makes machine code of it that is longer (64-bit integers,
divisions) or shorter (combined instructions): the first table has the ratio over the whole kernel.

The model, for one block alone on a multiprocessor of four schedulers: within a run of instructions without a jump each
one is issued once its operands are ready, after LATENCY cycles; runs follow one another; a phase between two barriers
takes as long as its slowest warp, or as issuing the instructions of all warps, whichever is longer. Latencies are
assumed, from published microbenchmarks of Ampere and Hopper; bandwidths, bank conflicts and caches are left out. A
model of this kind may be off by a third: compare two versions of a kernel with it, not a kernel with a goal."""
import argparse
import collections
import glob
import os
import re
import shutil
import subprocess
import sys

SCHEDULERS = 4
# Cycles from issue until the result can be used; of the longest prefix of the opcode. Zero: mostly no instruction.
LATENCY = {"": 5, "mov": 0, "ld.param": 0, "cvta": 0, "ld.shared": 30, "ld": 38, "ld.global": 500, "atom": 500,
           "ldmatrix": 33, "mma": 33, "shfl": 25, "vote": 12, "match": 25, "cp.async": 400, "ex2": 22, "rcp": 22,
           "div.approx": 30, "div.rn.f32": 45, "div.full": 35, "div.rn.f64": 250, "rcp.rn.f64": 150, "div.s32": 45,
           "div.u32": 45, "rem.s32": 50, "rem.u32": 50, "div.s64": 160, "rem.s64": 160, "div.u64": 150, "rem.u64": 150,
           "add.f64": 16, "mul.f64": 16, "fma.rn.f64": 16, "sub.f64": 16, "cvt": 12, "popc": 12, "bfind": 12}
BARRIER = 30
# Of opcodes of machine code, the first that matches.
CLASSES = (("matrix", r"HMMA|LDSM"), ("copy", r"LDGSTS|LDGDEPBAR|DEPBAR|CCTL"), ("shared", r"LDS|STS|ATOMS"),
           ("generic", r"(LD|ST|ATOM)(?![GSLC])"), ("global", r"(LD|ST)G"), ("add", r"RED|ATOMG"),
           ("local", r"(LD|ST)L"),
           ("shuffle", r"SHFL|VOTE|MATCH"), ("special", r"MUFU"), ("double", r"D(ADD|MUL|FMA|SETP)"),
           ("float", r"F(ADD|MUL|FMA|SEL|SET|SETP|MNMX|CHK)\b"), ("barrier", r"BAR"),
           ("jump", r"BRA|BSSY|BSYNC|EXIT|CALL|RET|WARPSYNC|BREAK"), ("integer and other", r""))


def class_of(opcode):
    return next(name for name, pattern in CLASSES if re.match(pattern, opcode))


def by_class(opcodes):
    """`opcodes`: a Counter."""
    sums = collections.Counter()
    for opcode, count in opcodes.items():
        sums[class_of(opcode)] += count
    return sums


# --- Machine code


def find_cuobjdump(folders=sys.path):
    """The toolkit's, or that of a package in one of `folders`, which is not on PATH."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/local/cuda/bin"
    packaged = [found for folder in folders for found in glob.glob(os.path.join(folder, "nvidia/*/bin/cuobjdump"))]
    return shutil.which("cuobjdump", path=path) or next(iter(packaged), None)


def machine_code(cuobjdump, library):
    """{(architecture, mangled name): {"registers", "stack", "shared", "opcodes": Counter}} of the library's kernels."""
    kernels = {}
    for option in ("-res-usage", "-sass"):
        done = subprocess.run([cuobjdump, option, library], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{cuobjdump} {option} {library}: {done.stderr.strip()}")
        architecture = kernel = None
        for line in done.stdout.splitlines():
            if match := re.search(r"^arch = sm_(\d+)|sm_(\d+)\.cubin", line):
                architecture = int(match[1] or match[2])
            elif match := re.match(r"\s*Function\s*:?\s*(\S+?):?$", line):
                kernel = kernels.setdefault((architecture, match[1]), {"opcodes": collections.Counter()})
            elif match := re.search(r"REG:(\d+) STACK:(\d+) SHARED:(\d+)", line):
                kernel["registers"], kernel["stack"], kernel["shared"] = map(int, match.groups())
            elif match := re.match(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:\{\s*)?(?:@!?U?P\w+ )?([A-Z][\w.]*)", line):
                if match[1] != "NOP":
                    kernel["opcodes"][match[1]] += 1
    return kernels


# --- Executed instructions

# By a part of their mangled names.
KINDS = {"6TrainsE0Ef": "ns", "6TrainsE0ENS_4Bf16": "ns, bf16", "6TrainsE1Ef": "hs", "6TrainsE2Ef": "ns+hs",
         "6TrainsE3Ef": "ns, cbow", "6TrainsE4Ef": "hs, cbow", "6TrainsE5Ef": "ns+hs, cbow"}
# The phases between barriers, in the order of the code. `first` ones prepare a block's first tile.
SKIP_GRAM = ["load", "score", "move"]
CBOW = ["load", "windows in", "score", "move", "windows out"]


def phase_names(loss, tile):
    paths = ["top nodes in", "mask, further pass", *tile, "top nodes out"]
    return {"ns": ["first", "first", *tile], "hs": ["first", "first", "first", *paths],
            "ns+hs": ["first", "first", "first", *("ns " + phase for phase in tile), *paths]}[loss]


PHASES = {kind: phase_names(kind.partition(", ")[0], CBOW if "cbow" in kind else SKIP_GRAM) for kind in KINDS.values()}


class Instruction:
    def __init__(self, text):
        guard = re.match(r"@!?(%\w+) ", text)
        text = text[guard.end():] if guard else text
        self.opcode, _, operands = text.partition(" ")
        writes = not re.match(r"st|red|bar|bra|ret|exit|cp|prefetch|call", self.opcode)
        first = re.match(r"\{[^}]*\}|[^,]*", operands)[0] if writes else ""
        self.written = re.findall(r"%\w+", first)
        self.read = re.findall(r"%\w+", operands[len(first):]) + ([guard[1]] if guard else [])
        self.latency = LATENCY[max((p for p in LATENCY if self.opcode.startswith(p)), key=len)]
        self.groups = int(operands) if self.opcode.startswith("cp.async.wait_group") else None


class Warp:
    """The clock of one warp: when the registers are ready, and when its groups of copies have landed."""

    def __init__(self):
        self.now, self.ready, self.groups, self.last_copy = 0, collections.defaultdict(int), [], 0

    def run(self, instructions):
        """Advances by a run of consecutive instructions."""
        start = end = self.now
        for number, i in enumerate(instructions):
            issued = max([start] + [self.ready[r] for r in i.read])
            if i.groups is not None:  # later instructions wait, too
                landed = self.groups[:len(self.groups) - i.groups]
                issued = start = max([issued, end] + landed)
            elif i.opcode == "cp.async.commit_group":
                self.groups.append(self.last_copy)
            elif i.opcode.startswith("cp.async"):
                self.last_copy = issued + i.latency
            for register in i.written:
                self.ready[register] = issued + i.latency
            end = max(end, issued + 1, self.now + number + 1)
        self.now = end


class Phase:
    """Sums over the tiles of a trace. `longest`: instructions of the warp that executes most."""

    def __init__(self):
        self.instructions = self.longest = self.cycles = 0

    def add(self, runs_of_warps, code):
        longest = slowest = total = 0
        for runs in runs_of_warps:
            warp, count = Warp(), 0
            for first, length in runs:
                warp.run(code[first:first + length])
                count += length
            longest, slowest, total = max(longest, count), max(slowest, warp.now), total + count
        self.instructions += total
        self.longest += longest
        self.cycles += max(slowest, total / SCHEDULERS) + BARRIER


def trace_of(program, architecture, kind, sample, dim):
    """Runs ptx_trace. Returns the kernel's name, warps, bytes of shared memory and instructions, and for each interval
    between barriers the runs of each warp."""
    loss, _, option = kind.partition(", ")
    command = [program, str(architecture), loss, str(sample), str(dim)] + ([option] if option else [])
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    code, intervals = [], collections.defaultdict(list)
    for line in text.splitlines():
        tag, _, rest = line.partition(" ")
        if tag == "kernel":
            _, warps, shared, name = rest.split()
        elif tag == "i":
            code.append(Instruction(rest))
        else:
            _, interval, *numbers = map(int, rest.split())
            intervals[interval].append(list(zip(numbers[::2], numbers[1::2])))
    return name, int(warps), int(shared), code, [intervals[i] for i in sorted(intervals)]


def phases_of(kind, code, intervals, most_tiles):
    """{name: Phase} per tile of 64 centres, without the tiles whose loss is computed, and the number of tiles."""
    barriers = [n for n, i in enumerate(code) if i.opcode.startswith("bar.sync")]
    names = PHASES[kind]
    if len(barriers) != len(names):
        sys.exit(f"{kind}: {len(barriers)} barriers in the PTX; the phases between {len(names)} are known")
    tiles, tile = [], []
    for runs_of_warps in intervals:
        first, length = runs_of_warps[0][-1]
        if first + length - 1 not in barriers:
            continue  # the end of the kernel
        name = names[barriers.index(first + length - 1)]
        if name == "first":
            continue
        tile.append((name, runs_of_warps))
        if name == names[-1]:
            tiles.append(tile)
            tile = []
    phases = {name: Phase() for name in names if name != "first"}
    taken = 0
    loss_every = max(1, min(16, len(tiles) // 8))  # tiles_per_loss() of train_dense_tiles.h
    for number, tile in enumerate(tiles[:-1]):  # the last one names no other
        if number % loss_every != 0 and taken < most_tiles:
            taken += 1
            for name, runs in tile:
                phases[name].add(runs, code)
    return phases, taken


# --- Tables


def row(*cells):
    print("| " + " | ".join(f"{c:,.0f}" if isinstance(c, (int, float)) else c for c in cells) + " |")


def header(*cells):
    row(*cells)
    print("|" + "---|" * len(cells))


def kind_of(name):
    return next((kind for mark, kind in KINDS.items() if "dense_tile_kernel" in name and mark in name), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True, help="libwarp2vec_cuda.a, or an object file of it")
    parser.add_argument("--trace", help="the program ptx_trace; without it only the machine code is counted")
    parser.add_argument("--cuobjdump", default=find_cuobjdump())
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--samples", default="1e-4,1e-3")
    parser.add_argument("--kinds", default=";".join(KINDS.values()))
    parser.add_argument("--architectures", default="", help="such as 80,90; default: all of the library")
    arguments = parser.parse_args()
    if not arguments.cuobjdump:
        parser.error("no cuobjdump: install the CUDA toolkit's, or 'python3 -m pip install nvidia-cuda-cuobjdump "
                     "nvidia-cuda-nvdisasm', or pass --cuobjdump PATH")
    kernels = {key: kernel for key, kernel in machine_code(arguments.cuobjdump, arguments.library).items()
               if kind_of(key[1]) in arguments.kinds.split(";") and kernel["opcodes"]}
    if not kernels:
        sys.exit(f"{arguments.library}: no kernel for tiles")
    architectures = sorted({architecture for architecture, _ in kernels})
    if arguments.architectures:
        architectures = [int(a) for a in arguments.architectures.split(",")]
    kernels = {key: kernel for key, kernel in kernels.items() if key[0] in architectures}
    ptx_sizes = {}
    executed = []
    if arguments.trace:
        for architecture, name in kernels:
            for sample in arguments.samples.split(","):
                traced, warps, shared, code, intervals = trace_of(arguments.trace, architecture, kind_of(name), sample,
                                                                  arguments.dim)
                kernels[architecture, name].update(warps=warps, shared=shared)
                ptx_sizes[architecture, name] = len(code)
                paths = "hs" in kind_of(name)
                executed.append((architecture, kind_of(name), sample,
                                 *phases_of(kind_of(name), code, intervals, 1 if paths else 8)))
    names = [name for name, _ in CLASSES]
    print("The machine code, and its instructions by class:\n")
    header("kernel", "sm", "registers", "stack", "warps", "shared memory", "instructions", "per PTX instruction",
           *names)
    for key, kernel in sorted(kernels.items(), key=lambda item: (kind_of(item[0][1]), item[0][0])):
        total = sum(kernel["opcodes"].values())
        classes = by_class(kernel["opcodes"])
        row(kind_of(key[1]), key[0], kernel["registers"], kernel["stack"], kernel.get("warps", "-"), kernel["shared"],
            total, f"{total / ptx_sizes[key]:.2f}" if key in ptx_sizes else "-", *(classes[n] for n in names))
    if executed:
        print(f"\nExecuted warp instructions of a tile of 64 centres at d={arguments.dim}, and modelled cycles:\n")
        header("kernel", "sm", "sample", "phase", "warp instructions", "of the longest warp", "modelled cycles")
    for architecture, kind, sample, phases, tiles in executed:
        sums = [0, 0, 0]
        for name, phase in phases.items():
            means = [number / tiles for number in (phase.instructions, phase.longest, phase.cycles)]
            row(kind, architecture, sample, name, *means)
            sums = [a + b for a, b in zip(sums, means)]
        row(kind, architecture, sample, "**all**", *sums)


if __name__ == "__main__":
    main()
