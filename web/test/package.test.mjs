// package.test.mjs: the package in node, held to what the command says of the same picture.
//
//   MIEN_BUILD  the native build   MIEN_PPM  a photo of three people
//   MIEN_MODELS folder of the networks, yunet_n_dynamic.onnx among them
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Mien } from '../package/mien.js';
import { failsWith, near, readPpm } from './frames.mjs';

const { MIEN_BUILD, MIEN_PPM, MIEN_MODELS } = process.env;
const EVERYTHING = { landmarks: true, descriptor: true, expression: true, age: true, gender: true };

const picture = readPpm(MIEN_PPM);
let mien;
before(async () => {
  mien = await Mien.load({ models: MIEN_MODELS });
});
after(() => mien.free());

function compareFaces(ours, theirs) {
  near(ours.score, theirs.score, 1e-3, 'score');
  for (const side of ['x', 'y', 'width', 'height'])
    near(ours.box[side], theirs.box[side], 0.05, side);
  assert.equal(ours.landmarks.length, 68);
  ours.landmarks.forEach((p, i) => {
    near(p[0], theirs.landmarks[i][0], 0.1, `x of landmark ${i}`);
    near(p[1], theirs.landmarks[i][1], 0.1, `y of landmark ${i}`);
  });
  const apart = Math.hypot(...ours.descriptor.map((v, i) => v - theirs.descriptor[i]));
  assert.ok(apart < 0.01, `descriptors lie ${apart} apart`);
  near(ours.age, theirs.age, 0.2, 'age');
  assert.equal(ours.gender.value, theirs.gender.value);
  assert.deepEqual(Object.keys(ours.expression), Object.keys(theirs.expression));
  for (const [name, p] of Object.entries(theirs.expression))
    near(ours.expression[name], p, 5e-3, name);
}

for (const detector of ['yunet', 'tiny', 'ssd']) {
  test(`${detector}: the faces that the command finds`, async () => {
    const said = execFileSync(join(MIEN_BUILD, 'bin/mien'), ['analyze', '--json', '--detector',
      detector, '--rotate', '0', '--landmarks', '--descriptors',
      '--attributes', 'expression,age,gender', MIEN_PPM],
    { encoding: 'utf8' });
    const native = JSON.parse(said);
    const ours = await mien.analyze(picture, { ...EVERYTHING, detector });
    assert.equal(ours.schema, native.schema);
    assert.equal(ours.width, native.width);
    assert.equal(ours.faces.length, 3);
    assert.equal(native.faces.length, 3);
    ours.faces.forEach((face, i) => compareFaces(face, native.faces[i]));
  });
}

test('only what is wanted is computed', async () => {
  const [face] = await mien.detect(picture);
  assert.equal(face.landmarks, undefined);
  assert.equal(face.descriptor, undefined);
  assert.equal(face.age, undefined);
  assert.equal(face.keypoints.length, 5);
});

test('RGBA as a canvas has it gives the same faces', async () => {
  const n = picture.width * picture.height;
  const data = new Uint8ClampedArray(4 * n).fill(255);
  for (let i = 0; i < n; i++)
    data.set(picture.data.subarray(3 * i, 3 * i + 3), 4 * i);
  const four = await mien.detect({ ...picture, data });
  const three = await mien.detect(picture);
  assert.deepEqual(four, three);
});

test('objects: what the command finds', async () => {
  const options = { minScore: 0.2, maxOverlap: 0.2 };
  const said = execFileSync(join(MIEN_BUILD, 'bin/mien'), ['objects', '--json', '--min-score',
    '0.2', '--max-overlap', '0.2', MIEN_PPM], { encoding: 'utf8' });
  const native = JSON.parse(said).objects;
  const ours = await mien.objects(picture, options);
  assert.ok(ours.length >= 3);
  assert.deepEqual(ours.map((o) => o.class), native.map((o) => o.class));
  ours.forEach((thing, i) => {
    assert.equal(thing.id, native[i].id);
    near(thing.score, native[i].score, 2e-3, 'score');
    for (const side of ['x', 'y', 'width', 'height'])
      near(thing.box[side], native[i].box[side], 0.5, side);
  });
  const classes = mien.objectClasses();
  assert.equal(classes.length, 80);
  ours.forEach((thing) => assert.equal(classes[thing.index], thing.class));
  const people = await mien.objects(picture, { ...options, classes: ['person'] });
  assert.deepEqual(people, ours.filter((o) => o.class === 'person'));
  await assert.rejects(mien.objects(picture, { classes: ['unicorn'] }),
    failsWith('EARG', /unicorn/));
  await assert.rejects(mien.objects(picture, { classes: ['dog,cat'] }),
    failsWith('EARG', /names of COCO/));
});

test('more wishes at once than are kept open', async () => {
  const wishes = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45].map((minScore) => ({ minScore }));
  const [all] = await Promise.all(wishes.map((wish) => mien.objects(picture, wish)));
  assert.deepEqual(all, await mien.objects(picture, wishes[0]));
});

test('people are matched, voted on, counted and forgotten', async () => {
  const faces = await mien.detect(picture, { descriptor: true });
  const [a, b, c] = faces.map((f) => f.descriptor);
  const people = mien.matcher([{ label: '\u0e2d\u0e32\u0e23\u0e35', descriptors: [a] },
    { label: 'Ada', descriptors: [Array.from(b)] }], { threshold: 0.5 });
  assert.deepEqual(people.best(a),
    { name: '\u0e2d\u0e32\u0e23\u0e35', distance: 0, threshold: 0.5 });
  assert.equal(people.best(b).name, 'Ada');
  const nobody = people.best(c);
  assert.equal(nobody.name, null);
  near(nobody.distance, Math.min(mien.distance(c, a), mien.distance(c, b)), 1e-6, 'distance');
  assert.equal(people.vote([b, b, a]).name, 'Ada');
  const pairs = people.histogram();
  assert.equal(pairs.different.reduce((s, n) => s + n), 1);
  assert.equal(pairs.same.reduce((s, n) => s + n), 0);
  assert.equal(people.remove('Ada'), 1);
  assert.equal(people.remove('Ada'), 0);
  assert.equal(people.best(b).name, null);
  assert.equal(people.count, 1);
  people.free();
  people.free();
  assert.throws(() => people.best(a), failsWith('EARG', /freed/));
  assert.throws(() => people.add('Eve', a), failsWith('EARG', /freed/));
  near(mien.strangers(1, 0.6), mien.strangers(2, 0.6) / 2, 0.01, 'strangers');
});

test('what cannot be used is refused in words', async () => {
  const flat = new Array(128).fill(0.1);
  assert.throws(() => mien.matcher([{ label: 'A', descriptors: [flat.slice(64)] }]),
    failsWith('EARG', /64 numbers, wanted are 128/));
  assert.throws(() => mien.matcher([{ label: 'A', descriptors: [[...flat.slice(1), NaN]] }]),
    failsWith('EARG', /number 127 is NaN/));
  assert.throws(() => mien.matcher([{ label: '', descriptors: [flat] }]), failsWith('EARG', /./));
  assert.throws(() => mien.matcher([], { rule: 'best' }).best(flat),
    failsWith('EARG', /rule: best; it may be nearest, mean/));
  await assert.rejects(mien.detect(picture, { detector: 'haar' }),
    failsWith('EARG', /detector: haar/));
  await assert.rejects(mien.detect(picture, { inputSize: 100 }), failsWith('EARG', /100/));
  await assert.rejects(mien.detect({ data: new Uint8Array(7), width: 2, height: 2 }),
    failsWith('EARG', /7 bytes for 2 x 2/));
  await assert.rejects(mien.detect({ data: new Uint8Array(0), width: 0, height: 2 }),
    failsWith('EARG', /0 x 2/));
  await assert.rejects(mien.detect({ data: new Uint8Array(3 * 30001), width: 30001, height: 1 }),
    failsWith('ELIMIT', /30001 x 1 pixels, at most are 30000 a side/));
  await assert.rejects(mien.detect('a.jpg'), failsWith('EARG', /pixels are wanted/));
});

test('a network that is missing or another one is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  try {
    const other = await Mien.load({ models: folder });
    await assert.rejects(other.detect(picture), failsWith('EIO', /yunet_n_dynamic.onnx: ENOENT/));
    const bytes = readFileSync(join(MIEN_MODELS, 'yunet_n_dynamic.onnx'));
    bytes[5000] ^= 1;
    writeFileSync(join(folder, 'yunet_n_dynamic.onnx'), bytes);
    await assert.rejects(other.detect(picture), failsWith('EFORMAT', /digest/));
    copyFileSync(join(MIEN_MODELS, 'yunet_n_dynamic.onnx'), join(folder, 'yunet_n_dynamic.onnx'));
    assert.equal((await other.detect(picture)).length, 3);
    other.free();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('memory stays as it is, picture after picture', async () => {
  const small = { data: new Uint8Array(3 * 64 * 64), width: 64, height: 64 };
  for (let i = 0; i < 20; i++)
    await mien.detect(small);
  const before = await mien.memory();
  for (let i = 0; i < 300; i++)
    await mien.detect(small);
  assert.equal(await mien.memory(), before);
});
