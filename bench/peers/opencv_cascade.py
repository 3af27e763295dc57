"""OpenCV's detection with a cascade, as bench_cascade.c measures mien's.

    opencv_cascade.py CASCADE.xml PHOTO SCALE THREADS [WIDTH HEIGHT]

prints "ms RECTANGLES", the best of several calls.
"""
import sys
import time

import cv2

xml, photo, scale, threads = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
cv2.setNumThreads(threads)
cascade = cv2.CascadeClassifier(xml)
grey = cv2.cvtColor(cv2.imread(photo), cv2.COLOR_BGR2GRAY)
if len(sys.argv) == 7:
    size = (int(sys.argv[5]), int(sys.argv[6]))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
times, found = [], ()
while len(times) < 5 or (sum(times) < 2 and len(times) < 200):
    start = time.perf_counter()
    found = cascade.detectMultiScale(grey, scale, 3)
    times.append(time.perf_counter() - start)
print(f"{1e3 * min(times):.3f} {len(found)}")
