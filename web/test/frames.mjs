// frames.mjs: pictures for tests, and what a failure has to say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { MienError } from '../package/mien.js';

/** A PPM file's pixels: three bytes each. */
export function readPpm(path) {
  const bytes = readFileSync(path);
  const [all, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64));
  return { data: bytes.subarray(all.length), width: Number(width), height: Number(height) };
}

/** A part of a picture of three bytes a pixel, as a camera that pans over it would see it. */
export function partOf(picture, x, y, width, height) {
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * picture.width + x);
    data.set(picture.data.subarray(from, from + 3 * width), 3 * width * row);
  }
  return { data, width, height };
}

export const failsWith = (code, words) => (e) => {
  assert.ok(e instanceof MienError, String(e));
  assert.equal(e.code, code);
  assert.match(e.message, words);
  return true;
};

export const near = (a, b, most, what) =>
  assert.ok(Math.abs(a - b) <= most, `${what}: ${a} and ${b}`);
