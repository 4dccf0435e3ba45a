#!/usr/bin/env python3
"""Checks that every #include is an edge that the rooms table of the architecture allows.

    check-includes.py               the repository; exit status 1 and one line a violation
    check-includes.py --root DIR    another tree
    check-includes.py --self-test   that each rule refuses what it must refuse, and nothing else

A file belongs to the room with the longest folder that contains it. What it may include is a set of folders of the
repository (always its own) and of libraries. "ingot/..." is how public headers name frontend/; "ingot_generated/..." is
what the build generates for them.
"""

import argparse
import dataclasses
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# How the name of an external header tells the library it comes from. The standard library is STANDARD below.
LIBRARIES = {
    "mlir": r"mlir/|mlir-c/",
    "llvm": r"llvm/|llvm-c/",
    "absl": r"absl/",
    "gtest": r"gtest/|gmock/",
    "benchmark": r"benchmark/",
    "json": r"nlohmann/",
    "zlib": r"zlib\.h$",
    "system": r"sys/|unistd\.h$|fcntl\.h$|dlfcn\.h$|sched\.h$|pthread\.h$|poll\.h$|io\.h$|immintrin\.h$|linux/",
}


@dataclasses.dataclass(frozen=True)
class Room:
    """What the files of one folder may include: folders (or single files) of the repository, and libraries."""

    folders: tuple = ()
    libraries: tuple = ()


COMPILER = ("mlir", "llvm")
EVERY_FOLDER = ("frontend", "ir", "passes", "codegen", "runtime", "tools", "test", "examples", "bench")
EVERYTHING = Room(EVERY_FOLDER, tuple(LIBRARIES))

ROOMS = {
    "frontend": Room(("ir",), COMPILER + ("absl", "json")),
    # Files are read and written by the runtime's code; entries of zip archives may be compressed.
    "frontend/io": Room(("frontend", "runtime/params"), ("zlib",)),
    # Data sets and loaders are made of tensors as a user has them; files may be compressed, and a terminal is asked for.
    "frontend/data": Room(("frontend",), ("zlib", "system")),
    "ir": Room((), COMPILER),
    "ir/sizes": Room(),
    "passes": Room(("ir",), COMPILER + ("absl",)),
    "codegen": Room(("passes", "ir", "runtime", "frontend/core/Backend.h", "frontend/core/Error.h"), COMPILER + ("absl", "json")),
    "runtime": Room((), ("system",)),  # what comes with the C library: nothing is linked for it
    "tools": EVERYTHING,
    "examples": Room(("frontend",), ("zlib",)),
    "bench": EVERYTHING,
    # A test may include its room, what that room may include, and the test libraries.
    "test": EVERYTHING,
    "test/frontend": Room(("test/support", "frontend", "ir"), COMPILER + ("absl", "json", "gtest")),
    "test/frontend/io": Room(("test/support", "test/frontend", "frontend", "runtime/params"), ("zlib", "gtest")),
    "test/ir": Room(("test/support", "ir"), COMPILER + ("gtest",)),
    "test/ir/sizes": Room(("test/support", "ir/sizes"), ("gtest",)),
    "test/passes": Room(("test/support", "passes", "ir"), COMPILER + ("absl", "gtest")),
    "test/codegen": Room(
        ("test/support", "codegen", "passes", "ir", "runtime", "frontend/core/Backend.h", "frontend/core/Error.h"),
        COMPILER + ("absl", "json", "system", "gtest"),
    ),
    "test/runtime": Room(("test/support", "runtime"), ("system", "gtest")),
}

# A header of frontend/ is public, and then free of the compiler's and Abseil's headers, unless its first line ends so.
LIBTORCH = re.compile("^(torch|ATen|c10)/")  # the folders of frontend/compat, as programs name them
INTERNAL_HEADER = re.compile(r"//.*Not a public header\.\n")

# Programs as a user writes them.
PROGRAMS = ("examples/", "test/e2e/", "bench/")

STANDARD = frozenset(
    """
    algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
    clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
    functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
    memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
    valarray variant vector version assert.h ctype.h errno.h fenv.h float.h inttypes.h limits.h locale.h math.h
    setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h time.h
    """.split()
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.M)
RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(.*?\)\1"', re.S)
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.S)


def room_of(path):
    """The room of a file, a path relative to the root, or None."""
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        folder = "/".join(parts[:length])
        if folder in ROOMS:
            return folder
    return None


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def includes_of(text):
    """(line, quoted, name) of each include, comments and raw strings aside."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    text = BLOCK_COMMENT.sub(blank, RAW_STRING.sub(blank, text))
    for match in INCLUDE.finditer(text):
        quoted = match.group(1) is not None
        yield text.count("\n", 0, match.start()) + 1, quoted, match.group(1) or match.group(2)


def is_public_header(path, text):
    return inside(path, "frontend") and path.endswith((".h", ".inc")) and not INTERNAL_HEADER.match(text)


def check_library(room, public, name):
    """Why a file may not include the external header `name`, or None."""
    if name in STANDARD:
        return None
    library = next((key for key, pattern in LIBRARIES.items() if re.match(pattern, name)), None)
    if library is None:
        return "a header of no library that the rooms table knows"
    if public:
        return f"a public header includes the standard library and public headers only, not {library}"
    if library not in ROOMS[room].libraries:
        allowed = ", ".join(ROOMS[room].libraries) or "the standard library only"
        return f"{room}/ may not include {library} (allowed: {allowed})"
    return None


def check_folder(root, room, public, name):
    """Why a file may not include the header `name` of this repository, or None."""
    target = re.sub(r"^(ingot|ingot_generated)/", "frontend/", LIBTORCH.sub(r"ingot/compat/\1/", name))
    if public and name.startswith("ingot_generated/"):
        return None
    if public:
        if not name.startswith("ingot/") and not LIBTORCH.match(name):
            return 'a public header names other public headers "ingot/..." and includes nothing else of the repository'
        included = root / target
        if included.exists() and not is_public_header(target, included.read_text(errors="replace")):
            return "a public header may not include an internal one"
        return None
    if room_of(target) is None:
        return 'not a path from the root of the repository, such as "ir/dialect/Dialect.h"'
    if not any(inside(target, folder) for folder in (room, *ROOMS[room].folders)):
        return f"{room}/ may not include this ({', '.join(ROOMS[room].folders) or 'nothing'} allowed beside its own)"
    return None


def check_file(root, path):
    """The violations of one file, as lines `path:line: include: reason`."""
    text = (root / path).read_text(errors="replace")
    room = room_of(path)
    public = is_public_header(path, text)
    for line, quoted, name in includes_of(text):
        ours = name.startswith(("ingot/", "ingot_generated/")) or LIBTORCH.match(name)  # in angle brackets, too
        external = not ours and (not quoted or any(re.match(pattern, name) for pattern in LIBRARIES.values()))
        if quoted and "/" not in name and path.startswith(PROGRAMS):
            continue  # a header that ingot emitted, or one beside the program
        reason = check_library(room, public, name) if external else check_folder(root, room, public, name)
        if reason:
            yield f"{path}:{line}: {name}: {reason}"


def check_tree(root):
    """Checks every source of the rooms. Returns (files, violations)."""
    files, violations = 0, []
    for folder in EVERY_FOLDER:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root).as_posix()
            if file.suffix in (".h", ".cpp") and room_of(path) is not None:
                files += 1
                violations += check_file(root, path)
    return files, violations


# (file, its text, part of the one violation expected or None)
SELF_TEST = [
    ("frontend/core/Tensor.h", '#include "ingot/core/Shape.h"\n#include <vector>\n', None),
    ("frontend/core/Generated.h", '#include "ingot_generated/PointwiseMethods.inc"\n', None),
    ("frontend/core/Generated.cpp", '#include "ingot_generated/PointwiseTable.inc"\n', None),
    ("passes/simplify/Bad.cpp", '#include "ingot_generated/PointwiseTable.inc"\n', "passes/ may not include"),
    ("passes/simplify/Bad2.cpp", "#include <unistd.h>\n", "passes/ may not include system"),
    ("frontend/core/Bad1.h", '#include "mlir/IR/Value.h"\n', "not mlir"),
    ("frontend/core/Bad2.h", "#include <llvm/ADT/SmallVector.h>\n", "not llvm"),
    ("frontend/core/Bad3.h", '#include "absl/strings/str_cat.h"\n', "not absl"),
    ("frontend/core/Bad4.h", '#include "ir/dialect/Dialect.h"\n', '"ingot/..."'),
    ("frontend/core/Bad5.h", '#include "frontend/core/Recorder.h"\n', '"ingot/..."'),
    ("frontend/core/Recorder.h", '// Records ops. Not a public header.\n#include "mlir/IR/Value.h"\n', None),
    ("frontend/core/Bad6.h", '#include "ingot/core/Recorder.h"\n', "an internal one"),
    ("frontend/core/Tensor.cpp", '#include "ir/dialect/Dialect.h"\n#include "frontend/core/Recorder.h"\n', None),
    ("frontend/core/Bad7.cpp", '#include "codegen/jit/Engine.h"\n', "frontend/ may not include"),
    ("frontend/io/Io.cpp", '#include "frontend/core/Module.h"\n#include "runtime/params/SafeTensors.h"\n', None),
    ("frontend/io/Zip.cpp", "#include <zlib.h>\n", None),
    ("frontend/io/Bad2.cpp", '#include "mlir/IR/Value.h"\n', "frontend/io/ may not include mlir"),
    ("frontend/data/Mnist.cpp", '#include "frontend/core/Error.h"\n#include <zlib.h>\n', None),
    ("frontend/data/Bad.cpp", '#include "mlir/IR/Value.h"\n', "frontend/data/ may not include mlir"),
    ("frontend/data/Bad.h", "#include <unistd.h>\n", "not system"),
    ("frontend/io/Bad.cpp", '#include "runtime/core/Buffer.h"\n', "frontend/io/ may not include"),
    ("frontend/core/Bad9.cpp", '#include "runtime/params/SafeTensors.h"\n', "frontend/ may not include"),
    ("frontend/core/Bad8.cpp", '#include "passes/fusion/Fuse.h"\n', "frontend/ may not include"),
    ("ir/dialect/Dialect.h", '#include "mlir/IR/Dialect.h"\n#include "ir/sizes/Expr.h"\n', None),
    ("ir/ops/Bad.cpp", '#include "passes/simplify/Simplify.h"\n', "ir/ may not include"),
    ("ir/ops/Bad2.cpp", '#include "absl/strings/str_cat.h"\n', "ir/ may not include absl"),
    ("ir/sizes/Bad.h", '#include "mlir/IR/Value.h"\n', "ir/sizes/ may not include mlir"),
    ("ir/sizes/Bad2.h", '#include "ir/dialect/Dialect.h"\n', "ir/sizes/ may not include"),
    ("passes/fusion/Fuse.cpp", '#include "ir/dialect/Dialect.h"\n#include "passes/Passes.h.inc"\n', None),
    ("passes/fusion/Bad.cpp", '#include "codegen/vector/Target.h"\n', "passes/ may not include"),
    ("codegen/jit/Engine.cpp", '#include "frontend/core/Backend.h", "frontend/core/Error.h"\n#include "runtime/abi/Host.h"\n', None),
    ("codegen/jit/Bad.cpp", '#include "frontend/core/Tensor.h"\n', "codegen/ may not include"),
    ("codegen/jit/Bad2.cpp", '#include "Engine.h"\n', "from the root"),
    ("codegen/llvm/Header.cpp", 'const char *text = R"x(\n#include <unknown.h>\n)x";\n', None),
    ("codegen/llvm/Comment.cpp", "/*\n#include <unknown.h>\n*/\n// #include <unknown.h>\n", None),
    ("runtime/core/Model.h", "#include <vector>\n#include <stdint.h>\n", None),
    ("runtime/core/File.h", "#include <unistd.h>\n", None),
    ("runtime/core/Bad.h", "#include <boost/any.hpp>\n", "no library"),
    ("runtime/core/Bad2.h", '#include "nlohmann/json.hpp"\n', "runtime/ may not include json"),
    ("runtime/core/Bad3.h", '  #  include "ir/sizes/Expr.h"\n', "runtime/ may not include"),
    ("tools/ingotc/ingotc.cpp", '#include "codegen/jit/Engine.h"\n#include <unistd.h>\n', None),
    ("test/runtime/ModelTest.cpp", '#include "runtime/core/Model.h"\n#include <gtest/gtest.h>\n', None),
    ("test/runtime/BadTest.cpp", '#include "frontend/core/Tensor.h"\n', "test/runtime/ may not include"),
    ("test/e2e/LeNetTest.cpp", "#include <ingot/core/Tensor.h>\n", None),
    ("examples/a/model.cpp", "#include <ingot/core/Tensor.h>\n", None),
    ("examples/a/app.cpp", '#include "model.h"\n#include <zlib.h>\n', None),
    ("test/e2e/app.cpp", '#include "model.h"\n', None),
    ("test/ir/Test.cpp", '#include "model.h"\n', "from the root"),
    ("examples/a/bad.cpp", '#include "mlir/IR/Value.h"\n', "examples/ may not include mlir"),
]


def self_test():
    """Writes the files of SELF_TEST, checks them, and compares. Returns the number of surprises."""
    surprises = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text, _ in SELF_TEST:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        for path, _, expected in SELF_TEST:
            got = list(check_file(root, path))
            if len(got) != (expected is not None) or (expected and expected not in got[0]):
                surprises += 1
                print(f"{path}: expected {expected or 'no violation'}, got {got or 'none'}")
        files, violations = check_tree(root)
        wanted = sum(expected is not None for _, _, expected in SELF_TEST)
        if (files, len(violations)) != (len(SELF_TEST), wanted):
            surprises += 1
            print(f"tree: expected {wanted} violations in {len(SELF_TEST)} files, got {len(violations)} in {files}")
    print(f"{len(SELF_TEST) + 1 - surprises} passed, {surprises} failed")
    return surprises


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=ROOT)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return 1 if self_test() else 0
    files, violations = check_tree(options.root)
    if not files:
        sys.exit(f"check-includes: no sources under {options.root}")
    print("\n".join(violations + [f"check-includes: {files} files, {len(violations)} violations"]))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
