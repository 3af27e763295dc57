"""lines.py FILE|-: read JSON lines as analyze prints them, check each, and
print its file and what came of it."""
import json
import math
import sys


def refuse(name):
    raise ValueError(f"{name} is no JSON")


def check(record):
    assert record["schema"] == "mien/1", record
    if "file_hex" in record:
        name = bytes.fromhex(record.pop("file_hex"))
        assert name.decode(errors="replace") == record["file"], record
    if "error" in record:
        assert set(record) == {"schema", "file", "error"}, record
        assert set(record["error"]) == {"status", "text"}, record
        return "error " + record["error"]["status"]
    own = {"expression_model", "landmark_model"} & set(record)
    assert set(record) - own == {"schema", "file", "width", "height", "faces", "models", "ms"}, record
    for face in record["faces"]:
        assert set(face["box"]) == {"x", "y", "width", "height"}, face
        assert 0 <= face["score"] <= 1, face
        assert len(face.get("keypoints", [0] * 5)) == 5, face
        assert len(face.get("landmarks", [0] * 68)) in (68, 5 if own else 68), face
        assert len(face.get("descriptor", [0] * 128)) == 128, face
        if "expression" in face:
            assert abs(sum(face["expression"].values()) - 1) < 1e-3, face
        if "gender" in face:
            assert 0.5 <= face["gender"]["probability"] <= 1, face
    assert all(len(digest) == 64 for digest in record["models"].values()), record
    assert all(math.isfinite(ms) and ms >= 0 for ms in record["ms"].values()), record
    return "ok"


source = sys.stdin if sys.argv[1] == "-" else open(sys.argv[1])
for line in source:
    record = json.loads(line, parse_constant=refuse)
    print(record["file"], check(record))
