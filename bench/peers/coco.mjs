// coco.mjs: coco-ssd's network with tf.js' wasm backend in node on one photo, as
// coco-ssd's detect() runs it.
//
//   node coco.mjs [--seconds 3] [--cpu] MODEL.JSON PHOTO.jpg
//
// Prints one line of JSON in milliseconds: first (from reading the files to the
// first answer on decoded pixels), best and median of later answers, and how many
// objects there are.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countProcessorTime, median, options, repeat, require, timed }
  from './timing.mjs';

const { opt, rest: [file, photo] } = options(process.argv.slice(2),
  { seconds: '3', cpu: false });
if (opt.cpu) countProcessorTime();
const tf = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(
  `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
if (wasm.setThreadsCount) wasm.setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

/** model.json and the files beside it. */
async function load() {
  const json = JSON.parse(readFileSync(file));
  const parts = json.weightsManifest.flatMap((g) => g.paths)
    .map((name) => readFileSync(join(dirname(file), name)));
  const all = Buffer.concat(parts);
  return tf.loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((g) => g.weights),
      weightData: all.buffer.slice(all.byteOffset, all.byteOffset + all.length),
    }),
  });
}

/** detect(image, 20, 0.5): how many objects. */
async function detect(model, image) {
  const batch = tf.expandDims(image);
  const [scores, boxes] = await model.executeAsync(batch);
  const [, n, classes] = scores.shape;
  const s = scores.dataSync();
  const most = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < classes; k++) {
      if (s[i * classes + k] > most[i]) most[i] = s[i * classes + k];
    }
  }
  const kept = tf.tidy(() => tf.image.nonMaxSuppression(
    tf.tensor2d(boxes.dataSync(), [n, 4]), most, 20, 0.5, 0.5));
  const found = kept.dataSync().length;
  tf.dispose([batch, scores, boxes, kept]);
  return found;
}

const jpeg = require('jpeg-js').decode(readFileSync(photo), {
  useTArray: true, formatAsRGBA: false, maxMemoryUsageInMB: 1024,
});
const image = tf.tensor3d(new Int32Array(jpeg.data),
  [jpeg.height, jpeg.width, 3], 'int32');
let model;
let objects = 0;
const first = await timed(async () => {
  model = await load();
  objects = await detect(model, image);
});
const ms = await repeat(() => detect(model, image), Number(opt.seconds), 5);
console.log(JSON.stringify({
  tfjs: tf.version_core, first, best: Math.min(...ms), median: median(ms),
  objects,
}));
