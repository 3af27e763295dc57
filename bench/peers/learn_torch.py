"""learn_torch.py align|emotion THREADS [STEPS]: the networks of bench_learn.c in
PyTorch.  Prints the median time of a training step and the process' peak of
memory, without what importing PyTorch took, as JSON."""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn

BATCH = 64


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Align(nn.Module):
    """Article 4: four convolutions, three poolings, five heads."""

    def __init__(self):
        super().__init__()
        parts, channels = [], 3
        for i, (units, kernel) in enumerate([(16, 5), (48, 3), (64, 3), (64, 2)]):
            parts += [nn.Conv2d(channels, units, kernel), nn.ReLU()]
            parts += [nn.MaxPool2d(2)] if i < 3 else []
            channels = units
        self.trunk = nn.Sequential(*parts, nn.Flatten(),
                                   nn.Linear(17 * 17 * 64, 100), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(100, n) for n in (10, 2, 2, 2, 5))

    def forward(self, x):
        x = self.trunk(x)
        return [head(x) for head in self.heads]


class Emotion(nn.Module):
    """Six convolutions with batch normalisation."""

    def __init__(self):
        super().__init__()
        parts, channels = [], 1
        for i, units in enumerate((32, 64, 96, 128, 128, 128)):
            parts += [nn.Conv2d(channels, units, 3, padding=1),
                      nn.BatchNorm2d(units), nn.ReLU()]
            parts += [nn.MaxPool2d(2)] if i in (0, 1, 3) else []
            channels = units
        self.all = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                 nn.Linear(128, 7))

    def forward(self, x):
        return [self.all(x)]


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    torch.set_num_threads(threads)
    net = Emotion() if name == "emotion" else Align()
    x = torch.rand(BATCH, 1, 48, 48) if name == "emotion" else torch.rand(BATCH, 3, 160, 160)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    before, times = peak_mb(), []
    for _ in range(steps):
        start = time.perf_counter()
        optimiser.zero_grad()
        loss = sum((y ** 2).mean() for y in net(x))
        loss.backward()
        optimiser.step()
        times.append(time.perf_counter() - start)
    ms = 1e3 * statistics.median(times[2:])
    print(json.dumps({"net": name, "threads": threads, "ms": round(ms, 1),
                      "images_s": round(1e3 * BATCH / ms, 1), "loss": float(loss),
                      "peak_mb": round(peak_mb()), "step_mb": round(peak_mb() - before)}))


main()
