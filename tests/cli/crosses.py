#!/usr/bin/env python3
"""crosses.py FOLDER: bright crosses in noise to train a small cascade on.

Writes faces.txt ("picture n x y w h ...") with the pictures it names, scenes of
noise in scenes/, and test.txt with pictures that are not in faces.txt.
"""
import os
import random
import sys

folder = sys.argv[1]
random.seed(7)
SIDE, W, H = 12, 200, 150


def noise(w, h):
    return [[random.randrange(120) for _ in range(w)] for _ in range(h)]


def cross(grey, x, y):
    dx, dy = random.randrange(2), random.randrange(2)
    for i in range(1, SIDE - 1):
        for k in range(3):
            grey[y + 4 + dy + k][x + i] |= 128
            grey[y + i][x + 4 + dx + k] |= 128


def bars(grey):
    h, w = len(grey), len(grey[0])
    for bar in range(30):
        x, y = random.randrange(w - 22), random.randrange(h - 22)
        bw, bh = (20, 3) if bar % 2 else (3, 18)
        for k in range(bw * bh):
            grey[y + k // bw][x + k % bw] |= 128


def save(name, grey):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(b"P5\n%d %d\n255\n" % (len(grey[0]), len(grey)))
        for row in grey:
            f.write(bytes(row))


def crowd(name, n):
    grey, places = noise(W, H), []
    for i in range(n):
        x, y = 20 * (i % 9) + 5, 20 * (i // 9) + 5
        cross(grey, x, y)
        places.append(f"{x} {y} {SIDE} {SIDE}")
    save(name, grey)
    return f"{name} {n} {' '.join(places)}\n"


os.makedirs(os.path.join(folder, "scenes"), exist_ok=True)
with open(os.path.join(folder, "faces.txt"), "w") as f:
    for i in range(4):
        f.write(crowd(f"crowd{i}.pgm", 54))
with open(os.path.join(folder, "test.txt"), "w") as f:
    f.write(crowd("test.pgm", 20))
for i in range(6):
    scene = noise(W, H)
    bars(scene)
    save(f"scenes/scene{i}.pgm", scene)
