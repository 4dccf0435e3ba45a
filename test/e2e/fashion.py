#!/usr/bin/env python3
"""The demo from end to end, as a user has it: fashion.py BUILD-FOLDER SOURCE-FOLDER

Exports LeNet again, compiles its header alone, looks into the object and the application, runs the application with
good and bad arguments, and runs the object with a poisoned workspace under the sanitizers.
"""

import pathlib
import re
import shutil

from support import BUILD, SOURCE, ProgramTest, main, run

FASHION = BUILD / "examples" / "fashion"
EXAMPLE = SOURCE / "examples" / "fashion"
WEIGHTS = FASHION / "lenet.safetensors"
LLVM = pathlib.Path("/usr/lib/llvm-22/bin")


class Fashion(ProgramTest):
    def classify(self, *arguments, status=0):
        return self.run_program(FASHION / "classify", *arguments, status=status)

    def edited_weights(self, old, new):
        """A copy of the weights with a replacement in its header."""
        data = WEIGHTS.read_bytes()
        self.assertEqual(data.count(old), 1)
        file = self.folder / "edited.safetensors"
        file.write_bytes(data.replace(old, new))
        return file

    def test_logits_and_accuracy(self):
        output = self.classify("--check", EXAMPLE / "lenet_fashion_reference.safetensors")
        self.assertIn(": good", output)
        accuracy = float(re.search(r"^accuracy +([0-9.]+) of 10000", output, re.M).group(1))
        self.assertAlmostEqual(accuracy, 0.8768, delta=2e-4)  # an image or two may be a tie

    def test_training(self):
        result = run(FASHION / "train", "--epochs", "1", "--output", self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(float(re.search(r"test accuracy ([0-9.]+)", result.stdout).group(1)), 0.8)
        self.assertIn("</svg>", (self.folder / "loss.svg").read_text())
        self.classify("--weights", self.folder / "lenet_trained.safetensors")
        self.assertIn("usage: train", self.run_program(FASHION / "train", "--help"))
        self.assertIn("--epochs needs a number", self.run_program(FASHION / "train", "--epochs", "none", status=2))
        self.assertIn("/no/such is no folder", self.run_program(FASHION / "train", "--output", "/no/such", status=1))

    def test_any_batch_size(self):
        reference = EXAMPLE / "lenet_fashion_reference.safetensors"
        for batch in (1, 7, 64, 10000):
            self.assertIn(": good", self.classify("--check", reference, "--batch", batch))

    def test_check_can_fail(self):
        weights = self.folder / "other.safetensors"
        data = bytearray(WEIGHTS.read_bytes())
        data[-4:] = b"\0\0\xc0\x3f"  # one weight is 1.5 now
        weights.write_bytes(data)
        result = run(FASHION / "classify", "--weights", weights, "--check",
                     EXAMPLE / "lenet_fashion_reference.safetensors")
        self.assertEqual(result.returncode, 1)
        self.assertIn("MORE THAN", result.stdout)

    def test_usage_errors(self):
        self.assertIn("unknown argument --frobnicate", self.classify("--frobnicate", status=2))
        self.assertIn("--batch needs a value", self.classify("--batch", status=2))
        self.assertIn("--batch needs a number from 1 to 2147483647, got '0'", self.classify("--batch", "0", status=2))
        self.assertIn("/no/such/t10k-images", self.classify("--data", "/no/such", status=1))
        self.assertIn("/no/such.safetensors", self.classify("--weights", "/no/such.safetensors", status=1))

    def test_broken_weights(self):
        truncated = self.folder / "truncated.safetensors"
        truncated.write_bytes(WEIGHTS.read_bytes()[:-100])
        self.assertIn("truncated.safetensors", self.classify("--weights", truncated, status=1))
        renamed = self.edited_weights(b'"fc3.bias"', b'"fc4.bias"')
        self.assertIn("fc3.bias", self.classify("--weights", renamed, status=1))
        reshaped = self.edited_weights(b"[6,1,5,5]", b"[6,5,1,5]")
        self.assertRegex(self.classify("--weights", reshaped, status=1), r"conv1\.weight.*6, 1, 5, 5.*6, 5, 1, 5")

    def test_broken_data(self):
        data = self.folder / "data"
        shutil.copytree("/usr/share/datasets/fashion-mnist", data)
        (data / "t10k-labels-idx1-ubyte.gz").unlink()
        (data / "t10k-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01\0\0\x27\x10" + bytes(9999))
        self.assertIn("10000 bytes of data expected, 9999 found", self.classify("--data", data, status=1))

    def test_object_imports_only_mem_functions(self):
        output = run(LLVM / "llvm-nm", "--undefined-only", "--just-symbol-name", FASHION / "lenet.o").stdout
        self.assertLessEqual(set(output.split()), {"memcpy", "memset", "memmove"})

    def test_application_needs_only_the_runtimes(self):
        needed = run(LLVM / "llvm-readelf", "--needed-libs", FASHION / "classify").stdout
        libraries = set(re.findall(r"^\s+(lib\w+|ld-[\w-]+)\S*$", needed, re.M))
        self.assertIn("libc", libraries)
        glibc = {"libc", "libm", "ld-linux-x86-64", "libdl", "libpthread", "libresolv", "librt"}  # sanitizers use all
        self.assertLessEqual(libraries, glibc | {"libstdc", "libgcc_s"})

    def test_header_alone(self):
        warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I", FASHION]
        for suffix, standard, compilers in (("c", "c11", ("gcc", "clang-22")), ("cpp", "c++17", ("g++", "clang++-22"))):
            source = self.folder / f"alone.{suffix}"
            source.write_text('#include "lenet.h"\n')
            for compiler in compilers:
                result = run(compiler, f"-std={standard}", *warnings, source)
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_model_source_sees_no_compiler(self):
        flags = ["-std=c++20", "-I", BUILD / "include", EXAMPLE / "lenet.cpp"]
        headers = run("clang++-22", "-M", *flags)
        self.assertEqual(headers.returncode, 0, headers.stderr)
        self.assertEqual(re.findall(r"\S*/(?:mlir|llvm|absl)/\S*\.h\b", headers.stdout), [])
        for compiler in ("g++", "clang++-22"):
            result = run(compiler, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *flags)
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_export_is_reproducible(self):
        result = run(FASHION / "lenet_export", "-o", self.folder, cwd=EXAMPLE)
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in ("lenet.o", "lenet.h", "lenet.safetensors"):
            self.assertEqual((self.folder / name).read_bytes(), (FASHION / name).read_bytes(), name)

    def test_export_errors_leave_nothing(self):
        result = run(FASHION / "lenet_export", "--frobnicate", "-o", self.folder, cwd=EXAMPLE)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("--frobnicate", result.stderr)
        result = run(FASHION / "lenet_export", "-o", "/proc/no/such", cwd=EXAMPLE)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("/proc/no/such", result.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_poisoned_workspace_under_sanitizers(self):
        program = self.folder / "poisoned"
        sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        source = SOURCE / "test" / "e2e" / "poisoned.cpp"
        result = run("clang++-22", "-std=c++17", "-O1", "-g", *sanitizers, "-I", FASHION, source, FASHION / "lenet.o",
                     "-o", program)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run(program, WEIGHTS)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    main()
