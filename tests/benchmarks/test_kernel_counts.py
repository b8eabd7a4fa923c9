"""Machine code as cuobjdump prints it (shortened), and the model of a warp's cycles."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import kernel_counts
from kernel_counts import Instruction, Phase, Warp

SASS = """
Fatbin elf code:
================
arch = sm_90
code version = [1,8]
		Function : _Z17dense_tile_kernelILN6TrainsE0Ef
        /*0000*/                   LDC R1, c[0x0][0x28] ;   /* 0x00000a00ff017b82 */
        /*0010*/              @!P0 LDS.64 R2, [R4] ;        /* 0x00000a00ff017b82 */
        /*0020*/                   LD.E R2, [R4.64] ;       /* 0x00000a00ff017b82 */
        /*0030*/                   NOP ;                    /* 0x00000a00ff017b82 */
"""
RESOURCES = """
Resource usage:
 Function _Z17dense_tile_kernelILN6TrainsE0Ef:
  REG:115 STACK:8 SHARED:0 LOCAL:0 CONSTANT[0]:880
"""


class MachineCode(unittest.TestCase):
    def test_is_counted_by_opcode(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "cuobjdump"
            program.write_text(f"#!/bin/sh\n[ $1 = -sass ] && cat <<'END'\n{SASS}\nEND\n"
                               f"[ $1 = -res-usage ] && cat <<'END'\narch = sm_90\n{RESOURCES}\nEND\nexit 0\n")
            program.chmod(0o755)
            kernels = kernel_counts.machine_code(str(program), "library")
        (key, kernel), = kernels.items()
        self.assertEqual(key[0], 90)
        self.assertEqual(kernel_counts.kind_of(key[1]), "ns")
        self.assertEqual((kernel["registers"], kernel["stack"]), (115, 8))
        self.assertEqual(kernel["opcodes"], {"LDC": 1, "LDS.64": 1, "LD.E": 1})
        self.assertEqual(kernel_counts.by_class(kernel["opcodes"]), {"integer and other": 1, "shared": 1, "generic": 1})


    def test_says_what_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "cuobjdump"
            program.write_text("#!/bin/sh\necho no nvdisasm >&2\nexit 1\n")
            program.chmod(0o755)
            with self.assertRaisesRegex(SystemExit, "cuobjdump -res-usage library: no nvdisasm"):
                kernel_counts.machine_code(str(program), "library")

    def test_needs_cuobjdump_of_the_toolkit_or_of_a_package(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch("shutil.which", return_value=None):
            self.assertIsNone(kernel_counts.find_cuobjdump([folder]))
            program = Path(folder, "nvidia/cu13/bin/cuobjdump")
            program.parent.mkdir(parents=True)
            program.touch()
            self.assertEqual(kernel_counts.find_cuobjdump(["elsewhere", folder]), str(program))


class Model(unittest.TestCase):
    def cycles(self, *runs):
        warp = Warp()
        for run in runs:
            warp.run([Instruction(text) for text in run])
        return warp.now

    def test_instructions_wait_for_their_operands(self):
        independent = ["ld.shared.u32 %r1, [%r0]", "ld.shared.u32 %r2, [%r0+4]"]
        self.assertEqual(self.cycles(independent), 2)
        self.assertEqual(self.cycles([*independent, "add.s32 %r3, %r1, %r2"]), 31)
        self.assertEqual(self.cycles(independent, ["@%p1 add.s32 %r3, %r2, 1"]), 31)
        self.assertEqual(self.cycles(["setp.lt.s32 %p1, %r1, 0", "@%p1 bra L"]), 6)

    def test_a_wait_for_copies_holds_up_what_follows(self):
        copy = ["cp.async.cg.shared.global [%r1], [%rd1], 16", "cp.async.commit_group"]
        self.assertEqual(self.cycles(copy), 2)
        self.assertEqual(self.cycles([*copy, "cp.async.wait_group 0", "mov.u32 %r2, 0"]), 401)
        self.assertEqual(self.cycles([*copy, "cp.async.wait_group 1", "mov.u32 %r2, 0"]), 4)

    def test_a_phase_is_as_long_as_its_slowest_warp_or_as_issuing(self):
        code = [Instruction("ld.shared.u32 %r1, [%r1]"), Instruction("bar.sync 0")]
        slow = Phase()
        slow.add([[(0, 2)], [(1, 1)]], code)
        self.assertEqual((slow.instructions, slow.longest, slow.cycles), (3, 2, 2 + kernel_counts.BARRIER))
        busy = Phase()
        busy.add([[(1, 1)]] * 16, code)
        self.assertEqual(busy.cycles, 4 + kernel_counts.BARRIER)


if __name__ == "__main__":
    unittest.main()
