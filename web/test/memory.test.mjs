// memory.test.mjs: frame after frame neither the library's memory nor JavaScript's heap grows.
//
//   MIEN_FRAMES  how many; default 300
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Mien } from '../package/mien.js';
import { partOf, readPpm } from './frames.mjs';

const { MIEN_PPM, MIEN_MODELS, MIEN_FRAMES = '300' } = process.env;
const MEGABYTE = 1 << 20;
const SIDE = 160;
const WARM = 50; // frames after which what is kept for later frames is there

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** A square of a photo around a box, moved to the right by some pixels. */
function cut(photo, box, step) {
  const inside = (middle, size) =>
    Math.min(Math.max(Math.round(middle - SIDE / 2), 0), size - SIDE);
  return partOf(photo, inside(box.x + box.width / 2 + step, photo.width),
    inside(box.y + box.height / 2, photo.height), SIDE, SIDE);
}

async function heap() {
  collect();
  await setTimeout(50); // the runner forgets promises that were collected in a turn of its own
  collect();
  return process.memoryUsage().heapUsed;
}

test(`${MIEN_FRAMES} frames leave the memory as it is`, async () => {
  const mien = await Mien.load({ models: MIEN_MODELS });
  const wish = { landmarks: true, descriptor: true };
  const photo = readPpm(MIEN_PPM);
  const [{ box }] = await mien.detect(photo, wish);
  let seen = 0;
  const frame = async (i) => {
    const faces = await mien.detect(cut(photo, box, i % 8), wish);
    seen += faces.length > 0 && faces[0].descriptor.length === 128 ? 1 : 0;
  };
  for (let i = 0; i < WARM; i++)
    await frame(i);
  const before = { wasm: await mien.memory(), heap: await heap() };
  const frames = Number(MIEN_FRAMES);
  for (let i = 0; i < frames; i++)
    await frame(i);
  const after = { wasm: await mien.memory(), heap: await heap() };
  assert.equal(seen, frames + WARM, 'a face in every frame');
  assert.ok(after.wasm - before.wasm <= MEGABYTE, `wasm: ${before.wasm} to ${after.wasm} bytes`);
  assert.ok(after.heap - before.heap <= MEGABYTE, `heap: ${before.heap} to ${after.heap} bytes`);
  if (process.env.MIEN_FRAMES)
    console.log(`wasm ${before.wasm} to ${after.wasm}, heap ${before.heap} to ${after.heap} bytes`);
  mien.free();
});
