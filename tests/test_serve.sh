#!/bin/bash
# test_serve.sh: the server as its users run it: the requests of docs/server.md, a
# stop in the middle of one, and requests that are malformed in many ways: each is
# refused with a status of 4xx, the server stays, and its memory too.  Its workers are
# killed under load, and no process outlives it.
set -u
t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8
export ASAN_OPTIONS=quarantine_size_mb=1 # else what is freed counts as growth
for need in curl openssl python3; do
    command -v $need >/dev/null || { echo "SKIP no $need"; exit 77; }
done
. "${0%/*}/complain.sh"

# Start a server with more options; its address in $address.
begin() {
    rm -f "$t/address"
    mien serve -q --listen 127.0.0.1:0 --rate 0 --jobs 1 "$@" >"$t/address" 2>"$t/err" &
    server=$!
    for _ in $(seq 600); do
        [ -s "$t/address" ] && break
        sleep 0.1
    done
    address=$(cat "$t/address")
    [ -n "$address" ] || { echo "FAIL no address: $(cat "$t/err")"; exit 1; }
}
end() {
    kill -TERM "$server"
    wait "$server"
    local status=$?
    server=
    [ $status -eq 0 ] || complain "the server ended with $status"
    [ ! -s "$t/err" ] || complain "on standard error: $(head -n 3 "$t/err")"
}
# The page's own lines that match $1, to this server: each must be answered with $2.
lines() {
    sed -n 's/^curl /curl -sS /p' docs/server.md | grep "$1" |
        sed "s#http://127.0.0.1:8470#$address#" >"$t/lines"
    [ "$(wc -l <"$t/lines")" -eq 2 ] || complain "docs/server.md has not two requests about $1"
    while read -r line; do
        (cd "$t" && eval "$line" </dev/null) >"$t/answer"
        grep -q "$2" "$t/answer" || complain "$line: $(head -c 200 "$t/answer")"
    done <"$t/lines"
}

begin --idle 2 # half a request is waited for so long
photo=$(dirname "$MIEN_PPM")/sample.jpg
if [ -e "$photo" ]; then
    cp "$photo" "$t/photo.jpg"
    cp "$t/photo.jpg" "$t/a.jpg"
    cp "$t/photo.jpg" "$t/b.jpg"
    [ ! -e "$MIEN_MODELS/face_recognition.onnx" ] || lines 'detect\|verif' '^{"result":\[{'
fi

python3 tests/cli/malformed.py "$address" "$server" ${TORTURE:+100000} || complain 'malformed requests'
curl -sS "$address/healthz" | grep -q OK || complain 'the server is gone'
end

# A gallery behind it: somebody comes, is recognised, and goes.
if [ -e "$photo" ] && [ -e "$MIEN_MODELS/face_recognition.onnx" ]; then
    head -c 40 /dev/urandom >"$t/key"
    mien gallery init --key-file "$t/key" "$t/people.db" >"$t/recovery" 2>"$t/log"
    DESK=$(mien key add --key-file "$t/keys" --role admin --purpose door --basis consent desk)
    CAMERA=$(mien key add --key-file "$t/keys" --role operator --purpose door camera)
    export DESK CAMERA
    begin --idle 2 --db "$t/people.db" --db-key-file "$t/key" --key-file "$t/keys"
    cp docs/sample.jpg "$t/ada.jpg"
    cp docs/sample.jpg "$t/photo.jpg"
    lines 'DESK\|CAMERA' '"subject":"Ada"'
    curl -sS -X DELETE -H "x-api-key: $CAMERA" "$address/api/v1/recognition/subjects/Ada" |
        grep -q 'may not do that' || complain 'a camera may erase'
    curl -sS -X DELETE -H "x-api-key: $DESK" "$address/api/v1/recognition/subjects/Ada" |
        grep -q '"certificate":{"person":1' || complain 'Ada was not erased'
    for who in "$photo" "$t/ada.jpg"; do
        curl -sS -H "x-api-key: $CAMERA" -F "file=@$who" "$address/api/v1/recognition/recognize" >"$t/answer"
        grep -q '"subjects":\[\]' "$t/answer" && ! grep -q '"subject":' "$t/answer" ||
            complain "after Ada was erased: $(head -c 200 "$t/answer")"
    done
    python3 tests/cli/malformed.py "$address" "$server" "$([ -n "${TORTURE:-}" ] && echo 100000 || echo 500)" "$DESK" ||
        complain 'malformed requests about people'
    end
    mien gallery list --key-file "$t/key" "$t/people.db" | sed 1d | grep -q . && complain 'somebody is left'

    # Two keys delete it; the server goes on, and its log has both.
    ANNA=$(mien key add --key-file "$t/keys" --role admin anna)
    BERT=$(mien key add --key-file "$t/keys" --role admin bert)
    begin --idle 2 --db "$t/people.db" --db-key-file "$t/key" --key-file "$t/keys"
    curl -sS -X DELETE -H "x-api-key: $ANNA" "$address/api/v1/gallery" >"$t/answer"
    confirm=$(sed -n 's/.*"confirm":\([0-9]*\),.*/\1/p' "$t/answer")
    curl -sS -X DELETE -H "x-api-key: $ANNA" "$address/api/v1/gallery?confirm=$confirm" |
        grep -q 'another key has to' || complain 'one key deletes the gallery'
    curl -sS -X DELETE -H "x-api-key: $BERT" "$address/api/v1/gallery?confirm=$confirm" |
        grep -q '{"deleted":{' || complain 'two keys do not delete the gallery'
    curl -sS -H "x-api-key: $BERT" -F "file=@$t/photo.jpg" "$address/api/v1/detection/detect" |
        grep -q '^{"result":\[{' || complain 'without its gallery the server finds no face'
    grep -q '"gallery":"asked","by":"[0-9a-f]\{8\}"}' "$t/err" &&
        grep -q '"gallery":"deleted","by":"[0-9a-f]\{8\}","asked_by":"[0-9a-f]\{8\}"}' "$t/err" ||
        complain "the log lacks the deletion: $(cat "$t/err")"
    [ "$(wc -l <"$t/err")" -eq 2 ] || complain "more in the log: $(cat "$t/err")"
    : >"$t/err"
    end
    [ -z "$(ls "$t" | grep '^people.db')" ] || complain "left: $(ls "$t")"
fi

# Somebody whom the second network described: found by it, as near as a gallery finds
# them, and by the first one counted as not compared.
if [ ! -e "$MIEN_MODELS/mobilefacenet.onnx" ]; then
    echo 'SKIP mobilefacenet is not installed: tools/get_models.sh BUILD --with mobilefacenet'
else
    head -c 40 /dev/urandom >"$t/key2"
    mien gallery init --key-file "$t/key2" "$t/second.db" >"$t/recovery" 2>"$t/log"
    mien gallery enroll "$t/second.db" --key-file "$t/key2" --name Ada --basis consent --purpose door \
        --born 2001-05-01 --descriptor mobilefacenet docs/sample.jpg >"$t/log"
    near=$(mien gallery identify "$t/second.db" --key-file "$t/key2" --purpose door --descriptor mobilefacenet \
        docs/sample.jpg 2>"$t/log" | sed 's/.*,//; s/0*$//')
    KEY=$(mien key add --key-file "$t/keys2" --role admin --purpose door --basis consent door)
    digest=$(mien model list --json | grep -A 3 '"name": "mobilefacenet"' | sed -n 's/.*"sha256": "\([0-9a-f]*\)".*/\1/p')
    second() { # OPTION...: a server of that gallery
        begin --db "$t/second.db" --db-key-file "$t/key2" --key-file "$t/keys2" "$@"
    }
    who() { # PHOTO
        curl -sS -H "x-api-key: $KEY" -F "file=@$1" "$address/api/v1/recognition/recognize?status=true" >"$t/answer"
    }
    python3 tests/cli/taken.py docs/sample.jpg '2001:04:30 12:00:00' >"$t/old.jpg"
    for how in '' --no-sandbox; do
        second --descriptor mobilefacenet $how
        who docs/sample.jpg
        grep -q '"subjects":\[{"subject":"Ada",.*"compared":1,"enrolled":1,.*"threshold":1.21' "$t/answer" ||
            complain "the second network $how: $(head -c 900 "$t/answer")"
        grep -q "\"distance\":${near:-none}0*}" "$t/answer" || complain "as near as $near, $how: $(head -c 900 "$t/answer")"
        who "$t/old.jpg" # taken the day before she was born
        grep -q '"subjects":\[\],.*"taken":{"day":"2001-04-30","from":"exif","born":1,"born_later":1}' "$t/answer" ||
            complain "who was born later $how: $(head -c 900 "$t/answer")"
        curl -sS "$address/server.json" | grep -q "\"name\":\"mobilefacenet\",.*\"numbers\":512,.*\"sha256\":\"${digest:-none}\"" ||
            complain "of its network: $(curl -sS "$address/server.json")"
        [ -z "$how" ] || grep -q 'no-sandbox' "$t/err" && : >"$t/err"
        end
    done
    second
    who docs/sample.jpg
    grep -q '"subjects":\[\],"described":true,"compared":0}.*"compared":0,"enrolled":1,' "$t/answer" ||
        complain "the first network: $(head -c 900 "$t/answer")"
    grep -q '1 of 1 people enrolled have no face described by dlib and are not found' "$t/err" ||
        complain "at the beginning: $(cat "$t/err")"
    : >"$t/err"
    end
fi

# Workers are killed while photos are read: each costs one photo at most.
children() { # PID: the processes whose parent it is
    cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (.*) [A-Z] $1 .*/\1/p"
}
family() { # the server's other processes
    zygote=$(children "$server")
    workers=$(children "${zygote:-none}")
    [ "$(echo $zygote | wc -w)" -eq 1 ] && [ "$(echo $workers | wc -w)" -eq 2 ] ||
        complain "processes: $zygote; $workers"
}
left() { # none of the family, within some seconds, but one that nobody waits for
    for _ in $(seq 50); do
        local living=
        for p in $zygote $workers; do
            sed 's/.*) //' "/proc/$p/stat" 2>/dev/null | grep -q '^[^ZX]' && living=1
        done
        [ -n "$living" ] || return
        sleep 0.1
    done
    complain "$1 leaves some of the processes $(echo $zygote $workers)"
}
if [ -e "$photo" ]; then
    kills=20 asked=100
    [ -z "${TORTURE:-}" ] || kills=1000 asked=4000
    begin --jobs 2
    family
    seq $asked | xargs -P 4 -I{} curl -sS -o "$t/answer{}" -w '%{http_code}\n' -F "file=@$photo" \
        "$address/api/v1/detection/detect" >"$t/codes" 2>"$t/log" &
    load=$!
    killed=0
    while [ $killed -lt $kills ] && kill -0 $load 2>/dev/null; do
        for w in $(children "$zygote"); do kill -KILL "$w" 2>/dev/null && killed=$((killed + 1)); done
        sleep 0.02
    done
    wait $load
    lost=$(grep -c -E '^(422|503)$' "$t/codes")
    [ "$(grep -c -E '^(200|422|503)$' "$t/codes")" -eq $asked ] || complain "answers: $(sort "$t/codes" | uniq -c | xargs)"
    [ "$lost" -le $killed ] && [ "$lost" -gt 0 ] || complain "$killed workers killed, $lost photos lost"
    [ "$lost" -eq 0 ] || cat "$t"/answer* | grep -q 'its worker ended (signal 9)' || complain 'no word of a lost worker'
    [ "$(curl -sS -o "$t/answer" -w '%{http_code}' -F "file=@$photo" "$address/api/v1/detection/detect")" = 200 ] ||
        complain 'after its workers were killed the server reads no photo'
    counted=$(curl -sS "$address/metrics" | sed -n 's/^mien_sandbox_lost_total{why="ended"} //p')
    [ "${counted:-0}" -ge "$lost" ] || complain "$lost photos were lost, the metrics count $counted"
    echo "$killed workers killed, $lost of $asked photos lost"
    family
    end
    left 'SIGTERM'

    begin --jobs 2
    family
    kill -KILL "$server"
    wait "$server" 2>/dev/null
    server=
    left 'a killed server'

    begin --jobs 2
    family
    kill -KILL "$zygote"
    wait "$server"
    [ $? -eq 3 ] && grep -q 'makes workers was killed' "$t/err" || complain "without its first process: $(cat "$t/err")"
    server=
    left 'a killed first process'
fi

# The same over TLS, and nothing without it.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=here \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$t/tls.key" -out "$t/tls.pem" 2>"$t/log" ||
    complain "no certificate: $(tail -n 1 "$t/log")"
KEY=$(mien key add --key-file "$t/tls.keys" --role viewer browser)
begin --tls-cert "$t/tls.pem" --tls-key "$t/tls.key" --key-file "$t/tls.keys"
curl -sS --cacert "$t/tls.pem" "$address/healthz" | grep -q OK || complain 'no answer over TLS'
curl -sS --cacert "$t/tls.pem" -c "$t/jar" -i -H 'Content-Type: application/json' -d "{\"key\":\"$KEY\"}" \
    "$address/session" | grep -q '^Set-Cookie: __Host-mien-session=.*; HttpOnly; SameSite=Strict; Secure;' ||
    complain 'no cookie that is bound to TLS'
curl -sS --cacert "$t/tls.pem" -b "$t/jar" "$address/session" | grep -q '"name":"browser"' || complain 'nobody is logged in over TLS'
curl -sS "$address/healthz" 2>/dev/null && complain 'a certificate that nobody knows was taken'
curl -sS "http${address#https}/healthz" 2>/dev/null | grep -q OK && complain 'an answer without TLS'
end
[ $bad -eq 0 ] && echo 'the server answers, refuses and stops'
[ $bad -eq 0 ]
