"""autoencoder_torch.py TABLE.csv [--epochs 200]: article 1's auto-encoder in
PyTorch, float32, one thread; batches by index, which is faster there than a
DataLoader.  Prints the seconds of training alone as JSON."""
import argparse
import json
import time

import numpy as np
import pandas as pd
import torch


def shifted(table, ahead):
    """The label moved to the rows before each event, whose own row goes."""
    y = table["y"].to_numpy()
    moved = y.copy()
    for k in range(1, ahead + 1):
        moved[:-k] |= y[k:]
    return table.assign(y=moved)[y == 0]


parser = argparse.ArgumentParser()
parser.add_argument("table")
parser.add_argument("--epochs", type=int, default=200)
args = parser.parse_args()
torch.set_num_threads(1)
torch.manual_seed(1)

table = shifted(pd.read_csv(args.table), 2).drop(columns=["time", "x28", "x61"])
rows = np.random.RandomState(123).permutation(len(table))
test = int(np.ceil(len(rows) * 0.2))
rest = rows[test:]
order = np.random.RandomState(123).permutation(len(rest))
cut = int(np.ceil(len(rest) * 0.2))
valid, train = table.iloc[rest[order[:cut]]], table.iloc[rest[order[cut:]]]
normal = train[train.y == 0].drop(columns="y").to_numpy()
mean, deviation = normal.mean(0), normal.std(0)
x = torch.tensor((normal - mean) / deviation, dtype=torch.float32)
v = valid[valid.y == 0].drop(columns="y").to_numpy()
v = torch.tensor((v - mean) / deviation, dtype=torch.float32)

first = torch.nn.Linear(x.shape[1], 32)
rest_of_it = torch.nn.Sequential(
    torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 16),
    torch.nn.ReLU(), torch.nn.Linear(16, 32), torch.nn.ReLU(),
    torch.nn.Linear(32, x.shape[1]))
parameters = [*first.parameters(), *rest_of_it.parameters()]
adam = torch.optim.Adam(parameters, lr=1e-3, eps=1e-7)
best, start = float("inf"), time.perf_counter()
for epoch in range(args.epochs):
    order = torch.randperm(len(x))
    for at in range(0, len(x), 128):
        batch = x[order[at:at + 128]]
        adam.zero_grad(set_to_none=True)
        code = torch.relu(first(batch))
        loss = ((rest_of_it(code) - batch) ** 2).mean() \
            + 1e-3 * code.abs().sum() / len(batch)
        loss.backward()
        adam.step()
    with torch.no_grad():
        score = ((rest_of_it(torch.relu(first(v))) - v) ** 2).mean().item()
        if score < best:
            best, kept = score, [p.detach().clone() for p in parameters]
print(json.dumps({"seconds": time.perf_counter() - start, "rows": len(x),
                  "epochs": args.epochs, "validation": best}))
