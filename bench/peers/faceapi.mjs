// faceapi.mjs: face-api.js with tf.js' wasm backend in node on one photo: SSD
// detector, 68 points, expression, age and gender, descriptors.
//
//   node faceapi.mjs [--seconds 5] PHOTO.jpg
//
// Prints one line of JSON in milliseconds: load (modules and weights), first
// (the first answer on decoded pixels), best and median of later answers,
// decode (jpeg-js to a tensor), and the faces found.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { median, options, repeat, require, timed } from './timing.mjs';

let tf;
let faceapi;

/** Load everything once. */
export async function load() {
  tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const dist = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(`${dist}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const root = dirname(require.resolve('@vladmandic/face-api/package.json'));
  const { nets } = faceapi;
  for (const net of [nets.ssdMobilenetv1, nets.faceLandmark68Net,
    nets.faceExpressionNet, nets.ageGenderNet, nets.faceRecognitionNet]) {
    await net.loadFromDisk(join(root, 'model'));
  }
  return {
    faceapi: require('@vladmandic/face-api/package.json').version,
    tfjs: tf.version_core,
    simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    threads: await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'),
  };
}

/** A JPEG file's pixels as an int32 tensor [h, w, 3]. */
export function decode(bytes) {
  const jpeg = require('jpeg-js').decode(bytes, {
    useTArray: true, formatAsRGBA: false, maxMemoryUsageInMB: 1024,
  });
  return tf.tensor3d(new Int32Array(jpeg.data),
    [jpeg.height, jpeg.width, 3], 'int32');
}

/** The whole pipeline; nothing is left behind but the answer. */
export async function analyze(tensor) {
  return faceapi
    .detectAllFaces(tensor, new faceapi.SsdMobilenetv1Options())
    .withFaceLandmarks()
    .withFaceExpressions()
    .withAgeAndGender()
    .withFaceDescriptors();
}

/** Milliseconds of each network by itself, on a tensor of its input's size. */
export async function stages(tensor, seconds) {
  const { nets } = faceapi;
  const ssd = new faceapi.SsdMobilenetv1Options();
  const square = Math.min(tensor.shape[0], tensor.shape[1]);
  const face = (side) => tf.tidy(() => tf.image.resizeBilinear(
    tensor.slice([0, 0, 0], [square, square, 3]), [side, side]).toInt());
  const [small, large] = [face(112), face(150)];
  const calls = {
    ssd: () => faceapi.detectAllFaces(tensor, ssd),
    landmark_68: () => nets.faceLandmark68Net.detectLandmarks(small),
    expression: () => nets.faceExpressionNet.predictExpressions(small),
    age_gender: () => nets.ageGenderNet.predictAgeAndGender(small),
    recognition: () => nets.faceRecognitionNet.computeFaceDescriptor(large),
  };
  const out = {};
  for (const [name, call] of Object.entries(calls)) {
    await call();
    const ms = await repeat(call, seconds, 5);
    out[name] = { best: Math.min(...ms), median: median(ms) };
  }
  tf.dispose([small, large]);
  return out;
}

async function main() {
  const { opt, rest } = options(process.argv.slice(2), { seconds: '5' });
  const bytes = readFileSync(rest[0]);
  let versions;
  const loadMs = await timed(async () => { versions = await load(); });
  const decodeMs = [];
  let tensor;
  for (let i = 0; i < 3; i++) {
    tensor?.dispose();
    decodeMs.push(await timed(async () => { tensor = decode(bytes); }));
  }
  let faces;
  const run = async () => { faces = await analyze(tensor); };
  const first = await timed(run);
  const ms = await repeat(run, Number(opt.seconds), 3);
  const stage = await stages(tensor, Number(opt.seconds) / 5);
  console.log(JSON.stringify({
    file: rest[0], ...versions, load: loadMs, first, calls: ms.length,
    best: Math.min(...ms), median: median(ms), decode: Math.min(...decodeMs),
    stages: stage, rss_mb: process.resourceUsage().maxRSS / 1024,
    faces: faces.map((f) => ({
      score: f.detection.score, age: f.age, gender: f.gender,
    })),
  }));
}

if (process.argv[1]?.endsWith('faceapi.mjs')) await main();
