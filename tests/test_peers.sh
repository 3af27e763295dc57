#!/bin/bash
# test_peers.sh: servers that ask each other as their users run them: over TLS, with
# certificates that are verified, past proxies of the environment, and on after one
# of them is gone.
set -u
t=$(mktemp -d)
servers=
trap 'for s in $servers; do kill "$s" 2>/dev/null; done; rm -rf "$t"' EXIT
export PATH=$MIEN_BUILD/bin:$PATH LC_ALL=C.UTF-8
for need in curl openssl jq; do
    command -v $need >/dev/null || { echo "SKIP no $need"; exit 77; }
done
[ -e "$MIEN_MODELS/face_recognition.onnx" ] || { echo 'SKIP no models'; exit 77; }
. "${0%/*}/complain.sh"
# Start a server; its address in $address, its process in $server.
begin() {
    rm -f "$t/address"
    mien serve -q --listen 127.0.0.1:0 --jobs 1 "$@" >"$t/address" 2>"$t/err" &
    server=$!
    servers="$servers $server"
    for _ in $(seq 600); do
        [ -s "$t/address" ] && break
        sleep 0.1
    done
    address=$(cat "$t/address")
    [ -n "$address" ] || { echo "FAIL no address: $(cat "$t/err")"; exit 1; }
}
end() { # PROCESS
    kill -TERM "$1"
    wait "$1" || complain "a server ended with $?"
}
certificate() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$t/$1.key" -out "$t/$1.pem" 2>"$t/log" ||
        complain "no certificate: $(tail -n 1 "$t/log")"
}
certificate north
certificate other
umask 077
head -c 40 /dev/urandom >"$t/secret"
mien gallery init --key-file "$t/secret" "$t/north.db" >"$t/recovery" 2>"$t/log"
mien gallery enroll "$t/north.db" --key-file "$t/secret" --name Ada --basis consent --purpose door \
    docs/sample.jpg >"$t/log" 2>&1 || complain "Ada is not enrolled: $(cat "$t/log")"
mien key add --key-file "$t/north.keys" --role peer --purpose door hub >"$t/hub.key"
mien key add --key-file "$t/north.keys" --role operator --purpose door camera >"$t/camera.key"
camera=$(mien key add --key-file "$t/hub.keys" --role operator --purpose door camera)
begin --db "$t/north.db" --db-key-file "$t/secret" --key-file "$t/north.keys" \
    --tls-cert "$t/north.pem" --tls-key "$t/north.key"
north=$address north_id=$server

# What a server with the peers of $1 and more options says of Ada's photo, by a filter of jq,
# in $got.
asked() { # KEY FILTER OPTION...
    local key=$1 filter=$2
    shift 2
    echo "$north $t/$key" >"$t/peers"
    begin --key-file "$t/hub.keys" --peers "$t/peers" "$@"
    curl -sS --noproxy '*' -H "x-api-key: $camera" -F file=@docs/sample.jpg \
        "$address/api/v1/recognition/recognize" >"$t/answer"
    got=$(jq -c "$filter" "$t/answer")
    end "$server"
}
want() { # WHAT WANTED GOT
    [ "$3" = "$2" ] || complain "$1: $3, wanted $2: $(head -c 300 "$t/answer")"
}
who='[.result[0].subjects[0].subject, .result[0].certain, .shards.answered]'
why='[.result[0].subjects, .result[0].certain, .shards.answered, .shards.missing[0].why, .shards.missing[0].status]'

export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
asked hub.key "$who" --peers-ca "$t/north.pem"
want 'over TLS' '["Ada",true,1]' "$got"
asked hub.key "$why" --peers-ca "$t/other.pem"
want 'a certificate that is not trusted' '[null,false,0,"untrusted",null]' "$got"
asked hub.key "$why"
want 'a certificate that the system does not know' '[null,false,0,"untrusted",null]' "$got"
asked camera.key "$why" --peers-ca "$t/north.pem"
want 'a key that may not search' '[null,false,0,"refused",403]' "$got"
north_was=$north
north=http${north#https}
asked hub.key '[.result[0].subjects, .result[0].certain, .shards.answered]'
want 'a peer in the clear that has TLS' '[null,false,0]' "$got"
north=${north_was/127.0.0.1/localhost}
asked hub.key "$why" --peers-ca "$t/north.pem"
want 'a certificate of another name' '[null,false,0,"untrusted",null]' "$got"
north=$north_was
end "$north_id"
asked hub.key "$why" --peers-ca "$t/north.pem"
want 'a peer that is gone' '[null,false,0,"unreachable",null]' "$got"
[ $bad -eq 0 ] && echo 'servers ask each other, and say who did not answer'
[ $bad -eq 0 ]
