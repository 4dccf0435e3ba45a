"""What the tests of whole programs share: NAME.py BUILD-FOLDER SOURCE-FOLDER

    class Sequences(ProgramTest):
        def test_errors(self):
            self.assertIn("/no/such", self.run_program(TAGGER, "--model", "/no/such", status=1))

    if __name__ == "__main__":
        main()
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
# The compiler that ingot was built with, for projects of CMake.
COMPILERS = ["-DCMAKE_CXX_COMPILER=clang++-22", "-DCMAKE_C_COMPILER=clang-22", "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-22"]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def package_flags():
    """What `pkg-config --cflags --libs` prints of ingot.pc, where there is no pkg-config, too."""
    text = (BUILD / "ingot.pc").read_text()
    return [flag for key in ("Cflags", "Libs") for flag in re.search(rf"^{key}: (.*)$", text, re.M).group(1).split()]


def sanitizers():
    """The flags of a build with sanitizers; none of another."""
    found = re.search(r"^INGOT_SANITIZE:STRING=(.+)$", (BUILD / "CMakeCache.txt").read_text(), re.M)
    return [f"-fsanitize={found.group(1)}"] if found else []


class ProgramTest(unittest.TestCase):
    """Tests with a folder of their own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, *command, status=0, **options):
        """What a program prints that ends with `status`; its errors, if that is not 0."""
        result = run(*command, **options)
        self.assertEqual(result.returncode, status, f"{command[0]}\n{result.stdout}{result.stderr}")
        return result.stdout if status == 0 else result.stderr

    def configure(self, name):
        """A copy of the project of that name, beside this file, configured as another project would be. Returns its
        build folder."""
        project = self.folder / "project"
        shutil.copytree(SOURCE / "test" / "e2e" / name, project)
        self.run_program("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-Dingot_DIR={BUILD}",
                         *COMPILERS)
        return project / "build"


def main():
    outcome = unittest.main(argv=sys.argv[:1] + sys.argv[3:], exit=False).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or not outcome.testsRun else 0)
