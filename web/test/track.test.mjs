// track.test.mjs: faces followed over frames, held to `mien track` on the same frames.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { Mien } from '../package/mien.js';
import { answersTo, failsWith, native, near, pan, partOf, readPpm } from './frames.mjs';

const { MIEN_PPM, MIEN_MODELS } = process.env;
const FPS = 25;

const picture = readPpm(MIEN_PPM);
const frames = pan(picture, 30, 400, 300);
let mien;
before(async () => {
  mien = await Mien.load({ models: MIEN_MODELS });
});
after(() => mien.free());

async function trackAll(options) {
  const tracker = await mien.tracker(options);
  return { tracker, out: await answersTo(frames, FPS, tracker) };
}

function compareFrames(ours, theirs) {
  assert.equal(ours.length, theirs.length);
  ours.forEach((frame, f) => {
    assert.equal(frame.frame, f);
    near(frame.seconds, theirs[f].seconds, 1e-9, 'seconds');
    assert.deepEqual(frame.tracks.map((t) => t.id), theirs[f].tracks.map((t) => t.id),
      `frame ${f}`);
    frame.tracks.forEach((track, i) => {
      const other = theirs[f].tracks[i];
      assert.equal(track.detected, other.detected);
      assert.ok(Math.abs(track.points - other.points) <= 2, `points of frame ${f}`);
      for (const side of ['x', 'y', 'width', 'height'])
        near(track.box[side], other.box[side], 0.1, `${side} of ${track.id} in frame ${f}`);
      assert.equal(track.landmarks?.length, other.landmarks?.length);
      other.landmarks?.forEach((p, k) => {
        near(track.landmarks[k][0], p[0], 0.3, `x of landmark ${k}`);
        near(track.landmarks[k][1], p[1], 0.3, `y of landmark ${k}`);
      });
    });
  });
}

test('the tracks that the command finds', async () => {
  const { tracker, out } = await trackAll({ smooth: false });
  compareFrames(out, native('track', frames, FPS, '--compare', 'off'));
  assert.deepEqual(out.at(-1).tracks.map((t) => t.id), [1, 2, 3]);
  assert.deepEqual([out[0].width, out[0].height], [400, 300]);
  assert.ok(out[0].detection && out[0].ms.detect > 0);
  assert.ok(!out[1].detection && out[1].ms.detect < out[0].ms.detect);
  assert.equal(out[5].tracks[0].landmarks, undefined);
  assert.equal(out[5].tracks[0].name, undefined);
  const stories = await tracker.stories();
  assert.equal(stories[0].frames, 30);
  assert.ok(stories[0].detections >= 3 && stories[0].points > 10);
  near(stories[0].end, 29 / FPS, 1e-9, 'end');
  tracker.free();
  await assert.rejects(tracker.next(frames[0]), failsWith('EARG', /tracker: it was freed/));
});

test('landmarks, smoothed, and faces compared in doubt', async () => {
  const { tracker, out } = await trackAll({ wish: { landmarks: true, descriptor: true } });
  compareFrames(out, native('track', frames, FPS, '--compare', 'on', '--landmarks', '--smooth'));
  assert.equal(out[7].tracks[0].landmarks.length, 68);
  tracker.free();
});

test('names by votes, ages and expressions, one face a frame', async () => {
  const faces = await mien.detect(picture, { descriptor: true });
  const profiles = [{ label: 'Ada', descriptors: [faces[0].descriptor] },
    { label: '\u0e2d\u0e32\u0e23\u0e35', descriptors: [faces[1].descriptor] }];
  const { tracker, out } = await trackAll({
    wish: { age: true, gender: true, expression: true }, profiles, match: { threshold: 0.5 } });
  const [first, last] = [out[0].tracks, out.at(-1).tracks];
  assert.deepEqual(first.map((t) => t.readings), [1, undefined, undefined]);
  assert.ok(last.every((t) => t.readings >= 4));
  const names = last.map((t) => t.name);
  assert.deepEqual([...names].sort(), ['Ada', null, '\u0e2d\u0e32\u0e23\u0e35'].sort());
  for (const { id, name } of last)
    for (const { tracks } of out.slice(6))
      assert.equal(tracks.find((t) => t.id === id)?.name, name, 'a name does not flicker');
  assert.ok(last.every((t) => t.age > 5 && t.age < 80 && t.distance >= 0));
  assert.ok(last.every((t) => /^(fe)?male$/.test(t.gender.value)));
  assert.equal(Object.keys(last[0].expression).length, 7);
  const ada = last.find((t) => t.name === 'Ada');
  const descriptor = await tracker.descriptor(ada.id);
  assert.ok(mien.distance(descriptor, faces[0].descriptor) < 0.5);
  assert.equal(await tracker.descriptor(99), null);
  await tracker.know([{ label: 'Bob', descriptors: [descriptor] }], { threshold: 0.5 });
  const { tracks } = await tracker.next(frames.at(-1), 30 / FPS);
  assert.equal(tracks.find((t) => t.id === ada.id).name, 'Bob');
  tracker.free();
});

test('what cannot be used is refused in words', async () => {
  await assert.rejects(mien.tracker({ every: 0 }), failsWith('EARG', /every 0 frames/));
  await assert.rejects(mien.tracker({ points: 2 }), failsWith('EARG', /./));
  await assert.rejects(mien.tracker({ votes: 1e6 }), failsWith('EARG', /descriptors that vote/));
  await assert.rejects(mien.tracker({ profiles: [{ label: 'A', descriptors: [[1]] }] }),
    failsWith('EARG', /1 numbers, wanted are 128/));
  const tracker = await mien.tracker({ profiles: [] });
  await assert.rejects(tracker.next(frames[0], NaN), failsWith('EARG', /NaN|nan/));
  await assert.rejects(tracker.know([], { rule: 'best' }), failsWith('EARG', /rule: best/));
  const other = await tracker.next(picture, 1);
  assert.equal(other.tracks.length, 3);
  tracker.free();
});

test('memory stays as it is over 2000 frames', { timeout: 600000 }, async () => {
  const small = pan(partOf(picture, 40, 40, 180, 160), 100, 160, 140, [1, 1]); // one face
  const tracker = await mien.tracker({ wish: { landmarks: true, descriptor: true }, every: 25 });
  const run = async (n) => {
    for (let i = 0; i < n; i++)
      await tracker.next(small[i % small.length], i / FPS);
    assert.equal((await tracker.next(small[0], n / FPS)).tracks.length, 1);
    globalThis.gc?.();
    await setTimeout(50); // the runner forgets promises that were collected in a turn of its own
    globalThis.gc?.();
    return { wasm: await mien.memory(), heap: process.memoryUsage().heapUsed };
  };
  const before = await run(300);
  const after = await run(1700);
  assert.ok(after.wasm - before.wasm < 1 << 20, `wasm: ${before.wasm} to ${after.wasm}`);
  if (globalThis.gc)
    assert.ok(after.heap - before.heap < 1 << 20, `heap: ${before.heap} to ${after.heap}`);
  tracker.free();
});
