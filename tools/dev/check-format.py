#!/usr/bin/env python3
"""clang-format of every C++ source and header of the repository: names the first place of each file that is not formatted;
exit status 1 if there is one."""

import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUFFIXES = {".cpp", ".h"}


def sources():
    """Files that git knows or would add; without a git folder, all but build trees."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listing.returncode == 0:
        names = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        names = [p for p in ROOT.rglob("*") if not p.relative_to(ROOT).parts[0].startswith("build")]
    return sorted(p for p in names if p.suffix in SUFFIXES and p.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true", help="format in place")
    arguments = parser.parse_args()
    tool = shutil.which("clang-format-22")
    if not tool:
        sys.exit("check-format: clang-format-22 is not installed; tools/dev/setup.sh installs it")
    files = sources()
    if not files:
        sys.exit("check-format: no sources found")
    mode = ["-i"] if arguments.fix else ["--dry-run", "-Werror", "--ferror-limit=1"]
    status = subprocess.run([tool, "--style=file", *mode, *map(str, files)]).returncode
    if status != 0:
        sys.exit("check-format: `make format` formats these files")
    print(f"{len(files)} files formatted")


if __name__ == "__main__":
    main()
