"""squares.py FOLDER N: folders left and right of N grey 8x8 pictures each, bright
on that side, and points.csv that says where the middle of the bright half is."""
import os
import random
import sys

folder, n = sys.argv[1], int(sys.argv[2])
random.seed(3)
with open("points.csv", "w") as table:
    table.write("path,a_x,a_y\n")
    for side in ("left", "right"):
        os.makedirs(f"{folder}/{side}", exist_ok=True)
        for i in range(n):
            rows = [[random.randrange(60) + 150 * ((x < 4) == (side == "left"))
                     for x in range(8)] for _ in range(8)]
            with open(f"{folder}/{side}/{i}.pgm", "wb") as f:
                f.write(b"P5 8 8 255\n" + bytes(sum(rows, [])))
            table.write(f"{folder}/{side}/{i}.pgm,{2 if side == 'left' else 6},4\n")
