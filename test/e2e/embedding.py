#!/usr/bin/env python3
"""Another project that uses ingot by CMake: embedding.py BUILD-FOLDER SOURCE-FOLDER

find_package(ingot), ingot_add_model, an application in C; a change of the model reaches the application.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])


class Embedding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.project = pathlib.Path(folder.name) / "project"
        shutil.copytree(SOURCE / "test" / "e2e" / "embedding", cls.project)
        cls.run_tool("cmake", "-G", "Ninja", "-S", cls.project, "-B", cls.project / "build", f"-Dingot_DIR={BUILD}",
                     "-DCMAKE_CXX_COMPILER=clang++-22", "-DCMAKE_C_COMPILER=clang-22",
                     "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-22")

    @classmethod
    def run_tool(cls, *command):
        result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if result.returncode != 0:
            raise AssertionError(f"{command[0]} failed\n{result.stdout}{result.stderr}")
        return result.stdout

    def build(self):
        return self.run_tool("ninja", "-C", self.project / "build")

    def application(self, *numbers):
        command = [self.project / "build" / "application", *map(str, numbers)]
        return subprocess.run(command, capture_output=True, text=True)

    def test_application(self):
        self.build()
        result = self.application(1, 2, -0.5)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "3 5 0 ", ""))
        self.assertEqual(self.application().stdout, "")
        self.assertEqual(len(self.application(*range(100)).stdout.split()), 100)

        result = self.application(*range(101))
        self.assertEqual((result.returncode, result.stderr), (1, "N is 101, must be at most 100\n"))

        self.assertIn("no work to do", self.build())
        model = self.project / "scale.cpp"
        model.write_text(model.read_text().replace("x * 2 + 1", "x * 3"))
        self.build()
        self.assertEqual(self.application(1, 2).stdout, "3 6 ")


if __name__ == "__main__":
    outcome = unittest.main(argv=sys.argv[:1] + sys.argv[3:], exit=False).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or not outcome.testsRun else 0)
