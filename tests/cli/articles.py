"""articles.py FOLDER: small tables, lists and pictures under the names of
docs/articles.md."""
import os
import random
import subprocess
import sys

folder = sys.argv[1]
random.seed(5)


def table(name, columns, rows):
    with open(f"{folder}/{name}", "w") as f:
        f.write(",".join(columns) + "\n")
        for row in rows:
            f.write(",".join(str(v) for v in row) + "\n")


def paper():
    """Two-minute rows; before a break some columns drift."""
    for i in range(600):
        near = (-i) % 40 <= 2
        yield ([f"5/1/99 {i // 30:02d}:{i % 30 * 2:02d}", int(i % 40 == 0)]
               + [round(random.gauss(2 * near * (k < 4), 1), 4) for k in range(8)]
               + [random.choice("ab"), random.choice("01")])


def payments():
    """Frauds are large, and empty the sender's account."""
    for i in range(900):
        fraud = i % 15 == 0
        amount = round(random.expovariate(1) * (9000 if fraud else 900) + 5, 2)
        before = amount if fraud else round(amount + random.random() * 5000, 2)
        yield [i // 30, "TRANSFER" if fraud else "PAYMENT", amount, f"C{i}", before,
               round(before - amount, 2), f"M{i}", 0, amount, int(fraud), 0]


def labels():
    """Three people say what photos show, mostly the same."""
    for i in range(120):
        truth = random.choice("angry happy sad".split())
        for who in "ann", "bob", "eve":
            seen = truth if random.random() < 0.8 else "sad"
            yield [i, who, seen, "young" if i % 2 else "old"]


def picture(path, w, h, pixel):
    """A PPM file of pixel(x, y) = (red, green, blue)."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(b"P6 %d %d 255\n" % (w, h))
        f.write(bytes(v for y in range(h) for x in range(w) for v in pixel(x, y)))


def drawn(path, side, shift, dark):
    """A disc with two eyes and a mouth."""
    middle = side // 2 + shift

    def pixel(x, y):
        u, v = (x - middle) * 40 // side, (y - side // 2) * 40 // side
        if abs(abs(u) - 6) <= 2 and abs(v + 5) <= 2 or abs(v - 9) <= 1 and abs(u) <= 6:
            return dark, dark, dark
        return (220, 180, 150) if u * u + v * v < 300 else (60, 90, 60 + (x * 7 + y) % 50)
    picture(path, side, side, pixel)
    return middle


def mtfl(name, n):
    """MTFL's list: a blank, a backslash, x and then y of five points, four labels."""
    side = 40
    with open(f"{folder}/mtfl/{name}.txt", "w") as f:
        for i in range(n):
            m = drawn(f"{folder}/mtfl/{name}/{i}.ppm", side, i % 7 - 3, 20 + i % 5 * 10)
            xs, ys = [m - 6, m + 6, m, m - 6, m + 6], [15, 15, 21, 29, 29]
            f.write(f" {name}\\{i}.ppm " + " ".join(f"{v}.0" for v in xs + ys)
                    + f" {i % 2 + 1} {i // 2 % 2 + 1} {i % 3 // 2 + 1} {i % 5 + 1}\r\n")


table("paper-breaks.csv", ["time", "y"] + [f"x{k}" for k in range(1, 9)] + ["x28", "x61"],
      paper())
table("payments.csv", ["step", "type", "amount", "nameOrig", "oldbalanceOrg",
                       "newbalanceOrig", "nameDest", "oldbalanceDest", "newbalanceDest",
                       "isFraud", "isFlaggedFraud"], payments())
table("labels.csv", ["photo", "who", "emotion", "group"], labels())
os.makedirs(f"{folder}/mtfl")
mtfl("training", 40)
mtfl("testing", 12)
for part, n in ("train", 6), ("test", 2):
    for c, name in enumerate("angry disgusted fearful happy neutral sad surprised".split()):
        for i in range(n):
            drawn(f"{folder}/fer2013/{part}/{name}/{part}{i}.ppm", 48, c - 3, 10 * i + c)
for i in range(30):
    drawn(f"{folder}/utkface/{20 + i}_0_0_{i}.ppm", 64, i % 9 - 4, 4 * i)
subprocess.run([sys.executable, f"{os.path.dirname(__file__)}/crosses.py", folder],
               check=True)
