// threads.test.mjs: several threads give the answers of one, bit for bit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';

import { Library } from '../package/library.js';
import { Mien } from '../package/mien.js';
import { Helpers, threadsOf } from '../package/threads.js';
import { hasRelaxed, wasmUrl } from '../package/variant.js';
import { readPpm } from './frames.mjs';

setFlagsFromString('--experimental-wasm-relaxed-simd'); // node 20 has it, but asks for this
const { MIEN_PPM, MIEN_MODELS } = process.env;
const picture = readPpm(MIEN_PPM);
const ALL = { landmarks: true, descriptor: true, age: true, gender: true, expression: true };
const packageFile = (name) => new URL(`../package/${name}`, import.meta.url);

/** What is seen of the photo, without times. */
async function seen(mien) {
  const faces = [];
  for (const detector of ['yunet', 'ssd', 'tiny'])
    faces.push(await mien.detect(picture, { detector, ...ALL }));
  return { faces, objects: await mien.objects(picture) };
}

let one;
before(async () => {
  const mien = await Mien.load({ models: MIEN_MODELS });
  assert.equal(mien.threads, 1);
  one = await seen(mien);
  assert.equal(one.faces[0].length, 3);
  mien.free();
});

for (const threads of [2, 3, 5])
  test(`${threads} threads`, async () => {
    const mien = await Mien.load({ models: MIEN_MODELS, threads });
    after(() => mien.free());
    assert.equal(mien.threads, threads);
    for (let i = 0; i < 3; i++)
      assert.deepEqual(await seen(mien), one);
    mien.free();
    assert.equal(mien.threads, 1);
    assert.deepEqual(await seen(mien), one, 'after free it goes on alone');
  });

test('the threads build with plain SIMD', async () => {
  const plain = await Mien.load({ models: MIEN_MODELS, wasm: packageFile('mien.wasm') });
  const shared = await Mien.load({ models: MIEN_MODELS, threads: 2,
    wasm: packageFile('mien-threads.wasm') });
  assert.equal(shared.threads, 2);
  const a = await plain.detect(picture, ALL);
  const b = await shared.detect(picture, ALL);
  plain.free();
  shared.free();
  assert.equal(b.length, a.length);
  a.forEach((face, i) => {
    const apart = Math.hypot(...face.descriptor.map((v, k) => v - b[i].descriptor[k]));
    assert.ok(apart < 0.001, `descriptors lie ${apart} apart`);
  });
});

test('a build without shared memory has one thread', async () => {
  const mien = await Mien.load({ models: MIEN_MODELS, threads: 2,
    wasm: packageFile('mien.wasm') });
  assert.equal(mien.threads, 1);
  mien.free();
});

test('helpers that do not start are done without', async () => {
  const module = await WebAssembly.compile(readFileSync(wasmUrl(2)));
  const lib = await Library.start(module);
  const helpers = new Helpers(lib);
  await helpers.start(module, 3, packageFile('no-such-file.js'));
  assert.equal(helpers.threads, 1);
  helpers.free();
});

test('how many threads', () => {
  assert.equal(threadsOf(undefined), 1, 'node: one unless asked');
  assert.equal(threadsOf(3), 3);
  assert.equal(threadsOf(1000), 16);
  for (const wrong of [0, -1, 1.5, NaN, '2'])
    assert.throws(() => threadsOf(wrong), /threads: .*; a whole number from 1 is wanted/);
  globalThis.crossOriginIsolated = false;
  assert.equal(threadsOf(2), 1, 'a plain page cannot share');
  globalThis.crossOriginIsolated = true;
  assert.equal(threadsOf(undefined), Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 1));
  delete globalThis.crossOriginIsolated;
  assert.equal(wasmUrl(2).href, packageFile(
    hasRelaxed() ? 'mien-threads-relaxed.wasm' : 'mien-threads.wasm').href);
});
