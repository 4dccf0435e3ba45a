#!/usr/bin/env python3
"""The runner of golden cases: conformance.py BUILD-FOLDER SOURCE-FOLDER

That it fails where cases are missing, and says what is wrong with its arguments.
"""

import pathlib

from support import BUILD, SOURCE, ProgramTest, main, run

CONFORMANCE = BUILD / "bin" / "conformance"
RELU = SOURCE / "test" / "golden" / "tensor" / "relu.safetensors"


class Conformance(ProgramTest):
    def run_cases(self, *arguments, status=0):
        return self.run_program(CONFORMANCE, *arguments, status=status)

    def test_passes(self):
        self.assertRegex(self.run_cases(RELU), r"tensor relu +7 +0 +0 .*\n(.*\n)*7 passed, 0 failed, 0 skipped\n$")

    def test_a_lost_case_fails(self):
        supported = self.folder / "supported.txt"
        self.run_cases("--quiet", f"--write-supported={supported}", RELU)
        self.assertEqual(supported.read_text(), "7 tensor relu\n")
        self.run_cases("--quiet", f"--supported={supported}", RELU)
        supported.write_text("8 tensor relu\n1 tensor tanh\n")
        result = run(CONFORMANCE, "--quiet", f"--supported={supported}", RELU)
        self.assertEqual(result.returncode, 1)
        self.assertIn("LOST tensor relu: 8 cases passed once, now 7\nLOST tensor tanh: 1 cases", result.stdout)
        self.assertNotIn("tanh", run(CONFORMANCE, f"--supported={supported}", "--filter=relu", RELU).stdout)

    def test_errors(self):
        (self.folder / "empty.safetensors").write_bytes(b"")
        (self.folder / "none").mkdir()
        for arguments, message in [
            ((), "required files or folders of golden cases; --help lists all flags"),
            (("--frobnicate",), "unknown flag --frobnicate; --help lists all"),
            (("/no/such",), "/no/such: no such file or folder"),
            ((self.folder / "none",), "no golden files there"),
            ((self.folder,), "empty.safetensors: not a safetensors file: required at least 8 bytes, got 0"),
            ((pathlib.Path(__file__),), "conformance.py: not a safetensors file"),
            (("--filter=frobnicate", RELU), "no target contains 'frobnicate'"),
            (("--jobs=-1", RELU), "--jobs must be a number from 1 to 1000, got '-1'"),
            (("--part=2/2", RELU), "--part must be K/N with K from 0 to N - 1, got '2/2'"),
            (("--run-time-dim=x", RELU), "--run-time-dim must be 0 to 9, got 'x'"),
            (("--supported=/no/such", RELU), "/no/such: cannot be read"),
            (("--write-supported=/dev/full", RELU), "/dev/full: cannot be written"),
        ]:
            with self.subTest(message):
                self.assertIn("conformance: ", error := self.run_cases(*arguments, status=2))
                self.assertIn(message, error)
        self.assertIn("usage: conformance [flags] PATH...", self.run_cases("--help"))


if __name__ == "__main__":
    main()
