#!/bin/sh
# learn.sh [BUILD]: training steps of the networks of models/nets, mien and
# PyTorch in turns from the same numbers, at one and at two threads.  Needs
# Debian's python3-torch; says so without, and shows mien alone.
#   BENCH_ROUNDS=3   pairs
#   BENCH_CPU=1      the processor's time instead of the clock's: for a machine
#                    that does other work too.  At two threads PyTorch's counts
#                    how long its threads spin while they wait
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../build}" && pwd)
nets=$here/../models/nets
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
    echo "learn: Debian's python3-torch is missing: nothing compared"
    for net in align emotion vae vae_up; do
        "$build/bench/bench_learn" "$nets/$net.json" --batch 32
    done
    exit 0
fi
"$python" - "$build" "$nets" "$here/peers/learn_torch.py" "${BENCH_ROUNDS:-3}" "${BENCH_CPU:-}" <<'PY'
import json, statistics, subprocess, sys
build, nets, peer, rounds, cpu = sys.argv[1:]
def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
time, of = ("cpu_ms", " of the processor") if cpu else ("ms", "")
numbers, failed = f"{build}/bench/learn.f32", False
wanted = {"align": (64, 4), "emotion": (64, 1.5), "vae": (32, 6), "vae_up": (32, 3)}
for net, (batch, least) in wanted.items():
    for threads in ("1", "2"):
        text, pairs = f"{nets}/{net}.json", []
        for _ in range(int(rounds)):
            pairs.append((run(f"{build}/bench/bench_learn", text, "--batch", str(batch), "--threads", threads,
                              "--save", numbers),
                          run(sys.executable, peer, text, numbers, str(batch), threads)))
        ratio = statistics.median(b[time] / a[time] for a, b in pairs)
        a, b = (statistics.median(p[i][time] for p in pairs) for i in (0, 1))
        memory = max(p[0]["peak_mb"] for p in pairs), min(p[1]["step_mb"] for p in pairs)
        share, ours = max(p[0]["share"] for p in pairs), pairs[0][0]
        good = ratio >= least and memory[0] < memory[1]
        failed |= not good
        print(f"{net}, batch {batch}, {threads} thread{'s' * (threads != '1')}: mien {a:.0f} ms{of} "
              f"({1e3 * batch / a:.0f} images/s), PyTorch {b:.0f} ms: {ratio:.2f} times, wanted {least}; "
              f"convolutions {100 * share:.0f} % of {ours['peak']:.0f} GFLOP/s; loss after ten steps {ours['loss']:.6g}, "
              f"PyTorch {pairs[0][1]['loss']:.6g}; peak of memory {memory[0]:.0f} MB (all of it), PyTorch "
              f"{memory[1]:.0f} MB (the steps alone): {'PASS' if good else 'NO'}", flush=True)
sys.exit(failed)
PY
