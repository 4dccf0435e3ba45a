#!/usr/bin/env python3
"""Another project that uses ingot by CMake: embedding.py BUILD-FOLDER SOURCE-FOLDER

find_package(ingot), ingot_add_model, an application in C; a change of the model reaches the application.
"""

from support import ProgramTest, main, run


class Embedding(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project = self.configure("embedding").parent

    def build(self):
        return self.run_program("ninja", "-C", self.project / "build")

    def application(self, *numbers):
        return run(self.project / "build" / "application", *numbers)

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
    main()
