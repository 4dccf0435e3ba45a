#!/usr/bin/env python3
"""One run of the benchmarks, of the workloads whose names begin with PREFIX.

Runs ingot-bench and, where `make peers` has installed them, the peers, all pinned to one core; prints a table with the
ratio of each peer's median to ingot's, and appends the JSON lines to BUILD-FOLDER/bench.jsonl.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent


def lines(*command):
    """The JSON lines that a command prints."""
    if not command[0].exists():
        sys.exit(f"bench: there is no {command[0]}: `make bench` builds it")
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"bench: {command[0]} failed")
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def cell(row, ours):
    if row is None:
        return ""
    ratio = f" ({row['median_us'] / ours:.2f}x)" if row["peer"] != "ingot" else ""
    return f"{row['median_us']:,.1f}{ratio}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, metavar="BUILD-FOLDER")
    parser.add_argument("prefix", nargs="?", default="", metavar="PREFIX")
    arguments = parser.parse_args()
    build, prefix = arguments.build, arguments.prefix
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    rows = lines(build / "bin" / "ingot-bench", f"--benchmark_filter=^{prefix}")
    python = build / "peers" / "bin" / "python"
    if python.exists():
        rows += lines(python, ROOT / "peers.py", prefix)
    with open(build / "bench.jsonl", "a") as log:
        log.writelines(json.dumps(row) + "\n" for row in rows)

    if not any(row["peer"] == "ingot" for row in rows):
        sys.exit(f"bench: no workload begins with '{prefix}'")
    peak = next((row["gflops"] for row in rows if row["peer"] == "machine"), 0)
    peers = ["ingot"] + sorted({row["peer"] for row in rows} - {"ingot", "machine"})
    print(f"one thread, microseconds (median); multiply-add peak {peak:.0f} GFLOP/s")
    print(f"{'workload':24}{'of peak':>8}" + "".join(f"{peer:>24}" for peer in peers))
    for name in dict.fromkeys(row["workload"] for row in rows if row["peer"] == "ingot"):
        by_peer = {row["peer"]: row for row in rows if row["workload"] == name}
        ours = by_peer["ingot"]
        share = f"{100 * ours['of_peak']:.0f} %" if "of_peak" in ours else ""
        print(f"{name:24}{share:>8}" + "".join(f"{cell(by_peer.get(peer), ours['median_us']):>24}" for peer in peers))
    if len(peers) == 1:
        print("`make peers` installs ONNX Runtime and PyTorch to compare with")


if __name__ == "__main__":
    main()
