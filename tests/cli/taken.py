# taken.py PHOTO.jpg DATE [TAG]: the photo on standard output, with an EXIF block that
# has the date, "2001:05:01 12:00:00", as DateTimeOriginal or another tag of the camera.
import struct
import sys

photo = open(sys.argv[1], 'rb').read()
text = sys.argv[2].encode() + b'\0'
tag = int(sys.argv[3], 16) if len(sys.argv) > 3 else 0x9003


def entry(tag, kind, n, value):
    return struct.pack('>HHII', tag, kind, n, value)


CAMERA, TEXT = 26, 44
tiff = b'MM\0*' + struct.pack('>IH', 8, 1) + entry(0x8769, 4, 1, CAMERA) + struct.pack('>I', 0)
tiff += struct.pack('>H', 1) + entry(tag, 2, len(text), TEXT) + struct.pack('>I', 0) + text
block = b'Exif\0\0' + tiff
marker = b'\xff\xe1' + struct.pack('>H', len(block) + 2) + block
sys.stdout.buffer.write(photo[:2] + marker + photo[2:])
