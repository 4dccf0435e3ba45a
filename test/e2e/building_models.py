#!/usr/bin/env python3
"""PyTorch's tutorial as a program that computes in its own process: building_models.py BUILD-FOLDER SOURCE-FOLDER

Its output is laid out as the tutorial shows it, and the numbers in it are those of the operations.
"""

import re
import unittest

from support import BUILD, ProgramTest, main, run

PROGRAM = BUILD / "examples" / "building_models" / "building_models"

MODEL = """\
The model:
TinyModelImpl(
  (linear1): nn::Linear(in_features=100, out_features=200, bias=true)
  (activation): nn::ReLU()
  (linear2): nn::Linear(in_features=200, out_features=10, bias=true)
  (softmax): nn::Softmax(dim=1)
)


Just one layer:
nn::Linear(in_features=200, out_features=10, bias=true)


Model params:
Parameter containing:
tensor([["""


def output(*arguments):
    result = run(PROGRAM, *arguments)
    if result.returncode != 0 or result.stderr:
        raise AssertionError(f"exit status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def section(text, title):
    """What follows a title, up to the next two empty lines."""
    return text.split(f"\n{title}:\n")[1].split("\n\n\n")[0]


def tensors(text):
    """Each `tensor(...)` of a text as nested lists of numbers; whether it requires a gradient does not matter."""
    found = []
    for match in re.finditer(r"tensor\((.*?)(?:,\s*(?:requires_grad|grad_fn)=[^)]*)?\)(?=\n|$)", text, re.S):
        found.append(eval(match.group(1).replace("...", "Ellipsis"), {"inf": float("inf")}))
    return found


def flat(value):
    return [x for item in value for x in flat(item)] if isinstance(value, list) else [value]


class BuildingModels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = output(1)

    def test_model(self):
        self.assertEqual(self.text[: len(MODEL)], MODEL)
        model, layer = section(self.text, "Model params"), section(self.text, "Layer params")
        self.assertEqual(model.count("Parameter containing:\ntensor("), 4)
        self.assertEqual(model.count("requires_grad=True)"), 4)
        self.assertTrue(model.endswith(layer))
        self.assertIn(" ..., ", model)
        for values, bound in zip(tensors(model), (0.1, 0.1, 200**-0.5, 200**-0.5)):
            numbers = [x for x in flat(values) if x is not Ellipsis]
            self.assertLessEqual(max(map(abs, numbers)), bound + 1e-4)
            self.assertGreater(max(numbers) - min(numbers), bound / 2)

    def test_linear(self):
        (x,) = tensors(section(self.text, "Input"))
        weight, bias = tensors(section(self.text, "Weight and Bias parameters"))
        (y,) = tensors(section(self.text, "Output"))
        for i in range(2):
            expected = sum(a * b for a, b in zip(x[0], weight[i])) + bias[i]
            self.assertAlmostEqual(y[0][i], expected, delta=3e-4)

    def test_max_pool(self):
        x, y = tensors(section(self.text, "Max pooling"))
        expected = [[max(x[0][3 * i + k][3 * j + l] for k in range(3) for l in range(3)) for j in range(2)]
                    for i in range(2)]
        self.assertEqual(y, [expected])

    def test_batch_norm(self):
        before, mean, after, centered = tensors(section(self.text, "Batch normalization"))
        self.assertTrue(all(5 <= x < 25 for x in flat(before)))
        self.assertAlmostEqual(mean, sum(flat(before)) / 16, delta=1e-3)
        self.assertAlmostEqual(centered, 0, delta=1e-6)
        for row, normal in zip(before[0], after[0]):
            center = sum(row) / 4
            scale = (sum((x - center) ** 2 for x in row) / 4 + 1e-5) ** 0.5
            for x, y in zip(row, normal):
                self.assertAlmostEqual((x - center) / scale, y, delta=1e-3)

    def test_dropout(self):
        first, second = (flat(x) for x in tensors(section(self.text + "\n\n\n", "Dropout")))
        self.assertNotEqual(first, second)
        for a, b in zip(first, second):
            self.assertTrue(a == 0 or b == 0 or a == b)
            self.assertLess(max(a, b), 1 / 0.6 + 1e-3)
        self.assertIn(0, first + second)

    def test_seed(self):
        self.assertEqual(output(1), self.text)
        self.assertNotEqual(output(2), self.text)


if __name__ == "__main__":
    main()
