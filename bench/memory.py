#!/usr/bin/env python3
"""Peak memory of the demos' training steps, beside PyTorch eager: memory.py BUILD-FOLDER

ingot's figure is what its exporters print: workspace, state, inputs and outputs of a call, all the memory that a step
touches. PyTorch's is counted by its profiler over whole steps, from no gradients on: tensors alive before (parameters,
buffers, the optimizer's state, inputs) and the highest sum of what its allocator then gives out and takes back. What
oneDNN, the interpreter and the libraries use is not in it, so that it is a lower bound. Without `make peers` ingot's
figures alone are printed.
"""

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


def exported(program):
    """The peak of train_step in kB and the sizes it is for, as the exporter prints them."""
    with tempfile.TemporaryDirectory() as folder:
        text = subprocess.run([program, "-o", folder], stdout=subprocess.PIPE, text=True, check=True).stdout
    at, peak = re.search(r"train_step: peak memory(?: at (.*?))? (\d+) kB", text).groups()
    return int(peak), {name: int(size) for name, size in re.findall(r"(\w+) = (\d+)", at or "")}


def torch_models():
    """By the name of a demo, what takes the sizes and returns a module, an optimizer, inputs and the function of the loss."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 3)
            self.fc1, self.fc2, self.fc3 = nn.Linear(576, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))

    class Tagger(nn.Module):
        def __init__(self, embedding, hidden, vocabulary, tags):
            super().__init__()
            self.word_embeddings = nn.Embedding(vocabulary, embedding)
            self.lstm = nn.LSTM(embedding, hidden, bidirectional=True)
            self.hidden2tag = nn.Linear(2 * hidden, tags)

        def forward(self, sentence):
            out, _ = self.lstm(self.word_embeddings(sentence).view(len(sentence), 1, -1))
            return F.log_softmax(self.hidden2tag(out.view(len(sentence), -1)), 1)

    class Block(nn.Module):
        def __init__(self, features, heads):
            super().__init__()
            self.heads = heads
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
            self.blocks = nn.Sequential(*(Block(features, heads) for _ in range(layers)))
            self.norm, self.head = nn.LayerNorm(features), nn.Linear(features, characters)

        def forward(self, text):
            return self.head(self.norm(self.blocks(self.embed(text) + self.place(torch.arange(text.shape[1])))))

    def lenet(N):
        model = LeNet()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        inputs = torch.rand(N, 1, 32, 32), torch.randint(10, (N,))
        return model, optimizer, inputs, lambda x, y: F.cross_entropy(model(x), y)

    def tagger(*sizes):
        def make(T):
            model = Tagger(*sizes)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            inputs = torch.randint(sizes[2], (T,)), torch.randint(sizes[3], (T,))
            return model, optimizer, inputs, lambda x, y: F.nll_loss(model(x), y)

        return make

    def charlm(B, T):
        model = CharacterModel()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
        inputs = torch.randint(96, (B, T)), torch.randint(96, (B, T))
        return model, optimizer, inputs, lambda x, y: F.cross_entropy(model(x).flatten(0, 1), y.flatten())

    root = pathlib.Path(__file__).resolve().parents[1]
    words = re.search(r"LSTMTagger\((\d+), (\d+), (\d+), (\d+)\)", (root / "examples/tagger/words.cpp").read_text())
    models = {"lenet": lenet, "letters": tagger(32, 64, 128, 128), "charlm": charlm}
    if words:
        models["words"] = tagger(*map(int, words.groups()))
    return models


def torch_peak(name, sizes):
    """The peak of PyTorch's step in kB; in a process of its own."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    torch.set_num_threads(1)
    model, optimizer, inputs, loss_of = torch_models()[name](**sizes)

    def step():
        optimizer.zero_grad()
        loss = loss_of(*inputs)
        loss.backward()
        optimizer.step()

    step()  # makes the optimizer's state
    optimizer.zero_grad()
    alive = [*model.parameters(), *model.buffers(), *inputs]
    for state in optimizer.state.values():
        alive += [value for value in state.values() if isinstance(value, torch.Tensor)]
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        for _ in range(2):
            step()
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "trace.json")
        profiler.export_chrome_trace(trace)
        events = json.loads(pathlib.Path(trace).read_text())["traceEvents"]
    changes = sorted((event["ts"], event["args"]["Bytes"]) for event in events if event["name"] == "[memory]")
    live = peak = 0
    for _, change in changes:
        live += change
        peak = max(peak, live)
    held = sum(tensor.numel() * tensor.element_size() for tensor in alive)
    return (held + peak) // 1000


def main():
    if len(sys.argv) > 2:  # the part for PyTorch
        print(json.dumps(torch_peak(sys.argv[1], json.loads(sys.argv[2]))))
        return
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else sys.exit(__doc__))
    python = build / "peers" / "bin" / "python"
    print(f"peak memory of a training step, kB\n{'':10}{'sizes':16}{'ingot':>10}{'PyTorch':>10}")
    for name, program in EXPORTERS.items():
        if not (build / program).exists():
            continue
        ours, sizes = exported(build / program)
        row = f"{name:10}{', '.join(f'{key} = {size}' for key, size in sizes.items()):16}{ours:>10,}"
        if python.exists():
            command = [python, __file__, name, json.dumps(sizes)]
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            if result.returncode == 0:
                theirs = json.loads(result.stdout.splitlines()[-1])
                row += f"{theirs:>10,} ({theirs / ours:.2f}x)"
        print(row)


if __name__ == "__main__":
    main()
