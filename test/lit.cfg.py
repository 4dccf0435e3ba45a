"""lit: the .mlir files under test/ are tests, their RUN lines name tools by bare name."""

import os

import lit.formats

config.name = "ingot"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.excludes = ["golden"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.ingot_build_root, "test")

# Tools are found by PATH: ingot's own first, then LLVM's (FileCheck, not, mlir-opt, llvm-nm, llvm-readelf ...).
config.environment["PATH"] = os.path.pathsep.join(
    [os.path.join(config.ingot_build_root, "bin"), config.llvm_tools_dir, os.environ.get("PATH", "")]
)
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --allow-unused-prefixes=false"
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions.append(("%python", f'"{config.python}"'))
config.substitutions.append(("%cc", config.c_compiler))
config.substitutions.append(("%cxx", config.cxx_compiler))

if config.sanitizers:
    config.available_features.add("sanitizers")
