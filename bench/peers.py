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


WORKLOADS = {
    "W1.tiny.b1": (Tiny, (1, 100)),
    "W1.tiny.b64": (Tiny, (64, 100)),
    "W2.lenet.b1": (LeNet, (1, 1, 32, 32)),
    "W2.lenet.b64": (LeNet, (64, 1, 32, 32)),
    "W6.matmul.1024": (lambda: Product(1024, 1024), (1024, 1024)),
    "W6.matmul.2048": (lambda: Product(2048, 2048), (2048, 2048)),
    "W6.matmul.128x768x3072": (lambda: Product(768, 3072), (128, 768)),
    "W7.mlp.b1": (Mlp, (1, 16)),
    "W8.pointwise": (Pointwise, (4096, 1024)),
    "W8.softmax": (Softmax, (4096, 1024)),
}

TRAINING = {"W1.tiny.train": (Tiny, (64, 100)), "W2.lenet.train": (LeNet, (64, 1, 32, 32))}
OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
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
        torch.onnx.export(module, (x,), path, dynamo=False, input_names=["x"], output_names=["y"], opset_version=17)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        run = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    binding = run.io_binding()
    binding.bind_cpu_input("x", x.numpy())
    binding.bind_output("y")
    return lambda: run.run_with_iobinding(binding)


def training_step(make, shape, optimizer):
    """A whole step of training, eagerly: gradients from zero, forward, cross entropy, backward, update."""
    torch.manual_seed(0)
    module = make()
    x, labels, update = torch.randn(shape), torch.randint(0, 10, shape[:1]), optimizer(module.parameters())

    def step():
        update.zero_grad(set_to_none=True)
        F.cross_entropy(module.logits(x), labels).backward()
        update.step()

    return step


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    torch.set_num_threads(1)
    for name, (make, shape) in WORKLOADS.items():
        if not name.startswith(prefix):
            continue
        torch.manual_seed(0)
        module, x = make().eval(), torch.randn(shape)
        with torch.inference_mode():
            report(name, "torch", lambda: module(x))
        if call := session(module, x):
            report(name, "onnxruntime", call)
    for row, (make, shape) in TRAINING.items():
        for optimizer, create in OPTIMIZERS.items():
            if (name := f"{row}.{optimizer}").startswith(prefix):
                report(name, "torch", training_step(make, shape, create))


if __name__ == "__main__":
    main()
