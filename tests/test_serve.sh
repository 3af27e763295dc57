#!/bin/bash
# test_serve.sh: the server as its users run it: the requests of docs/server.md, a
# stop in the middle of one, and requests that are malformed in many ways: each is
# refused with a status of 4xx, the server stays, and its memory too.
set -u
t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8
for need in curl python3; do
    command -v $need >/dev/null || { echo "SKIP no $need"; exit 77; }
done
bad=0
complain() {
    bad=$((bad + 1))
    echo "FAIL $1"
}

mien serve -q --listen 127.0.0.1:0 --rate 0 --jobs 1 >"$t/address" 2>"$t/err" &
server=$!
for _ in $(seq 100); do
    [ -s "$t/address" ] && break
    sleep 0.1
done
address=$(cat "$t/address")
[ -n "$address" ] || { echo "FAIL no address: $(cat "$t/err")"; exit 1; }

photo=$(dirname "$MIEN_PPM")/sample.jpg
if [ -e "$photo" ]; then
    cp "$photo" "$t/photo.jpg"
    # The pages' own lines, to this server.
    sed -n 's/^curl /curl -sS /p' docs/server.md | sed "s#http://127.0.0.1:8470#$address#" >"$t/lines"
    [ "$(wc -l <"$t/lines")" -eq 2 ] || complain 'docs/server.md has not two requests'
    cp "$t/photo.jpg" "$t/a.jpg"
    cp "$t/photo.jpg" "$t/b.jpg"
    models=$MIEN_MODELS/face_recognition.onnx
    while read -r line; do
        case $line in *verif*) [ -e "$models" ] || continue ;; esac
        (cd "$t" && eval "$line" </dev/null) >"$t/answer"
        grep -q '^{"result":\[{' "$t/answer" || complain "$line: $(head -c 200 "$t/answer")"
    done <"$t/lines"
fi

python3 tests/cli/malformed.py "$address" "$server" ${TORTURE:+10000} || complain 'malformed requests'
curl -sS "$address/healthz" | grep -q OK || complain 'the server is gone'
kill -TERM "$server"
wait "$server"
status=$?
server=
[ $status -eq 0 ] || complain "the server ended with $status"
[ ! -s "$t/err" ] || complain "on standard error: $(head -n 3 "$t/err")"
[ $bad -eq 0 ] && echo 'the server answers, refuses and stops'
[ $bad -eq 0 ]
