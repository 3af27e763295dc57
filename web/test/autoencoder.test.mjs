// autoencoder.test.mjs: faces through an auto-encoder in the package, held to `mien faces`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Mien } from '../package/mien.js';
import { failsWith, readPpm } from './frames.mjs';
import { readPng } from './png.mjs';
import { trainFaces } from './train.mjs';

const { MIEN_BUILD, MIEN_PPM, MIEN_MODELS } = process.env;
const CONCEPT = 'photos/bright - photos/dark';
const command = join(MIEN_BUILD, 'bin/mien');
const folder = mkdtempSync(join(tmpdir(), 'mien-faces-'));
const picture = readPpm(MIEN_PPM);
const dark = 'photos/dark/0.ppm';
const bright = 'photos/bright/4.ppm';
const photo = (name) => readPpm(join(folder, name));
const file = (name) => readFileSync(join(folder, 'vae', name));

let mien;
let faces;
before(async () => {
  trainFaces(command, folder, picture);
  mien = await Mien.load({ models: MIEN_MODELS });
  faces = await mien.autoencoder({ model: file('model.onnx'), codes: file('codes.json'),
    concepts: file('concepts.json') });
});
after(() => {
  mien?.free();
  rmSync(folder, { recursive: true });
});

/** What a command of `mien faces` draws. */
function drawn(...args) {
  execFileSync(command, ['faces', ...args, '-t', '1', '-o', 'out.png'],
    { cwd: folder, stdio: 'pipe' });
  return readPng(readFileSync(join(folder, 'out.png')));
}

/** A picture is the tile of a sheet, to a level. */
function isTile(ours, sheet, index, most = 1) {
  const columns = sheet.width / ours.width;
  assert.ok(Number.isInteger(columns), `${ours.width} pixels in a sheet of ${sheet.width}`);
  const left = (index % columns) * ours.width;
  const top = Math.floor(index / columns) * ours.height;
  for (let y = 0; y < ours.height; y++)
    for (let x = 0; x < ours.width; x++)
      for (let c = 0; c < 3; c++) {
        const a = ours.data[4 * (y * ours.width + x) + c];
        const b = sheet.data[3 * ((top + y) * sheet.width + left + x) + c];
        assert.ok(Math.abs(a - b) <= most, `tile ${index}, (${x}, ${y}, ${c}): ${a} and ${b}`);
      }
  assert.ok(ours.data.every((v, i) => i % 4 !== 3 || v === 255), 'nothing is transparent');
}

test('what the folder holds', () => {
  assert.deepEqual({ ...faces.info, sha256: 64 },
    { width: 24, height: 24, units: 6, aligned: true, sha256: 64 });
  assert.equal(faces.hasCodes, true);
  assert.deepEqual(faces.concepts.map((c) => [c.text, c.aligned, c.pictures, c.vector.length]),
    [[CONCEPT, true, [18, 18], 6]]);
});

test('a face again, as the command draws it', async () => {
  const face = await faces.encode(photo(dark));
  assert.equal(face.code.length, 6);
  assert.deepEqual([face.width, face.height], [110, 110]);
  assert.equal(face.face.keypoints.length, 5);
  const plain = drawn('reconstruct', 'vae/model.onnx', dark);
  isTile(await faces.show(face, face.code, { onto: 'face' }), plain, 0);
  isTile(await faces.decode(face.code), plain, 1);
  const large = drawn('reconstruct', 'vae/model.onnx', dark, '--size', '80', '--trim', '0.125',
    '--sharpen', '--amount', '2');
  isTile(await faces.decode(face.code, { size: 80, trim: 0.125, sharpen: { amount: 2 } }),
    large, 1, 3);
  const whole = await faces.encode(photo(dark), { align: false });
  assert.equal(whole.face, undefined);
  const flat = drawn('reconstruct', 'vae/model.onnx', dark, '--align', 'none');
  isTile(await faces.decode(whole.code), flat, 1);
  await assert.rejects(faces.show(whole, whole.code, { onto: 'photo' }),
    failsWith('EARG', /taken whole/));
  face.free();
  await assert.rejects(faces.show(face, face.code), failsWith('EARG', /freed/));
});

test('a concept, as the command adds it', async () => {
  const face = await faces.encode(photo(dark));
  const code = faces.add(face.code, { [CONCEPT]: 1.5 });
  assert.ok(faces.distance(code, face.code) > 0.5);
  for (const onto of ['code', 'face', 'photo']) {
    const theirs = drawn('add', '-c', CONCEPT, dark, '-m', 'vae/model.onnx', '-q', '--strength',
      '1.5', '--onto', onto, '--size', '48');
    const ours = await faces.show(face, code, { onto, size: 48 });
    assert.deepEqual([ours.width, ours.height], onto === 'photo' ? [110, 110] : [48, 48]);
    isTile(ours, theirs, 0, 2);
  }
  const mean = (image) => image.data.reduce((sum, v) => sum + v, 0) / image.data.length;
  assert.ok(mean(await faces.decode(code)) > mean(await faces.decode(face.code)) + 3,
    'brighter');
  assert.throws(() => faces.add(code, { beard: 1 }), failsWith('EARG', /no such concept.*bright/));
  assert.throws(() => faces.add([1, 2], { [CONCEPT]: 1 }),
    failsWith('EARG', /2 numbers; the model's have 6/));
});

test('from one face to another, as the command does', async () => {
  const [a, b] = await Promise.all([dark, bright].map((name) => faces.encode(photo(name))));
  const codes = faces.morph(a.code, b.code, 5);
  assert.deepEqual(codes[0], a.code);
  assert.ok(faces.distance(codes[4], b.code) < 1e-5);
  assert.ok(faces.distance(codes[2], a.code) > 0.1);
  const sheet = drawn('morph', dark, bright, '-m', 'vae/model.onnx', '--steps', '5');
  for (let i = 0; i < 5; i++)
    isTile(await faces.decode(codes[i]), sheet, i);
  const found = faces.nearest(a.code, [b.code, codes[1], a.code], 2);
  assert.deepEqual(found.map((f) => f.index), [2, 1]);
  assert.equal(found[0].distance, 0);
});

test('faces of nobody, as the command draws them', async () => {
  const codes = await faces.sample({ seed: 7, count: 6, spread: 0.8 });
  const sheet = drawn('sample', '-m', 'vae/model.onnx', '--seed', '7', '--spread', '0.8', '--grid',
    '3x2', '-q');
  for (const [i, code] of codes.entries())
    isTile(await faces.decode(code), sheet, i);
  const steps = await faces.walk({ seed: 7, stops: 3, steps: 7 });
  const walk = drawn('walk', '-m', 'vae/model.onnx', '--seed', '7', '--stops', '3', '--steps', '7',
    '-q');
  for (const [i, code] of steps.entries())
    isTile(await faces.decode(code), walk, i);
  await assert.rejects(faces.sample({ spread: 11 }), failsWith('EARG', /spread of 11/));
  await assert.rejects(faces.sample({ seed: -1 }), failsWith('EARG', /seed: -1/));
  await assert.rejects(faces.walk({ stops: 1 }), failsWith('EARG', /stops: 1/));
});

test('a folder of files; without codes the normal distribution', async () => {
  const named = (name) => Object.assign(new Blob([file(name)]), { name: `vae/${name}` });
  const other = await mien.autoencoder([named('metrics.json'), named('model.onnx')]);
  assert.equal(other.hasCodes, false);
  assert.deepEqual(other.concepts, []);
  const [theirs, ours] = [await faces.sample({ count: 1 }), await other.sample({ count: 1 })];
  assert.ok(faces.distance(theirs[0], ours[0]) > 0.01);
  const face = await faces.encode(photo(dark));
  await assert.rejects(other.show(face, face.code), failsWith('EARG', /another model coded it/));
  face.free();
  other.free();
  await assert.rejects(other.decode(ours[0]), failsWith('EARG', /freed/));
  await assert.rejects(mien.autoencoder([named('metrics.json')]),
    failsWith('EARG', /no model.onnx among metrics.json/));
});

test('frames as a GIF, which the command reads', async () => {
  const frames = [];
  for (const code of await faces.walk({ stops: 2, steps: 4 }))
    frames.push(await faces.decode(code, { size: 40 }));
  const gif = await mien.gif(frames, { fps: 10 });
  assert.equal(Buffer.from(gif.subarray(0, 6)).toString(), 'GIF89a');
  const text = Buffer.from(gif).toString('latin1');
  assert.equal(text.split('\x21\xf9\x04').length - 1, 4);
  assert.ok(text.includes('NETSCAPE2.0'));
  writeFileSync(join(folder, 'film.gif'), gif);
  const first = drawn('reconstruct', 'vae/model.onnx', 'film.gif', '--align', 'none', '--size',
    '40');
  const again = await faces.encode(frames[0], { align: false });
  isTile(await faces.decode(again.code, { size: 40 }), first, 1, 12);
  await assert.rejects(mien.gif([]), failsWith('EARG', /gif: 0 frames/));
  await assert.rejects(mien.gif(frames, { fps: 100 }), failsWith('EARG', /100 a second/));
  await assert.rejects(mien.gif([frames[0], await faces.decode(again.code)]),
    failsWith('EARG', /frame 2 has 24 x 24/));
});

test('what is no model, no codes and no concept is refused', async () => {
  const model = file('model.onnx');
  await assert.rejects(mien.autoencoder([]), failsWith('EARG', /no model.onnx among no files/));
  await assert.rejects(mien.autoencoder({ model: new Uint8Array(100) }), failsWith('EFORMAT', /./));
  await assert.rejects(mien.autoencoder({ model: model.subarray(0, 5000) }),
    failsWith('EFORMAT', /./));
  const yunet = readFileSync(join(MIEN_MODELS, 'yunet_n_dynamic.onnx'));
  await assert.rejects(mien.autoencoder({ model: yunet }),
    failsWith('EFORMAT', /no model of pictures/));
  const codes = JSON.parse(file('codes.json').toString());
  const bad = [
    ['{', 'EFORMAT', /codes\.json: /], ['{}', 'EFORMAT', /wanted "codes\/1"/],
    ['{"mien":"codes/2"}', 'EUNSUP', /codes\/2/],
    [JSON.stringify({ ...codes, weights: [2] }), 'EFORMAT', /codes\.json: count/],
    [JSON.stringify({ ...codes, weights: codes.weights.map((v) => v / 2) }), 'EFORMAT',
      /the sum of the weights/],
    [JSON.stringify({ ...codes, latent: 5, means: codes.means.map((r) => r.slice(1)),
      variances: codes.variances.map((r) => r.slice(1)) }), 'EFORMAT', /codes of 5 numbers/]];
  for (const [text, code, words] of bad)
    await assert.rejects(mien.autoencoder({ model, codes: text }), failsWith(code, words));
  const concepts = JSON.parse(file('concepts.json').toString());
  const worse = [
    [JSON.stringify({ ...concepts, model: 'a'.repeat(64) }), /of another model/],
    [JSON.stringify({ ...concepts, concepts: [{ concept: 'x', vector: [1] }] }), /vector of 6/]];
  for (const [text, words] of worse)
    await assert.rejects(mien.autoencoder({ model, concepts: text }), failsWith('EFORMAT', words));
});

test('a picture without a face is said, and one goes on', async () => {
  const grey = { data: new Uint8Array(4 * 64 * 64).fill(128), width: 64, height: 64 };
  await assert.rejects(faces.encode(grey), failsWith('EFORMAT', /no face found/));
  const face = await faces.encode(grey, { align: false });
  assert.equal(face.code.length, 6);
});
