#!/usr/bin/env python3
"""Training inside an application: training.py BUILD-FOLDER SOURCE-FOLDER

The step is forward, backward and Adam in one function; its state goes through a file and training resumes with the same bits.
"""

import re

from support import ProgramTest, main


class Training(ProgramTest):
    def test_application(self):
        build = self.configure("training")
        self.run_program("ninja", "-C", build)
        text = self.run_program(build / "application", build / "mlp.safetensors")
        # The call that is refused leaves no trace in the state.
        found = re.fullmatch(
            r"loss (\S+) to (\S+), accuracy (\S+) to (\S+)\n"
            r"refused: mlp::Model::train_step: a position of cross_entropy at \S*mlp\.cpp:\d+: required 0 <= it <= 1, got 2\n"
            r"resumes with the same bits\n", text)
        self.assertIsNotNone(found, text)
        first, last, before, after = map(float, found.groups())
        self.assertLess(last, first / 2)
        self.assertGreater(after, max(0.9, before))
        self.check_resuming(build / "application", build)
        undefined = self.run_program("nm", "-u", build / "mlp.o").split()
        self.assertLessEqual(set(undefined) - {"U", "w"}, {"memcpy", "memset", "memmove"})

    def check_resuming(self, application, build):
        """Training that stops, and goes on in another process, ends with the same file."""
        start, half, resumed, whole = (build / f"{name}.safetensors" for name in ("mlp", "half", "resumed", "whole"))
        self.run_program(application, start, 0, 60, whole)
        self.run_program(application, start, 0, 25, half)
        self.run_program(application, half, 25, 60, resumed)
        self.assertNotEqual(half.read_bytes(), whole.read_bytes())
        self.assertEqual(resumed.read_bytes(), whole.read_bytes())
        for name in (b"fc1.weight.exp_avg", b"norm.running_mean", b"generator", b"fc2.bias.step"):
            self.assertIn(name, whole.read_bytes())


if __name__ == "__main__":
    main()
