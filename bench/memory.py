#!/usr/bin/env python3
"""Peak memory of the demos' training steps, beside PyTorch eager.

ingot's figure is what its exporters print: workspace, state, inputs and outputs of a call, all the memory that a step
touches. PyTorch's is counted by its profiler over whole steps, from no gradients on: tensors alive before (parameters,
buffers, the optimizer's state, inputs) and the highest sum of what its allocator then gives out and takes back. What
oneDNN, the interpreter and the libraries use is not in it, so that it is a lower bound. Without `make peers` ingot's
figures alone are printed.
"""

import argparse
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# Exporter of each demo, from the build folder.
EXPORTERS = {
    "lenet": "examples/fashion/lenet_trainer_export",
    "letters": "examples/tagger/letters_export",
    "words": "examples/tagger/words_export",
    "charlm": "examples/charlm/character_model_export",
}


def exported(program, folder):
    """The peak of train_step in kB, the sizes it is for, as the exporter prints them, and the shapes of its state."""
    text = subprocess.run([program, "-o", folder], stdout=subprocess.PIPE, text=True, check=True).stdout
    at, peak = re.search(r"train_step: peak memory(?: at (.*?))? (\d+) kB", text).groups()
    (weights,) = pathlib.Path(folder).glob("*.safetensors")
    content = weights.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    shapes = {key: entry["shape"] for key, entry in header.items() if key != "__metadata__"}
    return int(peak), {name: int(size) for name, size in re.findall(r"(\w+) = (\d+)", at or "")}, shapes


def torch_step(name, shapes, **sizes):
    """PyTorch's module of a demo, its optimizer, inputs and a step; its parts have the demo's names."""
    import torch
    from peers import LeNet
    from torch import nn
    from torch.nn import functional as F

    class Tagger(nn.Module):
        def __init__(self, embedding, hidden, vocabulary, tags):
            super().__init__()
            self.word_embeddings = nn.Embedding(vocabulary, embedding)
            self.lstm = nn.LSTM(embedding, hidden)
            self.hidden2tag = nn.Linear(hidden, tags)

        def forward(self, sentence):
            out, _ = self.lstm(self.word_embeddings(sentence).view(len(sentence), 1, -1))
            return F.log_softmax(self.hidden2tag(out.view(len(sentence), -1)), 1)

    class Block(nn.Module):
        def __init__(self, features, heads, context):
            super().__init__()
            self.heads = heads
            for name in ("keys", "values"):
                self.register_buffer(name, torch.zeros(heads, context, features // heads))
            self.norm1, self.norm2 = nn.LayerNorm(features), nn.LayerNorm(features)
            self.project, self.join = nn.Linear(features, 3 * features), nn.Linear(features, features)
            self.widen, self.narrow = nn.Linear(features, 4 * features), nn.Linear(4 * features, features)

        def forward(self, x):
            parts = self.project(self.norm1(x)).chunk(3, -1)
            q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(-2, -3) for part in parts)
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.join(attended.transpose(-2, -3).flatten(-2))
            return x + self.narrow(F.gelu(self.widen(self.norm2(x))))

    class CharacterModel(nn.Module):
        def __init__(self, characters=96, context=128, features=128, heads=4, layers=2):
            super().__init__()
            self.embed, self.place = nn.Embedding(characters, features), nn.Embedding(context, features)
            self.blocks = nn.Sequential(*(Block(features, heads, context) for _ in range(layers)))
            self.norm, self.head = nn.LayerNorm(features), nn.Linear(features, characters)

        def forward(self, text):
            return self.head(self.norm(self.blocks(self.embed(text) + self.place(torch.arange(text.shape[1])))))

    if name == "lenet":
        model = LeNet()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        inputs = torch.rand(sizes["N"], 1, 32, 32), torch.randint(10, (sizes["N"],))
    elif name == "charlm":
        model = CharacterModel()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
        inputs = tuple(torch.randint(96, (sizes["B"], sizes["T"])) for _ in range(2))
    else:
        (vocabulary, embedding), (tags, hidden) = (shapes[f"{part}.weight"] for part in ("word_embeddings", "hidden2tag"))
        model = Tagger(embedding, hidden, vocabulary, tags)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        inputs = tuple(torch.randint(count, (sizes["T"],)) for count in (vocabulary, tags))

    def step():
        optimizer.zero_grad()
        scores, labels = model(inputs[0]), inputs[1]
        if isinstance(model, Tagger):
            loss = F.nll_loss(scores, labels)
        else:
            loss = F.cross_entropy(scores.flatten(0, -2), labels.flatten())
        loss.backward()
        if isinstance(model, Tagger):
            nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()

    return model, optimizer, inputs, step


def torch_peak(name, shapes, sizes):
    """The peak of PyTorch's step in kB; in a process of its own."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    torch.set_num_threads(1)
    model, optimizer, inputs, step = torch_step(name, shapes, **sizes)
    step()  # makes the optimizer's state
    optimizer.zero_grad()
    state = model.state_dict()
    for key, parameter in model.named_parameters():
        moments = optimizer.state[parameter].items()
        state.update({f"{key}.{moment}": value for moment, value in moments if isinstance(value, torch.Tensor)})
    if (ours := {key: list(value.shape) for key, value in state.items()}) != shapes:
        differing = sorted(key for key in ours.keys() | shapes if ours.get(key) != shapes.get(key))
        sys.exit(f"the demo {name} is another model than PyTorch's here: {', '.join(differing)}")
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        for _ in range(2):
            step()
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "trace.json")
        profiler.export_chrome_trace(trace)
        events = json.loads(pathlib.Path(trace).read_text())["traceEvents"]
    changes = sorted((event for event in events if event["name"] == "[memory]"), key=lambda event: event["ts"])
    peak = max(itertools.accumulate(event["args"]["Bytes"] for event in changes))
    held = sum(tensor.numel() * tensor.element_size() for tensor in (*state.values(), *inputs))
    return (held + peak) // 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, metavar="BUILD-FOLDER")
    parser.add_argument("--torch", help=argparse.SUPPRESS)  # what the child is to measure
    arguments = parser.parse_args()
    build = arguments.build
    if arguments.torch:
        print(torch_peak(*json.loads(arguments.torch)))
        return
    programs = {name: build / program for name, program in EXPORTERS.items() if (build / program).exists()}
    if not programs:
        sys.exit(f"memory: {build} has no exporter of the demos: `make build` makes them")
    python = build / "peers" / "bin" / "python"
    print(f"peak memory of a training step, kB\n{'':10}{'sizes':16}{'ingot':>10}{'PyTorch':>10}")
    failed = False
    for name, program in programs.items():
        with tempfile.TemporaryDirectory() as folder:
            ours, sizes, shapes = exported(program, folder)
        row = f"{name:10}{', '.join(f'{key} = {size}' for key, size in sizes.items()):16}{ours:>10,}"
        if python.exists():
            command = [python, __file__, build, "--torch", json.dumps([name, shapes, sizes])]
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode == 0:
                theirs = int(result.stdout.splitlines()[-1])
                row += f"{theirs:>10,} ({theirs / ours:.2f}x)"
            else:
                failed = True
                row += f"    failed\n{result.stderr.rstrip()}"
        print(row, flush=True)
    if not python.exists():
        print("`make peers` installs PyTorch to compare with")
    sys.exit(failed)


if __name__ == "__main__":
    main()
