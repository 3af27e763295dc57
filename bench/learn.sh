#!/bin/sh
# learn.sh [BUILD]: training steps of two convolutional networks, mien and
# PyTorch in turns, at one and at two threads.  Needs Debian's python3-torch;
# says so without, and shows mien alone.
#   BENCH_ROUNDS=3   pairs
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ours=$(cd "${1:-$here/../build}" && pwd)/bench/bench_learn
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
    echo "learn: Debian's python3-torch is missing: nothing compared"
    for net in align emotion; do "$ours" $net 1; done
    exit 0
fi
"$python" - "$ours" "$here/peers/learn_torch.py" "${BENCH_ROUNDS:-3}" <<'PY'
import json, statistics, subprocess, sys
ours, peer, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
wanted = {"align": 1.5, "emotion": 1}
for net in wanted:
    for threads in ("1", "2"):
        pairs = [(run(ours, net, threads), run(sys.executable, peer, net, threads)) for _ in range(rounds)]
        ratio = statistics.median(b["ms"] / a["ms"] for a, b in pairs)
        a, b = (statistics.median(p[i]["ms"] for p in pairs) for i in (0, 1))
        memory = max(p[0]["peak_mb"] for p in pairs), min(p[1]["step_mb"] for p in pairs)
        good = ratio >= wanted[net] and memory[0] < memory[1]
        print(f"{net}, batch 64, {threads} thread{'s' * (threads != '1')}: mien {a:.0f} ms, PyTorch {b:.0f} ms: "
              f"{ratio:.2f} times, wanted {wanted[net]}; peak of memory {memory[0]:.0f} MB (all of it), "
              f"PyTorch {memory[1]:.0f} MB (the steps alone): {'PASS' if good else 'NO'}")
PY
