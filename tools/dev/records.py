"""The op and pass records as Python objects, read by `llvm-tblgen --dump-json`.

Ops come in the order of their definition, with the banner ("//===--- arithmetic ---===//") that they stand under.
"""

import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LLVM = pathlib.Path("/usr/lib/llvm-22")


def tblgen(tool, source, *arguments):
    """The output of llvm-tblgen or mlir-tblgen for one .td file of the repository."""
    run = subprocess.run(
        [LLVM / "bin" / tool, *arguments, "-I", ROOT, "-I", LLVM / "include", source], capture_output=True, text=True, cwd=ROOT
    )
    if run.returncode != 0:
        sys.exit(f"{run.stderr}{tool}: {source}")
    return run.stdout


@dataclasses.dataclass
class Value:
    """An operand, attribute or result."""

    name: str
    constraint: str  # the record's name, such as FloatTensor
    summary: str  # "ranked tensor of 32-bit float or ... values"
    is_attribute: bool
    default: str = ""


@dataclasses.dataclass
class Op:
    family: str  # Pointwise: the .td file
    section: str  # the banner it stands under, or ""
    line: int
    mnemonic: str
    arguments: list
    results: list
    traits: list  # names of the native traits and interfaces
    fields: dict  # the record itself

    def text(self, field):
        """A string field, without the indentation of its lines; "" where the record does not have it."""
        value = self.fields.get(field) or ""
        lines = value.strip().splitlines()
        margin = min((len(l) - len(l.lstrip()) for l in lines[1:] if l.strip()), default=0)
        return "\n".join([line.rstrip() for line in lines[:1] + [line[margin:] for line in lines[1:]]])

    @property
    def sentence(self):
        """The summary with a capital letter, unless it starts with a formula."""
        summary = self.text("summary")
        return summary[:1].upper() + summary[1:] if re.match(r"a [a-z]{2}|[a-z]{2,}(?![(\w])", summary) else summary

    @property
    def operands(self):
        return [a for a in self.arguments if not a.is_attribute]

    @property
    def attributes(self):
        return [a for a in self.arguments if a.is_attribute]


def values(records, dag):
    result = []
    for reference, name in dag["args"]:
        record = records[reference["def"]]
        attribute = "Attr" in record["!superclasses"]
        base, default = record, ""
        while attribute and record["!anonymous"] and base.get("baseAttr"):
            default = default or base.get("defaultValue") or ""
            base = records[base["baseAttr"]["def"]]
        while base["!anonymous"] and base.get("baseType"):
            base = records[base["baseType"]["def"]]
        variadic = "variadic " if "Variadic" in record["!superclasses"] else ""
        constraint = "" if base["!anonymous"] else base["!name"]
        result.append(Value(name or "", variadic + constraint, base.get("summary") or "", attribute, default))
    return result


def banners(source):
    """[(line, title)] of the banners of a .td file."""
    pattern = re.compile(r"^//===-+ (.*?) -+===//")
    lines = source.read_text().splitlines()
    return [(n, m.group(1)) for n, line in enumerate(lines, 1) if (m := pattern.match(line))]


@functools.lru_cache
def ops():
    """All ops, by family in alphabetical order, then in the order of their definition."""
    result = []
    for source in sorted((ROOT / "ir" / "ops").glob("*.td")):
        if source.stem == "Base":
            continue
        records = json.loads(tblgen("llvm-tblgen", source.relative_to(ROOT), "--dump-json"))
        sections = banners(source)
        family = []
        for name in records["!instanceof"].get("Op", []):
            record = records[name]
            file, line = record["!locs"][0].rsplit(":", 1)
            if pathlib.Path(file).name != source.name or "Ingot_Op" not in record["!superclasses"]:
                continue
            line = int(line)
            section = [title for start, title in sections if start < line]
            traits = [records[t["def"]].get("cppInterfaceName") or records[t["def"]].get("trait") or t["def"]
                      for t in record["traits"]]
            family.append(Op(source.stem, section[-1] if section else "", line, record["opName"],
                             values(records, record["arguments"]), values(records, record["results"]), traits, record))
        result += sorted(family, key=lambda op: op.line)
    return result


def pass_files():
    """The Passes.td files, in the order of the pipeline."""
    rooms = ["passes", "codegen/lowering", "codegen/kernel", "codegen/vector", "codegen/llvm"]
    found = sorted([*ROOT.glob("passes/**/Passes.td"), *ROOT.glob("codegen/**/Passes.td")])
    order = {room: n for n, room in enumerate(rooms)}
    return sorted(found, key=lambda f: order.get(f.parent.relative_to(ROOT).as_posix(), len(rooms)))
