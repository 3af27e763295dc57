// cascade.test.mjs: cascades in the package, held to `mien detect`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Mien } from '../package/mien.js';
import { failsWith, readPpm } from './frames.mjs';

const { MIEN_BUILD, MIEN_PPM, MIEN_MODELS } = process.env;
const STOCK = '/usr/share/opencv4/haarcascades';

const picture = readPpm(MIEN_PPM);
let mien;
before(async () => {
  mien = await Mien.load({ models: MIEN_MODELS });
});
after(() => mien.free());

const native = (...options) => JSON.parse(execFileSync(join(MIEN_BUILD, 'bin/mien'),
  ['detect', '--json', ...options, MIEN_PPM], { encoding: 'utf8' })).objects;

test('the cascade of faces finds what the command finds', async () => {
  const faces = await mien.cascade('face');
  assert.deepEqual([faces.info.kind, faces.info.width, faces.info.height], ['haar', 24, 24]);
  const found = await faces.find(picture);
  assert.ok(found.length >= 1);
  assert.deepEqual(found, native());
  const sweep = { scale: 1.3, neighbours: 5, minSize: 60, maxSize: [200, 200] };
  assert.deepEqual(await faces.find(picture, sweep), native('--scale', '1.3', '--neighbors', '5',
    '--min-size', '60', '--max-size', '200'));
  const windows = await faces.find(picture, { neighbours: 0 });
  assert.deepEqual(windows, native('--neighbors', '0'));
  assert.ok(windows.length > found.length);
  const record = await faces.search(picture);
  assert.deepEqual([record.width, record.height], [picture.width, picture.height]);
  assert.ok(record.ms.detect > 0);
  faces.free();
  await assert.rejects(faces.find(picture), failsWith('EARG', /freed/));
  faces.free();
});

test('a file that is dropped is read as it is', async (t) => {
  const path = join(STOCK, 'haarcascade_eye.xml');
  if (!existsSync(path))
    return t.skip(`no ${path}: Debian's package opencv-data`);
  const xml = readFileSync(path);
  const eyes = await mien.cascade(new Blob([xml]), 'eye');
  assert.deepEqual(await eyes.find(picture, { neighbours: 4 }),
    native('--cascade', 'eye', '--neighbors', '4'));
  eyes.free();
  const bare = await mien.cascade(xml.buffer.slice(xml.byteOffset, xml.byteOffset + xml.length));
  assert.equal(bare.info.stages, 24);
  bare.free();
});

test('what is no cascade is refused in words', async () => {
  const bytes = (text) => new TextEncoder().encode(text);
  await assert.rejects(mien.cascade(new Uint8Array(0)), failsWith('EFORMAT', /./));
  await assert.rejects(mien.cascade(bytes('<html></html>')), failsWith('EFORMAT', /cascade/));
  const xml = readFileSync(join(MIEN_MODELS, 'face_cascade.xml'));
  await assert.rejects(mien.cascade(xml.subarray(0, xml.length / 2)), failsWith('EFORMAT', /line/));
  await assert.rejects(mien.cascade('nose'), failsWith('EARG', /nose; it may be face, /));
  await assert.rejects(mien.cascade(17), failsWith('EARG', /bytes, a file or a name/));
  const faces = await mien.cascade('face');
  await assert.rejects(faces.find(picture, { scale: 1 }), failsWith('EARG', /scale/));
  await assert.rejects(faces.find(picture, { scale: 'big' }), failsWith('EARG', /scale: big/));
  await assert.rejects(faces.find(picture, { minSize: NaN }), failsWith('EARG', /minSize/));
  assert.deepEqual(await faces.find({ data: new Uint8Array(3 * 8 * 8), width: 8, height: 8 }), []);
  faces.free();
});

test('memory stays as it is, search after search', async () => {
  const faces = await mien.cascade('face');
  const small = { data: new Uint8Array(3 * 96 * 96).fill(90), width: 96, height: 96 };
  await faces.find(small);
  const before = await mien.memory();
  for (let i = 0; i < 200; i++)
    await faces.find(small);
  for (let i = 0; i < 20; i++)
    (await mien.cascade('face')).free();
  assert.ok(await mien.memory() - before < 1 << 20);
  faces.free();
});
