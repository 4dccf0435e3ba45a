#!/usr/bin/env python3
"""Programs in the style of published libtorch code, built outside the tree by pkg-config: libtorch.py BUILD-FOLDER SOURCE-FOLDER"""

from support import BUILD, SOURCE, ProgramTest, main, package_flags, run, sanitizers

PROGRAMS = SOURCE / "test" / "e2e" / "libtorch"


class Libtorch(ProgramTest):
    def build(self, name):
        """Compiles and links a program as its user would."""
        command = ["clang++-22", "-std=c++20", "-O0", "-fuse-ld=lld-22", *sanitizers(), PROGRAMS / f"{name}.cpp",
                   "-I", SOURCE / "frontend" / "compat", *package_flags(), "-o", self.folder / name]
        return run(*command)

    def output_of(self, name):
        build = self.build(name)
        self.assertEqual((build.returncode, build.stderr), (0, ""))
        result = run(self.folder / name)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.splitlines()

    def test_mnist(self):
        shape, count = self.output_of("mnist")
        self.assertRegex(shape, r"^\[4, 10\] \S+ 1$")
        self.assertLess(float(shape.split()[2]), 1e-5)
        self.assertEqual(count, "21840 parameters")

    def test_mnist_training(self):
        *losses, result = self.output_of("mnist_training")
        self.assertEqual(len(losses), 4)
        self.assertGreater(float(result.split()[1]), 0.8)

    def test_dcgan(self):
        self.assertEqual(self.output_of("dcgan"), ["[2, 1, 28, 28] [2] 1"])

    def test_resnet(self):
        self.assertEqual(self.output_of("resnet"), ["[2, 10] 1", "47 parameters, 45 buffers"])

    def test_vae(self):
        self.assertEqual(self.output_of("vae"), ["[3, 784] 1", "0[2]"])

    def test_surface(self):
        self.assertEqual(self.output_of("surface"), [
            "torch::nn::HeadImpl(",
            "  (query): torch::nn::Linear(in_features=4, out_features=4, bias=false)",
            "  (drop): torch::nn::Dropout(p=0.1, inplace=false)",
            ")",
            "[2, 8, 4] 1",
            "1",
            "1",
            "expected 2 dimensions, got 3",
            "1:3:1  4", " 5", "[ CPUShortType{2} ]"])

    def test_torchscript_is_refused(self):
        build = self.build("torchscript")
        self.assertNotEqual(build.returncode, 0)
        self.assertIn("TorchScript is not supported: write the model with nn modules", build.stderr)

    def test_installed_headers(self):
        self.run_program("cmake", "--install", BUILD, "--prefix", self.folder)
        include = self.folder / "include"
        build = run("clang++-22", "-std=c++20", "-fsyntax-only", "-I", include, "-I", include / "ingot" / "compat",
                    PROGRAMS / "vae.cpp")
        self.assertEqual((build.returncode, build.stderr), (0, ""))


if __name__ == "__main__":
    main()
