// page.mjs: the contenders, each behind the same few calls; run.mjs asks for them.
//
//   first(name)            milliseconds from the navigation to the contender's first answer
//   start(name), again()   one made ready; milliseconds of one more answer
//   nets(list, rounds)     the same of networks alone: our builds and onnxruntime-web
//   frames(n, warm)        bytes of memory before and after n frames

const NPM = '/npm/';
const SIDE = 640; // the photo is this wide

/** @param {string} src */
const script = (src) => new Promise((done, failed) => {
  const tag = document.createElement('script');
  tag.src = src;
  tag.onload = done;
  tag.onerror = () => failed(new Error(src));
  document.head.append(tag);
});

/** The photo, on a canvas. */
async function photo() {
  const bitmap = await createImageBitmap(await (await fetch('/photo.jpg')).blob());
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = Math.round(SIDE * bitmap.height / bitmap.width);
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function mien(wasm) {
  const { Mien } = await import('/package/mien.js');
  return Mien.load({ models: '/models/', wasm: `/package/${wasm}` });
}

const FACES = { detector: 'ssd', landmarks: true, descriptor: true };

async function mienFaces(wasm) {
  const [lib, canvas] = await Promise.all([mien(wasm), photo()]);
  return async () => (await lib.detect(canvas, FACES)).length;
}

async function mienObjects(wasm) {
  const [lib, canvas] = await Promise.all([mien(wasm), photo()]);
  return async () => (await lib.objects(canvas)).length;
}

async function faceApi() {
  const [api, canvas] = await Promise.all(
    [import(`${NPM}@vladmandic/face-api/dist/face-api.esm.js`), photo()]);
  api.tf.setWasmPaths(`${NPM}@tensorflow/tfjs-backend-wasm/dist/`);
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const models = `${NPM}@vladmandic/face-api/model`;
  await Promise.all([api.nets.ssdMobilenetv1, api.nets.faceLandmark68Net,
    api.nets.faceRecognitionNet].map((net) => net.loadFromUri(models)));
  if (api.tf.getBackend() !== 'wasm' || !await api.tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))
    throw new Error('face-api: not its wasm backend with SIMD');
  return async () => (await api.detectAllFaces(canvas, new api.SsdMobilenetv1Options())
    .withFaceLandmarks().withFaceDescriptors()).length;
}

async function cocoSsd() {
  const tf = `${NPM}@tensorflow/`;
  for (const file of ['tfjs-core/dist/tf-core.min.js', 'tfjs-converter/dist/tf-converter.min.js',
    'tfjs-backend-cpu/dist/tf-backend-cpu.min.js', 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js'])
    await script(tf + file);
  await script(`${NPM}@tensorflow-models/coco-ssd/dist/coco-ssd.min.js`);
  const { tf: t, cocoSsd: coco } = globalThis;
  t.wasm.setWasmPaths(`${tf}tfjs-backend-wasm/dist/`);
  await t.setBackend('wasm');
  await t.ready();
  const [model, canvas] = await Promise.all(
    [coco.load({ modelUrl: '/coco-ssd/model.json' }), photo()]);
  if (t.getBackend() !== 'wasm' || !await t.env().getAsync('WASM_HAS_SIMD_SUPPORT'))
    throw new Error('coco-ssd: not the wasm backend with SIMD');
  return async () => (await model.detect(canvas)).length;
}

/** The library's own choice of a build, for so many threads. */
async function mienThreads(threads) {
  const { Mien } = await import('/package/mien.js');
  const [lib, canvas] = await Promise.all([Mien.load({ models: '/models/', threads }), photo()]);
  if (lib.threads !== threads)
    throw new Error(`${lib.threads} threads, not ${threads}`);
  return { lib, canvas };
}

async function threadsFaces(threads) {
  const { lib, canvas } = await mienThreads(threads);
  return async () => (await lib.detect(canvas, FACES)).length;
}

async function threadsObjects(threads) {
  const { lib, canvas } = await mienThreads(threads);
  return async () => (await lib.objects(canvas)).length;
}

const CONTENDERS = {
  '1 thread': () => threadsFaces(1),
  '2 threads': () => threadsFaces(2),
  'objects, 1 thread': () => threadsObjects(1),
  'objects, 2 threads': () => threadsObjects(2),
  'mien': () => mienFaces('mien.wasm'),
  'mien, relaxed': () => mienFaces('mien-relaxed.wasm'),
  'face-api.js': faceApi,
  'mien objects': () => mienObjects('mien.wasm'),
  'mien objects, relaxed': () => mienObjects('mien-relaxed.wasm'),
  'coco-ssd': cocoSsd,
};

const median = (all) => all.slice().sort((a, b) => a - b)[all.length >> 1];

async function first(name) {
  const found = await (await CONTENDERS[name]())();
  return { ms: performance.now(), found };
}

/** Ways to do something, in turns. */
async function timed(ways, rounds, warm) {
  const names = Object.keys(ways);
  const ms = Object.fromEntries(names.map((name) => [name, []]));
  for (let r = -warm; r < rounds; r++)
    for (const name of names) {
      const start = performance.now();
      await ways[name]();
      if (r >= 0)
        ms[name].push(performance.now() - start);
    }
  return ms;
}

let answer;

async function start(name) {
  answer = await CONTENDERS[name]();
}

async function again() {
  const begun = performance.now();
  await answer();
  return performance.now() - begun;
}

/** What a program may ask the system here: nothing. */
const nothing = { get: (_, name) => (name === 'fd_prestat_get' ? () => 8 : () => 0),
  has: () => true };

async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function ours(wasm, file, shape) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(`/nets/${wasm}`),
    { wasi_snapshot_preview1: new Proxy({}, nothing) });
  const c = instance.exports;
  c._initialize();
  const at = c.net_alloc(file.length);
  new Uint8Array(c.memory.buffer).set(file, at);
  const plan = c.net_new(at, file.length, ...shape);
  if (!plan)
    throw new Error(`${wasm}: the network cannot be run`);
  return () => c.net_run(plan, 1);
}

async function theirs(ort, file, shape) {
  const session = await ort.InferenceSession.create(file,
    { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const n = shape.reduce((a, b) => a * b);
  const x = Float32Array.from({ length: n }, (_, i) => (i * 7919 % 1013) / 1013);
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', x, shape) };
  return () => session.run(feeds);
}

/** @param {{name: string, file: string, floats: string, shape: number[]}[]} list */
async function nets(list, rounds) {
  const ort = await import(`${NPM}onnxruntime-web/dist/ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = `${NPM}onnxruntime-web/dist/`;
  const rows = {};
  for (const { name, file, floats, shape } of list) {
    const bytes = await bytesOf(file);
    const plain = await ours('nets.wasm', bytes, shape);
    const relaxed = await ours('nets-relaxed.wasm', bytes, shape);
    const ways = { 'mien': plain, 'mien, relaxed': relaxed,
      'onnxruntime-web': await theirs(ort, await bytesOf(floats), shape) };
    const ms = await timed(ways, rounds, 6);
    rows[name] = Object.fromEntries(Object.entries(ms).map(([k, v]) => [k, median(v)]));
  }
  return rows;
}

/** Bytes that JavaScript and the library have, the worker's too. */
async function memory(lib) {
  const { breakdown } = await performance.measureUserAgentSpecificMemory();
  const heap = breakdown.filter(({ types }) => types.includes('JavaScript'))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return { wasm: await lib.memory(), heap };
}

/** Faces of frames that move, by the default detector, with landmarks and descriptors. */
async function frames(n, warm) {
  const { Mien } = await import('/package/mien.js');
  const [lib, canvas] = await Promise.all([Mien.load({ models: '/models/', threads: 1 }),
    photo()]);
  const frame = new OffscreenCanvas(canvas.width / 2, canvas.height);
  const context = frame.getContext('2d', { willReadFrequently: true });
  let faces = 0, before;
  for (let i = -warm; i < n; i++) {
    if (i === 0)
      before = await memory(lib);
    context.drawImage(canvas, -(i & 31), 0);
    faces += (await lib.detect(frame, { landmarks: true, descriptor: true })).length;
  }
  return { before, after: await memory(lib), faces };
}

Object.assign(globalThis, { first, start, again, nets, frames, ready: true });
