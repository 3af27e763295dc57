// ort.mjs: a network file in ONNX Runtime, batch 1.
//
//   node ort.mjs [--threads 1] [--seconds 1] [--shape 1x3x320x320]
//                [--input IN.f32] [--output OUT.f32] FILE...
//
// Prints a line of JSON for each file: milliseconds (best, median, calls).  Free
// dimensions of a file need --shape.  --input reads float32 instead of making
// numbers; --output writes all results one after the other as float32.
import { readFileSync, writeFileSync } from 'node:fs';
import { median, options, repeat, require } from './timing.mjs';

const ort = require('onnxruntime-node');

/** A session that computes on `threads` threads and on no more. */
export function open(file, threads) {
  return ort.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

/** 0..255 from a small generator: the same as bench_nn makes. */
export function numbers(n) {
  const out = new Float32Array(n);
  let state = 1;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

/** The inputs of a session; shape fills in for dimensions that are free. */
export function feeds(session, shape, data) {
  const out = {};
  for (const meta of session.inputMetadata) {
    const dims = meta.shape.map((d, i) => {
      if (typeof d === 'number' && d > 0) return d;
      if (!shape || !(shape[i] > 0)) {
        throw new Error(`${meta.name}: free dimension ${i} needs --shape`);
      }
      return shape[i];
    });
    const n = dims.reduce((a, b) => a * b, 1);
    out[meta.name] = new ort.Tensor('float32', data ?? numbers(n), dims);
  }
  return out;
}

export const version = require('onnxruntime-node/package.json').version;

/** Runs for a time after warming up; all times in milliseconds. */
export async function measure(file, { threads, seconds, shape, data }) {
  const session = await open(file, threads);
  const input = feeds(session, shape, data);
  await repeat(() => session.run(input), seconds / 4, 3);
  const ms = await repeat(() => session.run(input), seconds, 5);
  const result = await session.run(input);
  await session.release();
  return {
    file, threads, calls: ms.length, best: Math.min(...ms),
    median: median(ms), result,
  };
}

function save(path, result) {
  const parts = Object.values(result).map((t) => Buffer.from(
    t.data.buffer, t.data.byteOffset, t.data.byteLength));
  writeFileSync(path, Buffer.concat(parts));
}

async function main() {
  const { opt, rest } = options(process.argv.slice(2), {
    threads: '1', seconds: '1', shape: '', input: '', output: '',
  });
  const shape = opt.shape ? opt.shape.split('x').map(Number) : null;
  let data = null;
  if (opt.input) {
    const bytes = readFileSync(opt.input);
    data = new Float32Array(new Uint8Array(bytes).buffer);
  }
  for (const file of rest) {
    const { result, ...row } = await measure(file, {
      threads: Number(opt.threads), seconds: Number(opt.seconds), shape, data,
    });
    if (opt.output) save(opt.output, result);
    console.log(JSON.stringify(row));
  }
}

if (process.argv[1]?.endsWith('ort.mjs')) await main();
