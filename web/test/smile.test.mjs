// smile.test.mjs: smiles in frames, held to `mien smile` on the same frames.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Mien } from '../package/mien.js';
import { answersTo, failsWith, native, near, pan, readPpm } from './frames.mjs';

const { MIEN_PPM, MIEN_MODELS } = process.env;
const FPS = 25;
const stock = existsSync(join(MIEN_MODELS, 'haarcascade_smile.xml'));
const skip = stock ? false : 'no cascades of OpenCV: Debian\'s package opencv-data';

const picture = readPpm(MIEN_PPM);
const frames = pan(picture, 16, 400, 300);
let mien;
before(async () => {
  mien = await Mien.load({ models: MIEN_MODELS });
});
after(() => mien.free());

async function watch(options) {
  const smiles = await mien.smiles(options);
  return { smiles, out: await answersTo(frames, FPS, smiles) };
}

function compareFrames(ours, theirs, most) {
  assert.equal(ours.length, theirs.length);
  ours.forEach((frame, f) => {
    assert.equal(frame.faces.length, theirs[f].faces.length, `frame ${f}`);
    frame.faces.forEach((face, i) => {
      const other = theirs[f].faces[i];
      assert.deepEqual([face.id, face.detected], [other.id, other.detected]);
      near(face.box.x, other.box.x, 0.1, 'x');
      near(face.box.width, other.box.width, 0.1, 'width');
      assert.deepEqual(face.smiles, other.smiles);
      assert.deepEqual(face.eyes, other.eyes);
      near(face.score, other.score, most, 'score');
    });
  });
}

test('the smiles that the command finds, and when', { skip }, async () => {
  const options = ['--smile', 'smile,1.2,8', '--begin', '0.2', '--end', '0.1'];
  const { smiles, out } = await watch({ neighbours: 8, begin: 0.2, end: 0.1 });
  compareFrames(out, native('smile', frames, FPS, ...options), 1e-3);
  assert.ok(out[0].faces.length >= 1 && out[0].ms > 0);
  assert.deepEqual([out[0].width, out[0].height], [400, 300]);
  assert.ok(out.some(({ faces }) => faces.some((face) => face.smiles.length)));
  const list = await smiles.list();
  const at = out.findIndex(({ faces }) => faces.some((face) => face.smiling));
  assert.ok(at > 0, 'a smile begins');
  const { id } = out[at].faces.find((face) => face.smiling);
  const story = list.find((one) => one.id === id);
  near(story.smiles[0].begin, at / FPS, 1e-3, 'begin');
  assert.ok(story.smiling >= 1 && story.frames >= story.smiling);
  smiles.free();
  await assert.rejects(smiles.list(), failsWith('EARG', /smiles: it was freed/));
});

test('the strict settings of the article', { skip }, async () => {
  const { smiles, out } = await watch({ preset: 'article' });
  compareFrames(out, native('smile', frames, FPS, '--preset', 'article'), 1e-3);
  smiles.free();
});

test('the network of expressions judges', { skip }, async () => {
  const { smiles, out } = await watch({ scorer: 'expression' });
  compareFrames(out, native('smile', frames, FPS, '--scorer', 'expression'), 5e-3);
  smiles.free();
});

test('what cannot be used is refused in words', { skip }, async () => {
  await assert.rejects(mien.smiles({ begin: 0, end: 0.5 }), failsWith('EARG', /begins at 0/));
  await assert.rejects(mien.smiles({ preset: 'strict' }), failsWith('EARG', /preset: strict/));
  await assert.rejects(mien.smiles({ scorer: 'eye' }), failsWith('EARG', /scorer: eye/));
  const smiles = await mien.smiles();
  await assert.rejects(smiles.next(frames[0], NaN), failsWith('EARG', /nan|NaN/));
  smiles.free();
});

test('cascades that are not there are named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  try {
    const other = await Mien.load({ models: folder });
    await assert.rejects(other.smiles(), failsWith('EIO', /haarcascade_frontalface_default.xml/));
    other.free();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
