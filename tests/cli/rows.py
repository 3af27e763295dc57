"""rows.py KIND ROWS: small tables for table.test, the same every time."""
import sys

KINDS = {
    "index": ("i", lambda i: (i,)),
    "tenth": ("i,y", lambda i: (i, int(i % 10 == 0))),
    "plane": ("a,b,y", lambda i: (i * 7919 % 101 / 50 - 1,
                                  i * 104729 % 97 / 48 - 1,
                                  int(i * 7919 % 101 / 50 +
                                      i * 104729 % 97 / 48 > 3.2))),
    "cycle": ("a,b,c,y", lambda i: (i % 7, i % 7 * 2 + i % 3, i % 5,
                                    int(i * 7919 % 53 == 3))),
    "steps": ("a,y", lambda i: (i * 7919 % 13, int(i * 31 % 17 == 5))),
}
title, row = KINDS[sys.argv[1]]
print(title)
for i in range(int(sys.argv[2])):
    print(*row(i), sep=",")
