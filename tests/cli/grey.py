"""grey.py W H: a PPM picture with a soft slope and no face in it."""
import sys

w, h = int(sys.argv[1]), int(sys.argv[2])
sys.stdout.buffer.write(b"P6\n%d %d\n255\n" % (w, h))
sys.stdout.buffer.write(
    bytes(60 + (x + y) * 100 // (w + h) for y in range(h) for x in range(w) for _ in range(3))
)
