// articles.test.mjs: the programs of two articles in Chromium, with the imports changed: elements
// and their ids, a camera, a photo by its address.
//
//   MIEN_BUILD the build with web/package   MIEN_NPM node_modules with face-api.js' weights
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compareThings, near, readPpm } from '../test/frames.mjs';
import { makePng } from '../test/png.mjs';
import { BUILD, SAMPLE, openSite } from '../test-app/harness.mjs';
import { y4mOf } from '../test-app/video.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NPM = process.env.MIEN_NPM ?? join(BUILD, 'npm/node_modules');
const SHARED = process.env.MIEN_SHARED ?? '';
const golden = JSON.parse(readFileSync(join(HERE, '../test/faceapi_golden.json'), 'utf8'));
const BNK = join(SHARED, 'data/bnk48/src');
const COCO = join(SHARED, 'goldens/coco/coco_ssd.json');

/** Whom face-api.js' matcher of 0.5 names: by the mean distance. */
function whoIs(descriptor, known) {
  const mean = ({ descriptors }) => descriptors.reduce((sum, d) =>
    sum + Math.hypot(...d.map((v, k) => v - descriptor[k])), 0) / descriptors.length;
  const best = known.reduce((a, b) => (mean(a) < mean(b) ? a : b));
  return mean(best) < 0.5 ? best.name : 'unknown';
}

let folder;
let site;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mien-'));
  const camera = join(folder, 'camera.y4m');
  const picture = readPpm(process.env.MIEN_PPM ?? join(BUILD, 'share/mien/sample.ppm'));
  writeFileSync(camera, y4mOf(Array(20).fill(picture), 10)); // it sees the photo
  cpSync(join(BUILD, 'web/package'), join(folder, 'mien'), { recursive: true });
  cpSync(join(NPM, '@vladmandic/face-api/model'), join(folder, 'weights'), { recursive: true });
  mkdirSync(join(folder, 'models'));
  const net = 'ssdlite_mobilenet_v2.onnx';
  cpSync(join(BUILD, 'share/mien/models', net), join(folder, 'models', net));
  cpSync(SAMPLE, join(folder, 'sample.jpg'));
  if (existsSync(BNK))
    for (const name of ['img/example.jpg', 'img/test.jpg', 'descriptors/bnk48.json'])
      cpSync(join(BNK, name), join(folder, name.replace(/.*\//, '')));
  for (const name of ['article8.html', 'article13.html'])
    cpSync(join(HERE, name), join(folder, name));
  cpSync(join(HERE, 'article13.html'), join(folder, 'index.html'));
  const args = [`--use-file-for-fake-video-capture=${camera}`];
  site = await openSite({ folder, camera: true, args });
});
after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

test('article 8: faces and objects of a camera, drawn on a canvas', async () => {
  const page = await site.open('article8.html');
  await page.waitForFunction(() => {
    const { faces, things, texts } = window.seen?.() ?? {};
    return faces && things && texts.some((text) => text.startsWith('Mood'));
  }, null, { timeout: 60000 });
  const seen = await page.evaluate(() => window.seen());
  assert.equal(seen.faces, golden.article8.length);
  ['_x', '_y', '_width', '_height'].forEach((key, i) =>
    near(seen.box[key], golden.article8[0].box[i], 3, key));
  const { texts } = seen;
  for (const wanted of ['person', 'Gender: female', 'Mood: happy'])
    assert.ok(texts.includes(wanted), `${wanted} is not among ${texts}`);
  assert.ok(texts.some((text) => /^Age: 2\d$/.test(text)));
  assert.ok(texts.some((text) => /^Confidence: (0\.\d|1\.0)$/.test(text)));
  await page.done();
});

test('frames do not pile up when a page asks at every one', async () => {
  const page = await site.open('article8.html');
  await page.waitForFunction(() => window.seen?.().answers > 10, null, { timeout: 60000 });
  const waits = await page.evaluate(async () => {
    const { detectAllFaces } = await import('mien/faceapi');
    const asked = Array.from({ length: 50 }, () => detectAllFaces('video_element')
      .withAgeAndGender().run());
    const answersThen = await Promise.all(asked);
    return new Set(answersThen).size;
  });
  assert.ok(waits <= 2, `${waits} answers for 50 questions at once`);
  await page.done();
});

test('coco-ssd: the boxes and classes that it gives of a photo', {
  skip: existsSync(COCO) ? false : 'no goldens: MIEN_SHARED',
}, async () => {
  const want = JSON.parse(readFileSync(COCO, 'utf8')).sample1;
  const whole = readPpm(join(BUILD, 'share/mien/sample_whole.ppm'));
  writeFileSync(join(folder, 'whole.png'), makePng(whole));
  const page = await site.open('article13.html');
  const found = await page.evaluate(async () => {
    const cocoSsd = await import(new URL('mien/cocossd.js', location.href).href);
    const model = await cocoSsd.load({ models: 'models/' });
    const photo = new Image();
    photo.src = 'whole.png';
    await photo.decode();
    return { detect20_05: await model.detect(photo, 20, 0.5),
      detect20_02: await model.detect(photo, 20, 0.2) };
  });
  for (const [key, things] of Object.entries(found))
    compareThings(things, want[key]);
  await page.done();
});

test('article 13: a photo by its address, who is nearest to each face', async () => {
  const page = await site.open('article13.html');
  await page.waitForFunction(() => window.recognise);
  const [a, b, c] = golden.article13.map((face) => face.descriptor);
  const profile = { one: { name: '\u0e2d\u0e32\u0e23\u0e35', descriptors: [a, b] },
    two: { name: '\u3042\u3044', descriptors: [c] } };
  const faces = await page.evaluate(([p]) => window.recognise('sample.jpg', p), [profile]);
  assert.equal(faces.length, 3);
  assert.ok(faces.every(({ points, label }) => points === 68 && label !== 'unknown'));
  assert.deepEqual(faces.map((f) => f.label).sort(),
    ['\u0e2d\u0e32\u0e23\u0e35', '\u0e2d\u0e32\u0e23\u0e35', '\u3042\u3044']);
  assert.match(faces[0].text, /^\S+ \(0\.\d+\)$/);
  const drawn = await page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let blue = 0;
    for (let i = 0; i < data.length; i += 4)
      blue += data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 255 ? 1 : 0;
    return { width: canvas.width, blue };
  });
  assert.equal(drawn.width, 1920);
  assert.ok(drawn.blue > 1000, `${drawn.blue} pixels of boxes`);
  await assert.rejects(page.evaluate(() => window.recognise('weights/age_gender_model.bin', {
    x: { name: 'x', descriptors: [new Array(128).fill(0)] } })), /expected blob type/);
  await page.done();
});

test('article 13: its own profile and photos', { skip: existsSync(BNK) ? false
  : 'no bnk48: MIEN_SHARED' }, async () => {
  const all = JSON.parse(readFileSync(join(SHARED, 'goldens/faceapi/faces.json'), 'utf8'));
  const bytes = readFileSync(join(BNK, 'descriptors/bnk48.json'), 'utf8');
  const known = Object.values(JSON.parse(bytes));
  const page = await site.open('article13.html');
  await page.waitForFunction(() => window.recognise);
  const labels = new Set();
  for (const name of ['example', 'test']) {
    const want = all[name]['tiny512+68tiny'];
    const faces = await page.evaluate(async ([photo]) => window.recognise(photo,
      await (await fetch('bnk48.json')).json()), [`${name}.jpg`]);
    assert.equal(faces.length, want.length);
    faces.forEach((face, i) => {
      [face.x, face.y, face.width, face.height].forEach((v, k) =>
        near(v, want[i].box[k], 1, `${name}: box`));
      const apart = Math.hypot(...want[i].descriptor.map((v, k) => v - face.descriptor[k]));
      assert.ok(apart < 0.01, `${name}: descriptors lie ${apart} apart`);
      assert.equal(face.label, whoIs(want[i].descriptor, known), `${name}: face ${i}`);
      labels.add(face.label);
    });
  }
  labels.delete('unknown');
  assert.ok(labels.size >= 6, `${[...labels]}`);
  await page.done();
});
