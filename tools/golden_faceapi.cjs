// golden_faceapi.cjs PHOTO.ppm: what face-api.js says of a photo: web/test/faceapi_golden.json.
// In a folder where npm installed @vladmandic/face-api@1.7.15, @tensorflow/tfjs@4.22.0 and
// @tensorflow/tfjs-backend-wasm@4.22.0.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

const here = createRequire(join(process.cwd(), 'x.js'));
const tf = here('@tensorflow/tfjs');
const wasm = here('@tensorflow/tfjs-backend-wasm');
const faceapi = here('@vladmandic/face-api/dist/face-api.node-wasm.js');
const weights = join(dirname(here.resolve('@vladmandic/face-api/package.json')), 'model');

const to = (decimals) => (v) => Number(v.toFixed(decimals));
const box = (d) => [d.box.x, d.box.y, d.box.width, d.box.height].map(to(3));
const points = (list) => list.map((p) => [p.x, p.y].map(to(3)));

/** What is known of a face, as plain numbers. */
function face(r) {
  const out = { score: to(6)(r.detection.score), box: box(r.detection) };
  if (r.landmarks)
    Object.assign(out, { landmarks: points(r.landmarks.positions),
      unshifted: points(r.unshiftedLandmarks.positions.slice(0, 3)),
      dims: [r.unshiftedLandmarks.imageWidth, r.unshiftedLandmarks.imageHeight],
      aligned: box(r.alignedRect) });
  if (r.expressions)
    out.expressions = Object.fromEntries(
      Object.entries(r.expressions).map(([k, v]) => [k, to(6)(v)]));
  if (r.age !== undefined)
    Object.assign(out, { age: to(4)(r.age), gender: r.gender,
      genderProbability: to(6)(r.genderProbability) });
  if (r.descriptor)
    out.descriptor = Array.from(r.descriptor, to(7));
  return out;
}

async function main() {
  wasm.setWasmPaths(`${dirname(here.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  for (const [name, net] of Object.entries(faceapi.nets))
    if (name !== 'tinyYolov2')
      await net.loadFromDisk(weights);
  const bytes = readFileSync(process.argv[2]);
  const [all, w, h] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64));
  const [width, height] = [Number(w), Number(h)];
  const photo = faceapi.tf.tensor3d(new Uint8Array(bytes.subarray(all.length)), [height, width, 3],
    'int32');
  const article8 = await faceapi.detectAllFaces(photo).withAgeAndGender().withFaceExpressions();
  const tiny = new faceapi.TinyFaceDetectorOptions({ inputSize: 512, scoreThreshold: 0.5 });
  const article13 = await faceapi.detectAllFaces(photo, tiny).withFaceLandmarks(true)
    .withFaceDescriptors();
  const single = await faceapi.detectSingleFace(photo).withFaceLandmarks().withFaceExpressions()
    .withAgeAndGender().withFaceDescriptor();
  const [a, b, c] = article13.map((r) => r.descriptor);
  const matcher = new faceapi.FaceMatcher([new faceapi.LabeledFaceDescriptors('a', [a, b]),
    new faceapi.LabeledFaceDescriptors('b', [c])], 0.5);
  console.log(JSON.stringify({
    made: '@vladmandic/face-api 1.7.15, tf.js 4.22.0 (wasm)', width, height,
    article8: article8.map(face), article13: article13.map(face), single: face(single),
    resized: face(faceapi.resizeResults(single, { width: width / 2, height: height * 2 })),
    matches: [a, b, c].map((d) => ({ nearest: matcher.matchDescriptor(d).label,
      distance: to(6)(matcher.matchDescriptor(d).distance),
      text: matcher.findBestMatch(d).toString() })),
  }));
}

main();
