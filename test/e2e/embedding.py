#!/usr/bin/env python3
"""Another project that uses ingot by CMake: embedding.py BUILD-FOLDER SOURCE-FOLDER

find_package(ingot), ingot_add_model, an application in C; a change of the model reaches the application. And what
README.md says, by its own words.
"""

import re
import unittest

from support import BUILD, COMPILERS, SOURCE, ProgramTest, main, package_flags, run, sanitizers


class Embedding(ProgramTest):
    def build(self):
        return self.run_program("ninja", "-C", self.project / "build")

    def application(self, *numbers):
        return run(self.project / "build" / "application", *numbers)

    def test_application(self):
        self.project = self.configure("embedding").parent
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


class Readme(ProgramTest):
    """Its programs and commands; ingot is installed in a folder where CMake finds it, and pkg-config in the build folder."""

    def setUp(self):
        super().setUp()
        text = (SOURCE / "README.md").read_text()
        self.blocks = {language: re.findall(rf"```{language}\n(.*?)```", text, re.S) for language in ("cpp", "cmake", "sh")}
        for name, program in zip(("smallnet.cpp", "application.cpp"), self.blocks["cpp"]):
            (self.folder / name).write_text(program)

    def check(self, application):
        self.assertRegex(self.run_program("./application", cwd=application), r"^-?0\.\d+\n$")
        error = self.run_program(application / "application", cwd="/", status=1)
        self.assertEqual(error, "smallnet.safetensors: cannot be opened: No such file or directory\n")

    def test_cmake(self):
        installed, build = self.folder / "installed", self.folder / "build"
        self.run_program("cmake", "--install", BUILD, "--prefix", installed)
        self.assertIn("--print-after", self.run_program(installed / "bin" / "ingotc", "--help"))
        project = "cmake_minimum_required(VERSION 3.25)\nproject(readme)\nset(CMAKE_CXX_STANDARD 20)\n"
        (self.folder / "CMakeLists.txt").write_text(project + self.blocks["cmake"][0])
        self.run_program("cmake", "-S", self.folder, "-B", build, f"-DCMAKE_PREFIX_PATH={installed}", *COMPILERS)
        self.run_program("cmake", "--build", build)
        self.check(build)

    @unittest.skipIf(sanitizers(), "g++ does not link what clang++ instrumented")
    def test_commands(self):
        commands = next(block for block in self.blocks["sh"] if "smallnet_export" in block)
        package = "$(pkg-config --cflags --libs build/ingot.pc)"
        self.assertIn(package, commands)
        commands = commands.replace(package, " ".join(package_flags()))
        self.run_program("sh", "-ec", commands, cwd=self.folder)
        self.check(self.folder)


if __name__ == "__main__":
    main()
