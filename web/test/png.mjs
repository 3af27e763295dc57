// png.mjs: PNG files as the command writes them, of 8 bits, RGB, not interlaced: read, and made.
import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';

/** What a filter adds to a byte: of the left, the upper and the upper left one. */
function predicted(filter, left, up, corner) {
  if (filter === 1)
    return left;
  if (filter === 2)
    return up;
  if (filter === 3)
    return (left + up) >> 1;
  const p = left + up - corner;
  const [a, b, c] = [left, up, corner].map((v) => Math.abs(p - v));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** @param {Buffer} bytes */
export function readPng(bytes) {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  assert.deepEqual([...bytes.subarray(24, 29)], [8, 2, 0, 0, 0], 'RGB of 8 bits');
  const parts = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 3 * width;
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const to = y * stride + i;
      const left = i >= 3 ? data[to - 3] : 0;
      const up = y ? data[to - stride] : 0;
      const corner = y && i >= 3 ? data[to - stride - 3] : 0;
      data[to] = raw[y * (stride + 1) + 1 + i] +
        (filter ? predicted(filter, left, up, corner) : 0);
    }
  }
  return { data, width, height };
}

/** The check sum of a chunk. @param {Buffer} bytes */
function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++)
      sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

/** A picture of three bytes a pixel, or of one, as a PNG file. */
export function makePng({ data, width, height }) {
  const chunk = (name, body) => {
    const bytes = Buffer.alloc(12 + body.length);
    bytes.writeUInt32BE(body.length);
    bytes.write(name, 4, 'latin1');
    bytes.set(body, 8);
    bytes.writeUInt32BE(crc(bytes.subarray(4, 8 + body.length)), 8 + body.length);
    return bytes;
  };
  const each = data.length / (width * height);
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, each === 3 ? 2 : 0, 0, 0, 0]);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  const stride = each * width;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(stride * y, stride * (y + 1)), (stride + 1) * y + 1);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
