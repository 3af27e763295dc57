// memory.test.mjs: frame after frame neither the library's memory nor JavaScript's heap grows.
//
//   MIEN_FRAMES  how many; default 1000
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Mien } from '../package/mien.js';

const { MIEN_PPM, MIEN_MODELS, MIEN_FRAMES = '1000' } = process.env;
const MEGABYTE = 1 << 20;
const SIDE = 160;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** The photo, three bytes a pixel. */
function readPpm() {
  const bytes = readFileSync(MIEN_PPM);
  const [all, w, h] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64));
  return { data: bytes.subarray(all.length), width: Number(w), height: Number(h) };
}

/** A square of it around a box, moved to the right by some pixels, as RGBA. */
function cut({ data: from, width, height }, box, step) {
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  const inside = (middle, size) =>
    Math.min(Math.max(Math.round(middle - SIDE / 2), 0), size - SIDE);
  const x0 = inside(box.x + box.width / 2 + step, width);
  const y0 = inside(box.y + box.height / 2, height);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      for (let c = 0; c < 3; c++)
        data[4 * (y * SIDE + x) + c] = from[3 * ((y0 + y) * width + x0 + x) + c];
  return { data, width: SIDE, height: SIDE };
}

async function heap() {
  await new Promise((done) => setTimeout(done, 20));
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

test(`${MIEN_FRAMES} frames leave the memory as it is`, async () => {
  const mien = await Mien.load({ models: MIEN_MODELS });
  const wish = { landmarks: true, descriptor: true };
  const photo = readPpm();
  const [{ box }] = await mien.detect(photo, wish);
  let seen = 0;
  const frame = async (i) => {
    const faces = await mien.detect(cut(photo, box, i % 8), wish);
    seen += faces.length > 0 && faces[0].descriptor.length === 128 ? 1 : 0;
  };
  for (let i = 0; i < 100; i++)
    await frame(i);
  const before = { wasm: await mien.memory(), heap: await heap() };
  const frames = Number(MIEN_FRAMES);
  for (let i = 0; i < frames; i++)
    await frame(i);
  const after = { wasm: await mien.memory(), heap: await heap() };
  assert.equal(seen, frames + 100, 'a face in every frame');
  assert.ok(after.wasm - before.wasm <= MEGABYTE, `wasm: ${before.wasm} to ${after.wasm} bytes`);
  assert.ok(after.heap - before.heap <= MEGABYTE, `heap: ${before.heap} to ${after.heap} bytes`);
  if (process.env.MIEN_FRAMES)
    console.log(`wasm ${before.wasm} to ${after.wasm}, heap ${before.heap} to ${after.heap} bytes`);
  mien.free();
});
