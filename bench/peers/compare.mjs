// compare.mjs: mien against its peers, in turns, so that what else the machine
// does falls on both alike.
//
//   node compare.mjs --bin DIR --models DIR --float32 DIR --photo JPEG
//                    [--yunet DIR] [--rounds 5] [--seconds 0.4] [--json OUT]
//                    [--only NAME|pipeline] [--cpu]
//
// --bin is the build folder (bench/bench_nn, bin/mien, ...); --models holds the
// files mien wrote with 8-bit weights, --float32 the same with floats.  In every
// round each side runs for a time; a side's figure in a round is its best call,
// a ratio is theirs over ours in the same round, and the table shows medians
// over the rounds.  --cpu takes the processor's time of each process instead of
// the clock's, at one thread: for a machine that does other work too.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from './ort.mjs';
import * as faceapi from './faceapi.mjs';
import {
  countProcessorTime, median, options, repeat, timed,
} from './timing.mjs';

const { opt } = options(process.argv.slice(2), {
  bin: 'build', models: '', float32: '', yunet: '', photo: '', rounds: '5',
  seconds: '0.4', json: '', only: '', cpu: false,
});
if (opt.cpu) countProcessorTime();
const clock = opt.cpu ? ['--cpu'] : [];
const rounds = Number(opt.rounds);
const seconds = Number(opt.seconds);

// name, file, shape where the file leaves dimensions free
const networks = [
  ['yunet_n 320', 'yunet_n_320_320.onnx', null],
  ['yunet_n 640', 'yunet_n_640_640.onnx', null],
  ['yunet_n dynamic 320', 'yunet_n_dynamic.onnx', [1, 3, 320, 320]],
  ['yunet_n dynamic 640', 'yunet_n_dynamic.onnx', [1, 3, 640, 640]],
  ['yunet_s 320', 'yunet_s_320_320.onnx', null],
  ['tiny 416', 'tiny_face_detector.onnx', [1, 3, 416, 416]],
  ['ssd', 'ssd_mobilenetv1.onnx', [1, 3, 512, 512]],
  ['coco', 'ssdlite_mobilenet_v2.onnx', [1, 3, 300, 300]],
  ['landmark_68', 'face_landmark_68.onnx', [1, 3, 112, 112]],
  ['landmark_68_tiny', 'face_landmark_68_tiny.onnx', [1, 3, 112, 112]],
  ['expression', 'face_expression.onnx', [1, 3, 112, 112]],
  ['age_gender', 'age_gender.onnx', [1, 3, 112, 112]],
  ['recognition', 'face_recognition.onnx', [1, 3, 150, 150]],
];

/** The JSON a program of ours prints, one object a line. */
function ours(program, ...args) {
  const run = spawnSync(join(opt.bin, program), args, {
    encoding: 'utf8', env: { ...process.env, MIEN_MODELS: opt.models },
  });
  if (run.status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${run.stderr || run.error}`);
  }
  return JSON.parse(run.stdout.trim().split('\n').at(-1));
}

const output = join(tmpdir(), `mien-bench-${process.pid}.f32`);

function benchNn(peak, threads, shape, file, extra = []) {
  const args = ['--json', '--threads', threads, '--seconds', seconds,
    '--peak', peak, ...clock, ...extra];
  if (shape) args.push('--shape', shape.join('x'));
  return ours('bench/bench_nn', ...args.map(String), file);
}

/** Largest difference over the largest number, all outputs together. */
function difference(result, file) {
  const bytes = readFileSync(file);
  const mine = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  let worst = 0;
  for (const t of Object.values(result)) {
    let largest = 1e-30;
    let off = 0;
    for (let i = 0; i < t.data.length; i++, at++) {
      const d = Math.abs(t.data[i] - mine[at]);
      off = Math.max(off, Number.isNaN(d) ? Infinity : d);
      largest = Math.max(largest, Math.abs(t.data[i]));
    }
    worst = Math.max(worst, off / largest);
  }
  return at === mine.length ? worst : Infinity;
}

/** The files of a network that ONNX Runtime is given. */
function variants(file) {
  const found = {};
  for (const [kind, dir] of [['uint8', opt.models], ['float32', opt.float32],
    ['own', opt.yunet]]) {
    if (dir && existsSync(join(dir, file))) found[kind] = join(dir, file);
  }
  if (found.own) return { own: found.own };
  return found;
}

async function compareNetwork([name, file, shape], threads, peak) {
  const files = variants(file);
  if (!Object.keys(files).length) return null;
  const peers = {};
  for (const [kind, path] of Object.entries(files)) {
    const session = await ort.open(path, threads);
    const input = ort.feeds(session, shape);
    const run = () => session.run(input);
    await repeat(run, seconds / 2, 3);
    peers[kind] = { session, run, best: [] };
  }
  const mine = files.uint8 ?? files.own ?? files.float32;
  const rows = [];
  for (let r = 0; r < rounds; r++) {
    rows.push(benchNn(peak, threads, shape, mine));
    for (const peer of Object.values(peers)) {
      peer.best.push(Math.min(...await repeat(peer.run, seconds, 3)));
    }
  }
  benchNn(peak, threads, shape, mine, ['--output', output]);
  const off = difference(await Object.values(peers)[0].run(), output);
  const theirs = rows.map((_, r) => Math.min(
    ...Object.values(peers).map((p) => p.best[r])));
  for (const peer of Object.values(peers)) await peer.session.release();
  return {
    name, file, threads, gflop: rows[0].gflop,
    ours_ms: median(rows.map((x) => x.best)),
    gflops: median(rows.map((x) => x.gflops)),
    share_of_peak: median(rows.map((x) => x.share)),
    conv3x3_share: median(rows.map((x) => x.conv3x3_share)),
    plan_ms: median(rows.map((x) => x.plan)),
    ort_ms: Object.fromEntries(Object.entries(peers).map(
      ([kind, p]) => [kind, median(p.best)])),
    ratio: median(rows.map((x, r) => theirs[r] / x.best)),
    ratios: rows.map((x, r) => theirs[r] / x.best),
    largest_difference: off,
  };
}

async function comparePipeline() {
  const versions = await faceapi.load();
  const bytes = readFileSync(opt.photo);
  const tensor = faceapi.decode(bytes);
  const first = await timed(() => faceapi.analyze(tensor));
  await faceapi.analyze(tensor);
  const rows = [];
  for (let r = 0; r < rounds; r++) {
    const theirs = Math.min(...await repeat(
      () => faceapi.analyze(tensor), 0, 2));
    const decode = await timed(async () => faceapi.decode(bytes).dispose());
    const run = (threads) => ours('bench/bench_pipeline', '--json',
      '--threads', String(threads), '--seconds', '1', ...clock, opt.photo);
    rows.push({ theirs, decode, one: run(1), two: run(2) });
  }
  tensor.dispose();
  const of = (get) => median(rows.map(get));
  const side = (key) => {
    const out = { first_ms: of((r) => r[key].first) };
    for (const part of ['best', 'decode', 'detect', 'landmarks', 'descriptor',
      'attributes', 'load', 'make']) {
      out[part] = of((r) => r[key][part]);
    }
    out.ratio = of((r) => r.theirs / r[key].best);
    out.ratio_with_decode = of((r) => (r.theirs + r.decode)
      / (r[key].best + r[key].decode));
    return out;
  };
  return {
    photo: opt.photo.split('/').at(-1), faces: rows[0].one.faces, versions,
    faceapi_ms: of((r) => r.theirs), faceapi_decode_ms: of((r) => r.decode),
    faceapi_first_ms: first,
    one_thread: side('one'), two_threads: side('two'),
  };
}

/** Whole processes of the command: time from start to end, memory. */
function processes() {
  const mien = join(opt.bin, 'bin/mien');
  if (!existsSync(mien)) return null;
  const all = ['--landmarks', '--descriptors', '--attributes',
    'age,gender,expression'];
  const run = (threads, ...args) => ours('bench/bench_start', '--runs', '9',
    '--json', '--', mien, 'analyze', '--models', opt.models, '--json',
    '--threads', String(threads), ...args, opt.photo);
  const out = {};
  for (const threads of [1, 2]) {
    const key = (name) => `${name}, ${threads} thread${threads > 1 ? 's' : ''}`;
    out[key('boxes (default)')] = run(threads);
    out[key('boxes, 68 points')] = run(threads, '--landmarks');
    out[key('everything, default detector')] = run(threads, ...all);
    out[key('everything, SSD')] = run(threads, '--detector', 'ssd', ...all);
  }
  return out;
}

const ms = (x) => (x === undefined ? '-' : x.toFixed(x < 10 ? 3 : 1));
const bar = (ratio, want) => (ratio >= want ? 'yes' : 'NO');

function printNetworks(rows) {
  console.log('\n| network | threads | mien ms | GFLOP/s | of peak | '
    + '3x3 alone | ORT ms (uint8) | ORT ms (float32 or own) | '
    + 'ORT / mien | bar 1.0 | largest difference |\n'
    + '|---|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|');
  for (const r of rows) {
    console.log(`| ${r.name} | ${r.threads} | ${ms(r.ours_ms)} | `
      + `${r.gflops.toFixed(1)} | ${(100 * r.share_of_peak).toFixed(0)} % | `
      + `${(100 * r.conv3x3_share).toFixed(0)} % | ${ms(r.ort_ms.uint8)} | `
      + `${ms(r.ort_ms.float32 ?? r.ort_ms.own)} | `
      + `${r.ratio.toFixed(2)} | ${bar(r.ratio, 1)} | `
      + `${r.largest_difference.toExponential(1)} |`);
  }
}

function printPipeline(p) {
  console.log(`\n${p.photo}, ${p.faces} faces: SSD, 68 points, expression, age,`
    + ' gender, descriptor\n\n| | ms | face-api.js / mien | with decoding |'
    + ' bar 8 |\n|---|--:|--:|--:|---|');
  console.log(`| face-api.js ${p.versions.faceapi}, wasm in node | `
    + `${ms(p.faceapi_ms)} (decoding ${ms(p.faceapi_decode_ms)}, first answer `
    + `${ms(p.faceapi_first_ms)}) | | | |`);
  for (const [name, s] of [['one thread', p.one_thread],
    ['two threads', p.two_threads]]) {
    console.log(`| mien, ${name} | ${ms(s.best)} (decoding ${ms(s.decode)}) | `
      + `${s.ratio.toFixed(1)} | ${s.ratio_with_decode.toFixed(1)} | `
      + `${bar(s.ratio, 8)} |`);
  }
  const s = p.one_thread;
  console.log(`\none thread: detect ${ms(s.detect)}, landmarks `
    + `${ms(s.landmarks)}, attributes ${ms(s.attributes)}, descriptor `
    + `${ms(s.descriptor)}; models ready after ${ms(s.make)}, first answer `
    + `after ${ms(s.first_ms)} ms (decoding included)`);
}

function printProcesses(p) {
  console.log('\n| mien analyze, whole process | best ms | median ms | '
    + 'peak MB |\n|---|--:|--:|--:|');
  for (const [name, r] of Object.entries(p)) {
    console.log(`| ${name} | ${ms(r.best)} | ${ms(r.median)} | `
      + `${r.peak_mb.toFixed(1)} |`);
  }
}

const peaks = [0, 1, 2].map(() => ours('bench/bench_nn', '--json', ...clock));
const peak = Math.max(...peaks.map((p) => p.peak));
const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0].model, cores: cpus().length, isa: peaks[0].isa,
    peak_gflops: peak, node: process.version },
  onnxruntime: ort.version, networks: [],
};
console.log(`${report.machine.cpu}, ${report.machine.cores} cores, `
  + `${report.machine.isa}, ${peak.toFixed(0)} GFLOP/s a core; `
  + `ONNX Runtime ${ort.version}; ${report.date}`);
for (const net of networks) {
  if (opt.only && !net[0].includes(opt.only)) continue;
  for (const threads of opt.cpu ? [1] : [1, 2]) {
    const row = await compareNetwork(net, threads, peak);
    if (row) report.networks.push(row);
    else if (threads === 1) console.error(`${net[1]}: not there, left out`);
  }
}
printNetworks(report.networks);
if (opt.photo && (!opt.only || opt.only === 'pipeline')) {
  report.pipeline = await comparePipeline();
  printPipeline(report.pipeline);
  report.processes = processes();
  if (report.processes) printProcesses(report.processes);
}
if (opt.json) writeFileSync(opt.json, `${JSON.stringify(report, null, 1)}\n`);
