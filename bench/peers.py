#!/usr/bin/env python3
"""Times ONNX Runtime and PyTorch on the workloads of ingot-bench, one thread: peers.py [PREFIX]

Prints a JSON line a figure, as ingot-bench does, for each peer that is installed (`make peers` installs them from PyPI
into build/peers). Inputs are resident, calls go through the peers' Python API: a few microseconds of the smallest rows.
"""

import json
import os
import sys
import tempfile
import time
import warnings

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
warnings.filterwarnings("ignore")

import torch
from torch import nn
from torch.nn import functional as F


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(100, 200), nn.Linear(200, 10)

    def logits(self, x):
        return self.linear2(F.relu(self.linear1(x)))

    def forward(self, x):
        return F.softmax(self.logits(x), -1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 3)
        self.fc1, self.fc2, self.fc3 = nn.Linear(576, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def logits(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))

    def forward(self, x):
        return self.logits(x)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm, self.out = nn.Embedding(10000, 128), nn.LSTM(128, 256), nn.Linear(256, 17)

    def forward(self, x):  # T x B
        return F.log_softmax(self.out(self.lstm(self.emb(x))[0]), -1)


class Gpt(nn.Module):
    class Block(nn.Module):
        def __init__(self, d, heads):
            super().__init__()
            self.heads, self.ln1, self.ln2 = heads, nn.LayerNorm(d), nn.LayerNorm(d)
            self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.fc, self.out = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

        def forward(self, x):
            b, t, c = x.shape
            parts = self.qkv(self.ln1(x)).split(c, 2)
            q, k, v = (part.view(b, t, self.heads, c // self.heads).transpose(1, 2) for part in parts)
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.proj(y.transpose(1, 2).reshape(b, t, c))
            return x + self.out(F.gelu(self.fc(self.ln2(x))))

    def __init__(self):
        super().__init__()
        self.tok, self.pos, self.ln = nn.Embedding(5000, 256), nn.Embedding(128, 256), nn.LayerNorm(256)
        self.head = nn.Linear(256, 5000, bias=False)
        self.blocks = nn.ModuleList([Gpt.Block(256, 8) for _ in range(4)])

    def forward(self, x):
        y = self.tok(x) + self.pos(torch.arange(x.size(1)))
        for block in self.blocks:
            y = block(y)
        return self.head(self.ln(y))


class ResNet18(nn.Module):
    class Block(nn.Module):
        def __init__(self, i, o, stride):
            super().__init__()
            self.c1, self.b1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
            self.c2, self.b2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
            self.down = nn.Identity()
            if stride != 1 or i != o:
                self.down = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

        def forward(self, x):
            return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.down(x))

    def __init__(self, classes=1000, small=False):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, 1, 1, bias=False) if small else nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn, self.pool = nn.BatchNorm2d(64), nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        layers, i = [], 64
        for o in (64, 128, 256, 512):
            layers += [ResNet18.Block(i, o, 1 if o == 64 else 2), ResNet18.Block(o, o, 1)]
            i = o
        self.layers, self.fc = nn.Sequential(*layers), nn.Linear(512, classes)

    def forward(self, x):
        x = self.layers(self.pool(F.relu(self.bn(self.stem(x)))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class MobileNetV2(nn.Module):
    @staticmethod
    def convolved(i, o, kernel, stride=1, groups=1):
        conv = nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)
        return [conv, nn.BatchNorm2d(o), nn.ReLU6()]

    class Inverted(nn.Module):
        def __init__(self, i, o, stride, expansion):
            super().__init__()
            hidden, convolved = i * expansion, MobileNetV2.convolved
            self.residual = stride == 1 and i == o
            self.body = nn.Sequential(
                *(convolved(i, hidden, 1) if expansion != 1 else []),
                *convolved(hidden, hidden, 3, stride, hidden),
                nn.Conv2d(hidden, o, 1, bias=False),
                nn.BatchNorm2d(o),
            )

        def forward(self, x):
            return x + self.body(x) if self.residual else self.body(x)

    def __init__(self):
        super().__init__()
        stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2))
        layers, i = self.convolved(3, 32, 3, 2), 32
        for expansion, o, count, stride in (*stages, (6, 320, 1, 1)):
            for k in range(count):
                layers.append(MobileNetV2.Inverted(i, o, stride if k == 0 else 1, expansion))
                i = o
        self.features, self.fc = nn.Sequential(*layers, *self.convolved(320, 1280, 1)), nn.Linear(1280, 1000)

    def forward(self, x):
        return self.fc(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 8))

    def forward(self, x):
        return self.layers(x)


class Product(nn.Module):
    def __init__(self, k, n):
        super().__init__()
        self.w = nn.Parameter(torch.randn(k, n))

    def forward(self, x):
        return x @ self.w


class Pointwise(nn.Module):
    def forward(self, x):
        return (torch.tanh(x * 1.5 + 0.25) * torch.sigmoid(x)).sum(-1)


class Softmax(nn.Module):
    def forward(self, x):
        return F.softmax(x, -1)


def encoder(features, heads, feedforward):
    return nn.TransformerEncoderLayer(features, heads, feedforward, 0.0, "gelu", batch_first=True)


def numbers(*shape):
    return lambda: torch.randn(shape)


def classes(count, *shape):
    return lambda: torch.randint(0, count, shape)


# The model and its input.
WORKLOADS = {
    "W1.tiny.b1": (Tiny, numbers(1, 100)),
    "W1.tiny.b64": (Tiny, numbers(64, 100)),
    "W2.lenet.b1": (LeNet, numbers(1, 1, 32, 32)),
    "W2.lenet.b64": (LeNet, numbers(64, 1, 32, 32)),
    "W3.tagger.T32.b1": (Tagger, classes(10000, 32, 1)),
    "W3.tagger.T32.b16": (Tagger, classes(10000, 32, 16)),
    "W4.encoder.768.S128": (lambda: encoder(768, 12, 3072), numbers(1, 128, 768)),
    "W4.encoder.128.S32": (lambda: encoder(128, 4, 512), numbers(1, 32, 128)),
    "W5.resnet18.b1": (ResNet18, numbers(1, 3, 224, 224)),
    "W5.mobilenetv2.b1": (MobileNetV2, numbers(1, 3, 224, 224)),
    "W6.matmul.1024": (lambda: Product(1024, 1024), numbers(1024, 1024)),
    "W6.matmul.2048": (lambda: Product(2048, 2048), numbers(2048, 2048)),
    "W6.matmul.128x768x3072": (lambda: Product(768, 3072), numbers(128, 768)),
    "W6.matvec.4096": (lambda: Product(4096, 4096), numbers(1, 4096)),
    "W7.mlp.b1": (Mlp, numbers(1, 16)),
    "W8.pointwise": (Pointwise, numbers(4096, 1024)),
    "W8.softmax": (Softmax, numbers(4096, 1024)),
}


def cross_entropy(module, x, labels):
    scores = (module.logits if hasattr(module, "logits") else module)(x)
    return F.cross_entropy(scores.reshape(-1, scores.size(-1)), labels.reshape(-1))


def nll(module, x, labels):
    scores = module(x)
    return F.nll_loss(scores.view(-1, scores.size(-1)), labels.reshape(-1))


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=1e-3, momentum=0.9)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=1e-3)


# The model, its input, its labels, the loss, the optimizer.
TRAINING = {
    "W1.tiny.train.sgd": (Tiny, numbers(64, 100), classes(10, 64), cross_entropy, sgd),
    "W1.tiny.train.adam": (Tiny, numbers(64, 100), classes(10, 64), cross_entropy, adam),
    "W2.lenet.train.sgd": (LeNet, numbers(64, 1, 32, 32), classes(10, 64), cross_entropy, sgd),
    "W2.lenet.train.adam": (LeNet, numbers(64, 1, 32, 32), classes(10, 64), cross_entropy, adam),
    "W3.tagger.train.adam": (Tagger, classes(10000, 32, 16), classes(17, 32, 16), nll, adam),
    "W4.gpt.train.adamw": (Gpt, classes(5000, 8, 128), classes(5000, 8, 128), cross_entropy, adamw),
    "W5.resnet18cifar.train.sgd": (
        lambda: ResNet18(10, small=True),
        numbers(32, 3, 32, 32),
        classes(10, 32),
        cross_entropy,
        sgd,
    ),
}


def measure(call, seconds=1.0):
    """(median, minimum) microseconds of a call; short calls in batches that outlast the clock."""
    call()
    start = time.perf_counter()
    call()
    batch = max(1, int(2e-4 / max(time.perf_counter() - start, 1e-9)))
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        for _ in range(batch):
            call()
        times.append((time.perf_counter() - start) / batch * 1e6)
    times.sort()
    return times[len(times) // 2], times[0]


def report(workload, peer, call):
    median, least = measure(call)
    row = {"workload": workload, "peer": peer, "median_us": round(median, 3), "min_us": round(least, 3)}
    print(json.dumps(row), flush=True)


def session(module, x):
    """An ONNX Runtime session bound to x, or None where it is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        newer = isinstance(module, nn.TransformerEncoderLayer)  # each exporter fails on what the other can do
        options = {"dynamo": newer, "opset_version": 18 if newer else 17, "verbose": False}
        torch.onnx.export(module, (x,), path, input_names=["x"], output_names=["y"], external_data=False, **options)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        run = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    binding = run.io_binding()
    binding.bind_cpu_input("x", x.numpy())
    binding.bind_output("y")
    return lambda: run.run_with_iobinding(binding)


def training_step(make, inputs, labels, loss, optimizer):
    """A whole step of training, eagerly: gradients from zero, forward, loss, backward, update."""
    torch.manual_seed(0)
    module = make()
    x, y, update = inputs(), labels(), optimizer(module.parameters())

    def step():
        update.zero_grad(set_to_none=True)
        loss(module, x, y).backward()
        update.step()

    return step


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    torch.set_num_threads(1)
    for name, (make, inputs) in WORKLOADS.items():
        if not name.startswith(prefix):
            continue
        torch.manual_seed(0)
        module, x = make().eval(), inputs()
        with torch.inference_mode():
            report(name, "torch", lambda: module(x))
        if call := session(module, x):
            report(name, "onnxruntime", call)
    for name, workload in TRAINING.items():
        if name.startswith(prefix):
            report(name, "torch", training_step(*workload))


if __name__ == "__main__":
    main()
