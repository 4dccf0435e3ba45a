#!/usr/bin/env python3
"""Writes a module with a program for each pointwise op and element type: gen-import-cases.py FILE

What an object imports is checked on it: f64 aside, whose elementary functions may come from libm.
"""

import pathlib
import sys

import records

FLOATS, INTEGERS = ["f32", "f16", "bf16"], ["i64", "i32", "i8"]
TYPES = {
    "AnyIngotTensor": FLOATS + INTEGERS + ["i1"],
    "NumberTensor": FLOATS + INTEGERS,
    "FloatTensor": FLOATS,
    "IntegerTensor": INTEGERS,
    "BoolTensor": ["i1"],
}


def tensor(element):
    return f"tensor<?x5x{element}, #ingot.sizes<[N, 5]>>"


def program(name, mnemonic, operands, result):
    arguments = ", ".join(f"%{i}: {tensor(t)}" for i, t in enumerate(operands))
    values = ", ".join(f"%{i}" for i in range(len(operands)))
    types = ", ".join(map(tensor, operands))
    return (f"func.func @{name}({arguments}) -> {tensor(result)} attributes {{ingot.dims = [#ingot.dim<\"N\", 0, -1>]}} {{\n"
            f'  %y = "ingot.{mnemonic}"({values}) : ({types}) -> {tensor(result)}\n'
            f"  return %y : {tensor(result)}\n}}\n")


def programs(op):
    kinds = [o.constraint for o in op.operands]
    for element in TYPES[max(kinds, key=lambda k: k != "BoolTensor")]:
        operands = ["i1" if kind == "BoolTensor" else element for kind in kinds]
        results = TYPES["AnyIngotTensor"] if op.mnemonic == "cast" else [
            "i1" if op.fields["element"] == "boolean" else operands[-1]]
        for result in results:
            if op.mnemonic != "cast" or result != element:
                yield program("_".join([op.mnemonic, element, result]), op.mnemonic, operands, result)


def main():
    file = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
    file.write_text("".join(p for op in records.ops() if "PointwiseOpInterface" in op.traits for p in programs(op)))


if __name__ == "__main__":
    main()
