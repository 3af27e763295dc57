"""malformed.py ADDRESS PID [N [KEY]]: N requests (1,000) that are wrong, by a seed: random
bytes, mutated forms, wrong lengths, negative numbers, deep JSON, broken chunks; with the
key of a server that has a gallery, about people too.  Each is answered with 4xx, or the
connection is closed; memory stays flat.  Whoever sent a whole request waits for its answer
with the connection open: the server drops what is closed behind it, and its status would
not be seen.

A few are half a request from a sender that says nothing more, whose connection the server
ends when nothing came for some seconds (--idle): others are sent meanwhile."""
import random
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

AT_A_TIME = 16

FORM = (b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
        b"\xff\xd8\xff\xe0\x00\x10JFIF no photo\r\n--b--\r\n")
PHOTOS = ["POST /api/v1/detection/detect", "POST /api/v1/verification/verify",
          "POST /session", "DELETE /session"]
PEOPLE = ["POST /api/v1/recognition/recognize", "POST /api/v1/recognition/subjects",
          "POST /api/v1/recognition/faces?subject=Ada", "PUT /api/v1/recognition/subjects/Ada",
          "DELETE /api/v1/recognition/subjects/%00%ff", "DELETE /api/v1/recognition/faces/-1",
          "PUT /api/v1/recognition/subjects/" + "A" * 300, "PATCH /api/v1/recognition/faces",
          "POST /api/v1/evidence?subject=Ada", "DELETE /api/v1/evidence/%ff?subject=Ada",
          "POST /api/v1/negatives?subject=Ada", "DELETE /api/v1/negatives/-1?subject=Ada",
          "DELETE /api/v1/gallery?confirm=-1", "DELETE /api/v1/gallery/deletion/",
          "DELETE /api/v1/purposes/%ff", "POST /api/v1/gallery"]
QUERIES = ["limit=-1", "limit=nan", "limit=" + "9" * 300, "det_prob_threshold=-0.1", "status=%ff",
           "face_plugins=,,mask"]
ABOUT_PEOPLE = ["prediction_count=-1", "purpose=" + "p" * 500, "basis=%00", "expires=2001-99-99",
                "subject=" + "s" * 300, "size=0", "page=-5",
                "confirm=1e3"]


def any_bytes(r, most):
    return bytes(r.randrange(256) for _ in range(r.randrange(most)))


def mutated(r, text):
    out = bytearray(text)
    for _ in range(r.randrange(1, 6)):
        at = r.randrange(len(out))
        what = r.randrange(3)
        if what == 0:
            out[at] = r.randrange(256)
        elif what == 1:
            del out[at:at + r.randrange(8)]
        else:
            out[at:at] = any_bytes(r, 8)
        out = out or bytearray(b"-")
    return bytes(out)


def deep(r):
    n = r.randrange(1, 20000)
    return r.choice([b"[" * n, b'{"file":' * n, b'{"file":"' + b"A" * n,
                     b'{"file":"' + b"A" * 4 * n + b'"}', b'{"subject":' * n, b'{"subject":7}',
                     b'{"subject":"' + b"A" * (256 + n) + b'"}', b'{"subject":"a\\u0000b"}'])


def request(r, host, key):
    """The bytes of a request, and whether more would have to come."""
    kind = r.randrange(6)
    if kind == 0:
        return any_bytes(r, 400) + b"\r\n\r\n", True
    path, head, body = r.choice(PHOTOS + PEOPLE * bool(key)), "multipart/form-data; boundary=b", FORM
    length = None
    if kind == 1:
        body = mutated(r, FORM)
    elif kind == 2:
        length = r.choice(["-1", "99999999999999999999", "10485761", "1e3", "0x10", "", "1, 2"])
    elif kind == 3:
        path += "&?"["?" not in path] + r.choice(QUERIES + ABOUT_PEOPLE * bool(key))
    elif kind == 4:
        head, body = "application/json", deep(r)
    start = f"{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {head}\r\n"
    if key:
        start += f"x-api-key: {key}\r\n"
    if kind == 5:
        size = r.choice(["zz", "-5", "ffffffffffffffffff", "5", ""])
        return ((start + f"Transfer-Encoding: chunked\r\n\r\n{size}\r\n").encode() +
                any_bytes(r, 50), True)
    whole = length is None
    length = len(body) if whole else length
    return (start + f"Content-Length: {length}\r\n\r\n").encode() + body, not whole


def status_of(host, sent, end):
    """The status of the answer, after the sender's end of the connection was closed or not;
    None: it was closed without one."""
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=30) as s:
        try:
            s.sendall(sent)
            if end:
                s.shutdown(socket.SHUT_WR)
            got = b""
            while len(got) < 12:
                more = s.recv(4096)
                if not more:
                    break
                got += more
        except (ConnectionResetError, BrokenPipeError):
            return None
    return int(got[9:12]) if got.startswith(b"HTTP/1.") else None


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


def send_all(host, requests):
    """How many of (number, (bytes, end)) were answered at all, and how many with another status
    than 4xx."""
    lock = threading.Lock()

    def send_some(_):
        refused = bad = 0
        while True:
            with lock:
                i, (sent, end) = next(requests, (None, (None, None)))
            if sent is None:
                return refused, bad
            status = status_of(host, sent, end)
            refused += status is not None
            if status is not None and not 400 <= status < 500:
                bad += 1
                print(f"FAIL request {i}: {status} for {sent[:200]!r}")

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return map(sum, zip(*pool.map(send_some, range(AT_A_TIME))))


def main():
    host, pid = sys.argv[1].split("//")[1], sys.argv[2]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    key = sys.argv[4] if len(sys.argv) > 4 else None
    r, half = random.Random(7), n // 2
    refused, bad = send_all(host, ((i, request(r, host, key)) for i in range(half)))
    before = resident(pid)
    more, worse = send_all(host, ((i, request(r, host, key)) for i in range(half, n)))
    refused, bad = refused + more, bad + worse
    grown = resident(pid) - before
    print(f"{n} malformed requests: {refused} refused, {n - refused} closed, "
          f"{bad} other; {grown} KiB grown in the second half")
    return bad > 0 or refused < 3 * n // 4 or grown > 8192


sys.exit(main())
