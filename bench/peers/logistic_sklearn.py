#!/usr/bin/env python3
"""logistic_sklearn.py: tables for bench/logistic.sh, and scikit-learn's fit.

  prepare FOLDER DATA   write NAME.table: int64 n, p; float64 x [n, p]; uint8 y
  fit FILE REPEATS      print the median ms, then intercept and coefficients

Columns are standardised in the file, since scikit-learn's lbfgs needs it."""
import pathlib
import sys
import time
import warnings

import numpy as np


def write(path, x, y):
    x = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
    with open(path, "wb") as f:
        f.write(np.array(x.shape, np.int64).tobytes())
        f.write(np.ascontiguousarray(x, np.float64).tobytes())
        f.write(np.asarray(y, np.uint8).tobytes())


def prepare(folder, data):
    import pandas
    rng = np.random.RandomState(7)
    x = rng.standard_normal((200000, 30))
    x[:, 15:] += 0.5 * x[:, :15]
    eta = x @ (rng.standard_normal(30) / 3) - 3
    write(folder / "synthetic.table", x, rng.random_sample(len(x)) < 1 / (1 + np.exp(-eta)))
    for name, label in (("paysim/paysim_union", "isFraud"),
                        ("creditcard/creditcard_subset", "Class")):
        path = data / f"{name}.csv"
        if not path.exists():
            print(f"logistic: {path} is not there; left out", file=sys.stderr)
            continue
        t = pandas.read_csv(path)
        y = t.pop(label)
        write(folder / (path.stem + ".table"), t.select_dtypes("number").to_numpy(), y)


def fit(path, repeats):
    from sklearn.linear_model import LogisticRegression
    warnings.filterwarnings("ignore")
    raw = path.read_bytes()
    n, p = np.frombuffer(raw, np.int64, 2)
    x = np.frombuffer(raw, np.float64, n * p, 16).reshape(n, p).copy()
    y = np.frombuffer(raw, np.uint8, n, 16 + 8 * n * p).copy()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        m = LogisticRegression(solver="lbfgs", tol=1e-10, max_iter=10000).fit(x, y)
        times.append((time.perf_counter() - start) * 1e3)
    print(np.median(times), int(m.n_iter_[0]), m.intercept_[0], *m.coef_[0])


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        fit(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
