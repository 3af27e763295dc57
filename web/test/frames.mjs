// frames.mjs: pictures for tests, what a failure has to say, and what the command says of frames.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** The objects of coco-ssd, held to a golden's. */
export function compareThings(found, want) {
  assert.deepEqual(found.map((o) => o.class), want.map((o) => o.class));
  found.forEach((thing, i) => {
    near(thing.score, want[i].score, 0.02, 'score');
    thing.bbox.forEach((v, k) => near(v, want[i].bbox[k], 2, 'bbox'));
  });
}

/** Frames of a camera that pans over a picture, there and back. */
export function pan(picture, n, width, height, step = [3, 2]) {
  const most = [picture.width - width, picture.height - height];
  return Array.from({ length: n }, (_, i) => {
    const [x, y] = most.map((m, k) => {
      const at = m > 0 ? i * step[k] % (2 * m) : 0;
      return at > m ? 2 * m - at : at;
    });
    return partOf(picture, x, y, width, height);
  });
}

/** A chunk of RIFF. */
function chunk(name, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const list = (name, ...parts) => chunk('LIST', Buffer.from(name, 'latin1'), ...parts);
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);

/** A frame as AVI has it: BGR, the lowest row first, rows of whole four bytes. */
function bitmap({ data, width, height }) {
  const stride = 3 * width + 3 & ~3;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        out[(height - 1 - y) * stride + 3 * x + c] = data[3 * (y * width + x) + 2 - c];
  return out;
}

/** Frames as a video without loss: AVI of bitmaps. */
export function aviOf(frames, fps) {
  const [{ width, height }] = frames;
  const n = frames.length;
  const size = bitmap(frames[0]).length;
  const avih = chunk('avih', words(1e6 / fps, size * fps, 0, 0, n, 0, 1, size, width, height,
    0, 0, 0, 0));
  const strh = chunk('strh', Buffer.from('vidsDIB ', 'latin1'), words(0, 0, 0, 1, fps, 0, n,
    size, 0, 0, 0, 0));
  const strf = chunk('strf', words(40, width, height, 1 | 24 << 16, 0, size, 0, 0, 0, 0));
  const movi = frames.map((frame) => chunk('00db', bitmap(frame)));
  return chunk('RIFF', Buffer.from('AVI ', 'latin1'),
    list('hdrl', avih, list('strl', strh, strf)), list('movi', ...movi));
}

/** What a command of `mien` says of these frames, a record each. */
export function native(command, frames, fps, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  try {
    const video = join(folder, 'frames.avi');
    writeFileSync(video, aviOf(frames, fps));
    return execFileSync(join(process.env.MIEN_BUILD, 'bin/mien'), [command, '--json', '--quiet',
      ...options, video], { encoding: 'utf8' }).trim().split('\n').map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a tracker, or one that looks for smiles, says of these frames. */
export async function answersTo(frames, fps, watcher) {
  const out = [];
  for (const [i, frame] of frames.entries())
    out.push(await watcher.next(frame, i / fps));
  return out;
}
