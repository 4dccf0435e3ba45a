#!/usr/bin/env python3
"""Writes files as torch.save does, without PyTorch, well-formed ones and others: write_pt.py FOLDER.

Python's pickle module makes the pickles; the classes of torch that they name are stand-ins. The tests read the files by
name (TorchFileTest.cpp).
"""

import collections
import io
import os
import pickle
import struct
import sys
import types
import zipfile


def stand_in(module, name, value):
    """Makes `module.name` a thing that pickles refer to by that name."""
    sys.modules.setdefault(module, types.ModuleType(module))
    setattr(sys.modules[module], name, value)
    value.__module__, value.__qualname__, value.__name__ = module, name, name
    return value


def function(module, name):
    def called(*_):
        raise AssertionError("only its name is used")

    return stand_in(module, name, called)


rebuild_tensor = function("torch._utils", "_rebuild_tensor_v2")
rebuild_parameter = function("torch._utils", "_rebuild_parameter")
FORMATS = {"Float": "f", "Double": "d", "Int": "i", "Long": "q", "Char": "b", "Bool": "?", "Byte": "B", "Short": "h"}
FORMATS |= {"Half": "H", "BFloat16": "H", "ComplexFloat": "q"}
STORAGES = {name: stand_in("torch", name + "Storage", type(name, (), {})) for name in FORMATS}


class Storage:
    def __init__(self, kind, values, count=None, key=None):
        self.kind, self.count, self.key = kind, len(values) if count is None else count, key
        self.bytes = struct.pack(f"<{len(values)}{FORMATS[kind]}", *values)


class Call:
    """Pickles as a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def tensor(storage, sizes, strides=None, offset=0, extra=()):
    if strides is None:
        strides = []
        for size in reversed(sizes):
            strides.insert(0, strides[0] * following if strides else 1)
            following = size
    hooks = collections.OrderedDict()
    return Call(rebuild_tensor, storage, offset, tuple(sizes), tuple(strides), False, hooks, *extra)


def floats(*values):
    return tensor(Storage("Float", values), [len(values)])


def save(path, value, compression=zipfile.ZIP_STORED, omit=(), byteorder="little"):
    storages = {}

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if not isinstance(thing, Storage):
                return None
            key = thing.key or str(list(storages).index(thing) if thing in storages else len(storages))
            storages[thing] = key
            return ("storage", STORAGES[thing.kind], key, "cpu", thing.count)

    stream = io.BytesIO()
    Pickler(stream, protocol=2).dump(value)
    with zipfile.ZipFile(path, "w", compression) as archive:
        entries = {"data.pkl": stream.getvalue(), "byteorder": byteorder.encode()}
        entries |= {"data/" + key: storage.bytes for storage, key in storages.items()} | {"version": b"3\n"}
        for name, contents in entries.items():
            if name not in omit:
                archive.writestr("archive/" + name, contents)


class Trap:
    def __reduce__(self):
        return os.system, ("touch trapped",)


def good():
    numbers = Storage("Float", range(24))
    hooks = collections.OrderedDict()
    state = collections.OrderedDict(
        {
            "matrix": tensor(numbers, [2, 3, 4]),
            "transposed": tensor(numbers, [3, 2], [1, 3], 1),
            "every.second": tensor(numbers, [4], [2], 10),
            "expanded": tensor(numbers, [2, 3], [0, 1], 20),
            "one": tensor(numbers, [1, 2], [1 << 60, 1], 22),
            "scalar": tensor(Storage("Long", [-7]), []),
            "empty": tensor(Storage("Float", []), [0, 3]),
            "parameter": Call(rebuild_parameter, tensor(numbers, [2]), True, hooks),
            "double": tensor(Storage("Double", [0.5, -1e300]), [2]),
            "int": tensor(Storage("Int", [1, -2]), [2]),
            "char": tensor(Storage("Char", [1, -128]), [2]),
            "bool": tensor(Storage("Bool", [True, False]), [2]),
            "half": tensor(Storage("Half", [0x3C00, 0xC000]), [2]),
            "bfloat16": tensor(Storage("BFloat16", [0x3F80, 0xC000]), [2]),
        }
    )
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    return state


def main(folder):
    def path(name):
        return os.path.join(folder, name + ".pt")

    save(path("good"), good())
    save(path("deflated"), good(), zipfile.ZIP_DEFLATED)
    save(path("list"), [floats(1, 2), (floats(3),)])
    save(path("tensor"), floats(1, 2, 3))
    checkpoint = {"epoch": 3, "lr": 1e-3, "big": 1 << 40, "negative": -(1 << 35), "name": "a\u00e9", "flags": [True, None]}
    checkpoint |= {"model": {"weight": floats(1, 2), "bias": floats(3)}, "optimizer": {"state": {0: {"step": floats(9)}}}}
    save(path("checkpoint"), checkpoint)

    save(path("bad-call"), {"x": Trap()})
    save(path("bad-class"), {"x": collections.Counter(a=1)})
    save(path("bad-storage"), {"x": tensor(Storage("ComplexFloat", []), [0])})
    save(path("bad-byteorder"), good(), byteorder="big")
    save(path("bad-missing"), {"x": floats(1)}, omit=["data/0"])
    save(path("bad-pickle"), {"x": floats(1)}, omit=["data.pkl"])
    save(path("bad-short"), {"x": tensor(Storage("Float", [1, 2], count=3), [3])})
    save(path("bad-outside"), {"x": tensor(Storage("Float", [1, 2]), [2], offset=1)})
    save(path("bad-offset"), {"x": tensor(Storage("Float", [1, 2]), [2], offset=-1)})
    save(path("bad-stride"), {"x": tensor(Storage("Float", [1, 2]), [2], [-1], 1)})
    save(path("bad-far"), {"x": tensor(Storage("Float", [1, 2]), [3, 3], [1 << 62, 1 << 62])})
    save(path("bad-size"), {"x": tensor(Storage("Float", [1, 2]), [1 << 32, 1 << 32], [0, 0])})
    save(path("bad-negative"), {"x": tensor(Storage("Float", [1, 2]), [-1], [1])})
    save(path("bad-rank"), {"x": tensor(Storage("Float", [1, 2]), [2], [1, 1])})
    save(path("bad-huge"), {"x": tensor(Storage("Float", [1]), [1 << 40], [0])})
    save(path("bad-metadata"), {"x": tensor(Storage("Float", [1]), [1], extra=[{"neg": True}])})
    save(path("bad-names"), {"a.b": floats(1), "a": {"b": floats(2)}})
    save(path("bad-key"), {(1, 2): floats(1)})
    nested = floats(1)
    for _ in range(50):
        nested = [nested]
    save(path("bad-deep"), nested)
    shared = [floats(1)]
    for _ in range(30):
        shared = [shared, shared]
    save(path("bad-many"), shared)
    endless = []
    endless.append(endless)
    save(path("bad-endless"), endless)


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
