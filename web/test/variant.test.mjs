// variant.test.mjs: the two builds of the library see the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';

import { Mien } from '../package/mien.js';
import { hasRelaxed, wasmUrl } from '../package/variant.js';
import { readPpm } from './frames.mjs';

setFlagsFromString('--experimental-wasm-relaxed-simd'); // node 20 has it, but asks for this
const { MIEN_PPM, MIEN_MODELS } = process.env;
const packageFile = (name) => new URL(`../package/${name}`, import.meta.url);

test('the build that the engine can run is chosen', () => {
  const name = hasRelaxed() ? 'mien-relaxed.wasm' : 'mien.wasm';
  assert.equal(wasmUrl().href, packageFile(name).href);
  assert.equal(WebAssembly.validate(readFileSync(wasmUrl())), true);
  assert.equal(WebAssembly.validate(readFileSync(packageFile('mien.wasm'))), true);
});

test('both builds find the same faces and describe them alike', async (t) => {
  if (!hasRelaxed())
    return t.skip('this node has no relaxed SIMD');
  const picture = readPpm(MIEN_PPM);
  const found = [];
  for (const name of ['mien.wasm', 'mien-relaxed.wasm']) {
    const mien = await Mien.load({ models: MIEN_MODELS, wasm: packageFile(name) });
    found.push(await mien.detect(picture, { landmarks: true, descriptor: true }));
    mien.free();
  }
  const [plain, relaxed] = found;
  assert.equal(plain.length, 3);
  assert.equal(relaxed.length, 3);
  plain.forEach((face, i) => {
    const other = relaxed[i];
    assert.ok(Math.abs(face.score - other.score) < 1e-3);
    for (const side of ['x', 'y', 'width', 'height'])
      assert.ok(Math.abs(face.box[side] - other.box[side]) < 0.05, side);
    face.landmarks.forEach(([x, y], k) => assert.ok(
      Math.hypot(x - other.landmarks[k][0], y - other.landmarks[k][1]) < 0.1, `landmark ${k}`));
    const apart = Math.hypot(...face.descriptor.map((v, k) => v - other.descriptor[k]));
    assert.ok(apart < 0.01, `descriptors lie ${apart} apart`);
  });
});
