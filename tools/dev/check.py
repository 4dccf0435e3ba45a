#!/usr/bin/env python3
"""Builds a configured build folder and runs all its tests.

The stages are the labels of the CTest tests (style, lit, golden, e2e; `unit` is what has none of these). A test
that is a runner itself counts as many tests as its closing line says: GoogleTest, lit, or "N passed, N failed".
The last line of the output is the sum; the exit status is 0 only if tests ran and none failed.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

LABELS = ["style", "lit", "golden", "e2e"]
STAGES = [("style", ["-L", "^style$"])]
STAGES += [("unit", ["-LE", "^(" + "|".join(LABELS) + ")$"])]
STAGES += [(label, ["-L", f"^{label}$"]) for label in LABELS[1:]]

# (passed, failed) in the closing lines of the runners; a group that is absent counts 0.
CLOSING_LINES = [
    (r"^\[  PASSED  \] (\d+) tests?", r"^ ?(\d+) FAILED TESTS?$"),
    (r"^\s+Passed\s*: +(\d+)\b", r"^\s+(?:Failed|Unresolved|Timed Out|Unexpectedly Passed)\s*: +(\d+)\b"),
    (r"^(?:\w+: )?(\d+) passed, \d+ failed", r"^(?:\w+: )?\d+ passed, (\d+) failed"),
]

# For an instrumented build. LLVM, MLIR and Abseil are not instrumented: what their code does to a container or to an
# arena that instrumented code poisoned goes unseen, so these two checks would report what is not there.
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_container_overflow=0:allow_user_poisoning=0:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def count(output, succeeded):
    """The tests that `output`, of one CTest test, says passed and failed; at least one failed unless succeeded."""
    for passed, failed in CLOSING_LINES:
        if re.search(passed, output, re.M) or re.search(failed, output, re.M):
            numbers = [sum(int(n) for n in re.findall(p, output, re.M)) for p in (passed, failed)]
            break
    else:
        numbers = [1, 0] if succeeded else [0, 1]
    if not succeeded and numbers[1] == 0:
        numbers[1] = 1
    return numbers


def run_stage(build, name, selection):
    """Runs the tests of one stage. Returns (passed, failed)."""
    report = os.path.join(build, "Testing", f"{name}.xml")
    if os.path.exists(report):
        os.remove(report)
    os.makedirs(os.path.dirname(report), exist_ok=True)
    # The closing line is what is wanted of a long output, so the head is what is cut.
    status = subprocess.run(
        ["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=ignore", "-j", str(os.cpu_count() or 1)]
        + ["--output-junit", os.path.abspath(report), "--test-output-truncation", "head"]
        + ["--test-output-size-passed", "4096", "--test-output-size-failed", "4096"]
        + selection
    ).returncode
    passed = failed = 0
    if os.path.exists(report):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            state = case.get("status")
            if state == "disabled":
                continue
            p, f = count(case.findtext("system-out") or "", state == "run")
            passed, failed = passed + p, failed + f
    if status != 0 and failed == 0:
        failed = 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", metavar="BUILD-FOLDER")
    build = parser.parse_args().build
    if not os.path.exists(os.path.join(build, "build.ninja")):
        sys.exit(f"check: {build} is no configured build folder: `make check` configures one")
    for name, options in SANITIZER_OPTIONS.items():
        os.environ.setdefault(name, options)
    start = time.monotonic()
    print(f"== build ({build})", flush=True)
    if subprocess.run(["ninja", "-C", build]).returncode != 0:
        print(f"== build failed ({time.monotonic() - start:.1f} s)\n0 passed, 1 failed")
        return 1
    print(f"== build done ({time.monotonic() - start:.1f} s)", flush=True)

    total = [0, 0]
    summary = []
    for name, selection in STAGES:
        start = time.monotonic()
        print(f"\n== {name}", flush=True)
        passed, failed = run_stage(build, name, selection)
        summary.append(f"{name:8}{passed:6} passed, {failed} failed  ({time.monotonic() - start:.1f} s)")
        total[0] += passed
        total[1] += failed
    print("\n" + "\n".join(summary))
    if total == [0, 0]:
        print("check: no test is registered", file=sys.stderr)
    print(f"{total[0]} passed, {total[1]} failed", flush=True)
    return 0 if total[0] > 0 and total[1] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
