#!/bin/sh
# autoencoder.sh [BUILD]: 200 epochs of article 1's auto-encoder, mien and
# PyTorch in turns, one thread each.  mien's time is that of the whole command:
# reading, training, scoring, report.  Needs MIEN_SHARED/data/processminer and
# python3-torch; says so without.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=$(cd "${1:-$here/../build}" && pwd)/bin/mien
table=${MIEN_SHARED:-$here/../../shared}/data/processminer/paper-breaks.csv
python=${PYTHON:-/usr/bin/python3}
if [ ! -e "$table" ] || ! "$python" -c 'import torch, pandas' 2>/dev/null; then
    echo "autoencoder: $table or Debian's python3-torch and python3-pandas are missing: nothing compared"
    exit 0
fi
for round in 1 2 3; do
    "$python" - "$mien" "$table" "$here/peers/autoencoder_torch.py" <<'PY'
import json, subprocess, sys, time
mien, table, peer = sys.argv[1:]
start = time.perf_counter()
subprocess.run([mien, "train", "autoencoder", table, "--label", "y", "--ahead",
                "2", "--drop", "time,x28,x61", "-t", "1", "-q"], check=True,
               stdout=subprocess.DEVNULL)
ours = time.perf_counter() - start
theirs = json.loads(subprocess.run([sys.executable, peer, table], check=True,
                                   capture_output=True, text=True).stdout)
ratio = theirs["seconds"] / ours
print(f"200 epochs: mien (all of it) {ours:.2f} s, PyTorch (training alone) "
      f"{theirs['seconds']:.2f} s: {ratio:.1f} times, wanted 8: "
      f"{'PASS' if ratio >= 8 else 'NO'}")
PY
done
