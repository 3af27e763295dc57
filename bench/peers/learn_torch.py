"""learn_torch.py NET.json FILE [BATCH] [THREADS] [STEPS]: a network of models/nets
in PyTorch, from the inputs and parameters that bench_learn --save wrote to FILE.
Prints the median time of a training step, by the clock and by the processor, the
loss before the last step and the process' peak of memory, without what importing
PyTorch took, as JSON."""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pads_of(layer, size):
    """Padding [left, right, top, bottom] of a convolution; the odd one last."""
    if layer.get("padding") != "same":
        return [layer.get("padding", 0)] * 4
    pads = []
    for n in reversed(size):
        step = layer.get("stride", 1)
        all_ = max((-(-n // step) - 1) * step + layer["kernel"] - n, 0)
        pads += [all_ // 2, all_ - all_ // 2]
    return pads


class Net(nn.Module):
    """The layers of the text one after the other, each by its name."""

    def __init__(self, text):
        super().__init__()
        self.text, self.modules_of, shapes = text, nn.ModuleDict(), {}
        self.inputs, last = [], None
        for i, layer in enumerate(text["layers"]):
            layer.setdefault("name", f"layer{i}")
            given = layer.get("inputs", [last])
            layer["inputs"] = [given] if isinstance(given, str) else given
            last = layer["name"]
            if layer["kind"] == "input":
                self.inputs.append((last, layer["shape"]))
                shapes[last] = tuple(layer["shape"])
                continue
            module = self.make(layer, shapes[layer["inputs"][0]])
            if module:
                self.modules_of[last] = module
            with torch.no_grad():
                rows = [torch.zeros(2, *shapes[name]) for name in layer["inputs"]]
                shapes[last] = tuple(self.step(layer, rows).shape[1:])

    def make(self, layer, shape):
        kind, units = layer["kind"], layer.get("units")
        bias, stride = layer.get("bias", True), layer.get("stride", 1)
        if kind == "conv2d":
            return nn.Conv2d(shape[0], units, layer["kernel"], stride, bias=bias)
        if kind == "conv2d_transpose":
            return nn.ConvTranspose2d(shape[0], units, layer["kernel"], stride,
                                      layer.get("padding", 0), bias=bias)
        if kind == "batch_norm":
            return nn.BatchNorm2d(shape[0], layer.get("epsilon", 1e-3))
        return nn.Linear(shape[0], units, bias=bias) if kind == "dense" else None

    def step(self, layer, x):
        kind, module = layer["kind"], self.modules_of
        if kind == "conv2d":
            pads = pads_of(layer, x[0].shape[2:])
            if len(set(pads)) > 1:
                return module[layer["name"]](F.pad(x[0], pads))
            module[layer["name"]].padding = (pads[0], pads[0])
        if layer["name"] in module:
            return module[layer["name"]](x[0])
        simple = {"relu": F.relu, "silu": F.silu, "sigmoid": torch.sigmoid,
                  "flatten": lambda v: v.flatten(1),
                  "max_pool": lambda v: F.max_pool2d(v, layer["kernel"]),
                  "global_pool": lambda v: v.mean((2, 3)),
                  "reshape": lambda v: v.view(-1, *layer["shape"]),
                  "upsample": lambda v: F.interpolate(v, scale_factor=2)}
        if kind == "add":
            return x[0] + x[1]
        if kind == "sample":
            return x[0] + (x[1] / 2).exp() * x[2]
        return simple[kind](x[0])

    def forward(self, inputs):
        of = {name: x for (name, _), x in zip(self.inputs, inputs)}
        for layer in self.text["layers"]:
            if layer["kind"] != "input":
                of[layer["name"]] = self.step(layer, [of[n] for n in layer["inputs"]])
        return [of[name] for name in self.text["outputs"]]


def begin(net, path, batch):
    """The inputs, and the parameters set."""
    with open(path, "rb") as f:
        numbers = torch.frombuffer(bytearray(f.read()), dtype=torch.float32)
    at = 0

    def take(shape):
        nonlocal at
        n = torch.Size(shape).numel()
        at += n
        return numbers[at - n:at].view(shape).clone()

    inputs = [take((batch, *shape)) for _, shape in net.inputs]
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(take(p.shape))
    assert at == len(numbers), "other networks on both sides"
    return inputs


def main():
    batch, threads, steps = (int(a) for a in (sys.argv[3:] + [64, 1, 10][len(sys.argv) - 3:]))
    torch.set_num_threads(threads)
    with open(sys.argv[1]) as f:
        net = Net(json.load(f))
    inputs = begin(net, sys.argv[2], batch)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    before, times, cpu = peak_mb(), [], []
    for _ in range(steps):
        start, busy = time.perf_counter(), time.process_time()
        optimiser.zero_grad()
        loss = sum((y ** 2).mean() for y in net(inputs))
        loss.backward()
        optimiser.step()
        times.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
    ms = 1e3 * statistics.median(times[2:])
    print(json.dumps({"net": net.text["name"], "threads": threads, "ms": round(ms, 1),
                      "cpu_ms": round(1e3 * statistics.median(cpu[2:]), 1),
                      "images_s": round(1e3 * batch / ms, 1), "loss": float(loss),
                      "peak_mb": round(peak_mb()), "step_mb": round(peak_mb() - before)}))


main()
