// faceapi.test.mjs: face-api.js' names in node: the flows of two articles, with the imports
// changed, held to what face-api.js said of the same picture (faceapi_golden.json).
//
//   MIEN_PPM   a photo of three people   MIEN_BUILD the native build
//   MIEN_NPM   node_modules with face-api.js' own weights (default: in MIEN_BUILD)
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import * as cocoSsd from '../package/cocossd.js';
import * as faceapi from '../package/faceapi.js';
import { compareThings, near, readPpm } from './frames.mjs';

const { MIEN_BUILD, MIEN_MODELS, MIEN_PPM, MIEN_SHARED } = process.env;
const NPM = process.env.MIEN_NPM ?? join(MIEN_BUILD, 'npm/node_modules');
const WEIGHTS = join(NPM, '@vladmandic/face-api/model');
const golden = JSON.parse(readFileSync(new URL('./faceapi_golden.json', import.meta.url)));
const there = existsSync(join(WEIGHTS, 'ssd_mobilenetv1_model.bin'));
const options = { skip: there ? false : `no face-api.js in ${NPM}` };

const picture = readPpm(MIEN_PPM);

const boxNear = (box, want, most, what) =>
  [box.x, box.y, box.width, box.height].forEach((v, i) => near(v, want[i], most, what));

function compare(ours, want) {
  near(ours.detection.score, want.score, 1e-3, 'score');
  boxNear(ours.detection.box, want.box, 0.05, 'box');
  if (want.expressions)
    for (const [name, p] of Object.entries(want.expressions))
      near(ours.expressions[name], p, 5e-3, name);
  if (want.age !== undefined) {
    near(ours.age, want.age, 0.1, 'age');
    assert.equal(ours.gender, want.gender);
    near(ours.genderProbability, want.genderProbability, 5e-3, 'gender');
  }
  if (want.landmarks) {
    boxNear(ours.alignedRect.box, want.aligned, 0.2, 'aligned');
    const points = (mine, theirs) => theirs.forEach(([x, y], i) => {
      near(mine[i].x, x, 0.1, `x of ${i}`);
      near(mine[i].y, y, 0.1, `y of ${i}`);
    });
    points(ours.landmarks.positions, want.landmarks);
    points(ours.unshiftedLandmarks.positions, want.unshifted);
  }
  if (want.descriptor) {
    const apart = Math.hypot(...want.descriptor.map((v, i) => v - ours.descriptor[i]));
    assert.ok(apart < 0.01, `descriptors lie ${apart} apart`);
  }
}

test('before anything is loaded', async () => {
  assert.equal(!!faceapi.nets.tinyFaceDetector.params, false);
  await assert.rejects(faceapi.detectAllFaces(picture),
    /SsdMobilenetv1 - load model before inference/);
  assert.throws(() => faceapi.euclideanDistance([1], [2]), /load a network first/);
});

test('article 8: all faces with age, gender and expression', options, async () => {
  await faceapi.loadSsdMobilenetv1Model(WEIGHTS);
  await faceapi.loadAgeGenderModel(WEIGHTS);
  await faceapi.loadFaceExpressionModel(WEIGHTS);
  const data = await faceapi.detectAllFaces(picture).withAgeAndGender().withFaceExpressions();
  assert.equal(data.length, golden.article8.length);
  data.forEach((face, i) => compare(face, golden.article8[i]));
  // What its page draws of a face.
  const [{ detection, gender, age, expressions }] = data;
  const { _x, _y, _width, _height } = detection._box;
  boxNear({ x: _x, y: _y, width: _width, height: _height }, golden.article8[0].box, 0.05, '_box');
  assert.deepEqual([detection._imageDims._width, detection._imageDims._height], [480, 320]);
  assert.deepEqual([detection._className, detection._classScore], ['', detection.score]);
  assert.equal(`Gender: ${gender} Age: ${age.toFixed(0)}`, 'Gender: female Age: 23');
  const most = Math.max(...Object.keys(expressions).map((key) => expressions[key]));
  const [mood] = Object.keys(expressions).filter((key) => expressions[key] === most);
  assert.equal(mood, 'happy');
  assert.equal(expressions.asSortedArray()[0].expression, 'happy');
});

test('a network that is not there can be loaded later', options, async () => {
  const { tinyFaceDetector: net } = faceapi.nets;
  await assert.rejects(net.loadFromUri('/nowhere'), /nowhere.*ENOENT/);
  assert.equal(net.isLoaded, false);
  await Promise.all([net.loadFromUri(`${WEIGHTS}/`), net.load(WEIGHTS)]);
  assert.equal(net.isLoaded, true);
});

test('article 13: described faces, matched to known people', options, async () => {
  await faceapi.loadTinyFaceDetectorModel(WEIGHTS);
  await faceapi.loadFaceLandmarkTinyModel(WEIGHTS);
  await faceapi.loadFaceRecognitionModel(WEIGHTS);
  assert.equal(!!faceapi.nets.tinyFaceDetector.params, true);
  const OPTION = new faceapi.TinyFaceDetectorOptions({ inputSize: 512, scoreThreshold: 0.5 });
  const fullDesc = await faceapi.detectAllFaces(picture, OPTION)
    .withFaceLandmarks(true).withFaceDescriptors();
  assert.equal(fullDesc.length, golden.article13.length);
  fullDesc.forEach((face, i) => compare(face, golden.article13[i]));

  const [a, b, c] = golden.article13.map((face) => new Float32Array(face.descriptor));
  const known = [new faceapi.LabeledFaceDescriptors('a', [a, b]),
    new faceapi.LabeledFaceDescriptors('b', [c])];
  const matcher = new faceapi.FaceMatcher(known, 0.5);
  golden.matches.forEach(({ nearest, distance, text }, i) => {
    const query = [a, b, c][i];
    assert.equal(matcher.matchDescriptor(query).label, nearest);
    near(matcher.matchDescriptor(query).distance, distance, 1e-6, 'distance');
    assert.equal(matcher.findBestMatch(query).toString(), text);
  });
  const strict = new faceapi.FaceMatcher(known, 0.1);
  assert.equal(strict.findBestMatch(a)._label, 'unknown');
  assert.match(strict.findBestMatch(a).toString(), /^unknown \(0\.\d+\)$/);
  assert.equal(matcher.findBestMatch(a).toString(false), 'a');
  const again = faceapi.FaceMatcher.fromJSON(JSON.parse(JSON.stringify(matcher)));
  assert.equal(again.distanceThreshold, 0.5);
  assert.deepEqual(again.findBestMatch(c), matcher.findBestMatch(c));
  const nobody = new faceapi.FaceMatcher(new faceapi.LabeledFaceDescriptors('nobody', []));
  assert.equal(nobody.findBestMatch(a).label, 'unknown');
  assert.ok(Number.isNaN(nobody.findBestMatch(a).distance));
  near(faceapi.euclideanDistance(a, b), 2 * golden.matches[0].distance, 1e-5, 'distance');
  assert.throws(() => faceapi.euclideanDistance([1], [1, 2]), /arr1.length/);
});

test('a single face with everything, and in another size', options, async () => {
  await faceapi.nets.faceLandmark68Net.loadFromUri(WEIGHTS);
  const face = await faceapi.detectSingleFace(picture, new faceapi.SsdMobilenetv1Options())
    .withFaceLandmarks().withFaceExpressions().withAgeAndGender().withFaceDescriptor();
  compare(face, golden.single);
  const { unshiftedLandmarks: u } = face;
  assert.deepEqual([u.imageWidth, u.imageHeight], golden.single.dims);
  assert.equal(face.landmarks.getMouth().length, 20);
  const size = { width: golden.width / 2, height: golden.height * 2 };
  const resized = faceapi.resizeResults(face, size);
  boxNear(resized.detection.box, golden.resized.box, 0.1, 'resized box');
  boxNear(resized.alignedRect.box, golden.resized.aligned, 0.4, 'resized aligned');
  resized.landmarks.positions.forEach((p, i) => {
    near(p.x, golden.resized.landmarks[i][0], 0.2, `x of resized ${i}`);
    near(p.y, golden.resized.landmarks[i][1], 0.2, `y of resized ${i}`);
  });
  assert.deepEqual(resized.descriptor, face.descriptor);
});

test('expressions asked for before landmarks are of the detector\'s box', options, async () => {
  const picked = await faceapi.detectAllFaces(picture).withFaceExpressions().withFaceLandmarks();
  assert.equal(picked.length, golden.article8.length);
  picked.forEach((face, i) => {
    for (const [name, p] of Object.entries(golden.article8[i].expressions))
      near(face.expressions[name], p, 5e-3, name);
    assert.equal(face.landmarks.positions.length, 68);
  });
});

test('the same networks come from shards, as the article has them', options, async () => {
  const { Mien } = await import('../package/mien.js');
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  const name = 'tiny_face_detector_model';
  try {
    const manifest = JSON.parse(readFileSync(join(WEIGHTS, `${name}-weights_manifest.json`)));
    const bytes = readFileSync(join(WEIGHTS, `${name}.bin`));
    manifest[0].paths = [`${name}-shard1`, `${name}-shard2`];
    writeFileSync(join(folder, `${name}-shard1`), bytes.subarray(0, 1001));
    writeFileSync(join(folder, `${name}-shard2`), bytes.subarray(1001));
    const at = join(folder, 'manifest.json');
    const refused = async (change, words) => {
      const other = structuredClone(manifest);
      change(other);
      writeFileSync(at, JSON.stringify(other));
      const mien = await Mien.load({ worker: false });
      await assert.rejects(mien.loadFaceapi('tiny_face_detector', at), words);
      mien.free();
    };
    await refused((m) => m[0].paths.pop(), { code: 'EFORMAT', message: /wants \d+ bytes at/ });
    await refused((m) => { delete m[0].paths; }, { code: 'EFORMAT', message: /paths and weights/ });
    await refused((m) => { m[0].weights[0].shape[0] = -3; }, { code: 'EFORMAT' });
    await refused((m) => { m[0].weights[0].shape = 'big'; }, { code: 'EFORMAT' });
    await refused((m) => { m[0].weights[0].shape[1] = 2 ** 32 + 3; }, { code: 'EFORMAT' });
    await refused((m) => { m[0].weights[0].shape = [2 ** 16, 2 ** 16, 3, 16]; },
      { code: 'ELIMIT', message: /more than \d+ elements/ });
    await refused((m) => { m[0].weights = Array(4097).fill(m[0].weights[0]); },
      { code: 'ELIMIT', message: /more than 4096 weights/ });
    await refused((m) => { m[0].weights[0] = null; }, { code: 'EFORMAT' });
    await refused((m) => { m[0].weights[0].quantization.scale = 'x'; }, { code: 'EFORMAT' });
    await refused((m) => { m[0].weights[0].dtype = 'complex64'; }, { code: 'EUNSUP' });
    await refused((m) => { m[0].weights[0].name = 'x'; }, { message: /no float weight 'conv0/ });
    await refused((m) => m[0].paths.push('nowhere'), { code: 'EIO', message: /nowhere/ });
    writeFileSync(at, '[{');
    const mien = await Mien.load({ worker: false });
    await assert.rejects(mien.loadFaceapi('tiny_face_detector', at), { code: 'EFORMAT' });
    writeFileSync(at, JSON.stringify(manifest));
    await mien.loadFaceapi('tiny_face_detector', at);
    await mien.loadFaceapi('tiny_face_detector', at); // once is enough
    const wish = { detector: 'tiny', inputSize: 512 };
    const faces = await mien.detectFaceapi(picture, wish);
    assert.equal(faces.length, 3);
    assert.equal(faces[0].landmarks, undefined);
    await assert.rejects(mien.detectFaceapi(picture, { ...wish, landmarks: true }),
      { code: 'EARG', message: /face_landmark_68: it is not loaded/ });
    mien.free();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what face-api.js refuses is refused', async () => {
  assert.throws(() => new faceapi.TinyFaceDetectorOptions({ inputSize: 100 }), /divisible by 32/);
  assert.throws(() => new faceapi.SsdMobilenetv1Options({ minConfidence: 2 }), /between 0 and 1/);
  assert.throws(() => new faceapi.LabeledFaceDescriptors(1, []), /label to be a string/);
  assert.throws(() => new faceapi.LabeledFaceDescriptors('a', [[1]]), /array of Float32Array/);
  assert.throws(() => new faceapi.FaceMatcher([]), /atleast one input/);
  assert.throws(() => new faceapi.Box({ x: 1 }), /expected box/);
  if (there)
    await assert.rejects(faceapi.detectAllFaces('nothing'), /there is no "nothing"/);
});

const bench = MIEN_SHARED && join(MIEN_SHARED, 'goldens/coco/coco_ssd.json');
const whole = MIEN_PPM.replace(/[^/]*$/, 'sample_whole.ppm');
const cocoThere = bench && existsSync(bench) && existsSync(whole);
test('coco-ssd: the boxes and classes that it gives', async (t) => {
  const model = await cocoSsd.load({ models: MIEN_MODELS });
  const things = await model.detect(picture);
  assert.ok(things.length >= 3 && things.every(({ bbox, score }) =>
    bbox.length === 4 && score >= 0.5));
  assert.equal(things[0].class, 'person');
  await assert.rejects(cocoSsd.load({ base: 'mobilenet_v1' }), { code: 'EUNSUP' });
  await assert.rejects(cocoSsd.load({ modelUrl: 'model.json' }), { code: 'EUNSUP' });
  if (!cocoThere)
    return t.diagnostic('no goldens: MIEN_SHARED');
  const want = JSON.parse(readFileSync(bench)).sample1;
  for (const [key, minScore] of [['detect20_05', 0.5], ['detect20_02', 0.2]])
    compareThings(await model.detect(readPpm(whole), 20, minScore), want[key]);
});

const faces = MIEN_SHARED && join(MIEN_SHARED, 'goldens/faceapi/faces.json');
test('face-api.js on the whole photo', { skip: there && faces && existsSync(faces) &&
  existsSync(whole) ? false : 'no goldens: MIEN_SHARED' }, async () => {
  const want = JSON.parse(readFileSync(faces)).sample1['ssd+68'];
  const found = await faceapi.detectAllFaces(readPpm(whole)).withFaceLandmarks()
    .withFaceExpressions().withAgeAndGender().withFaceDescriptors();
  assert.equal(found.length, want.length);
  found.forEach((face, i) => {
    boxNear(face.detection.box, want[i].box, 0.2, 'box');
    boxNear(face.alignedRect.box, want[i].alignedBox, 1, 'aligned');
    compare({ ...face, landmarks: undefined }, { ...want[i], landmarks: undefined,
      box: [face.detection.box.x, face.detection.box.y, face.detection.box.width,
        face.detection.box.height] });
  });
});
