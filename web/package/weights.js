// weights.js: networks from face-api.js' own files, and faces in its shapes: what faceapi.js
// stands on.

import { faceNeeds, readFaces } from './faces.js';
import { MienError } from './library.js';
import { fetchBytes } from './models.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./library.js').Library} Library */

const PACKED = ['', 'uint8', 'uint16', 'float16'];
const MAX_RANK = 6;

/**
 * @typedef {object} Weight as a manifest of tf.js has it
 * @property {string} name
 * @property {number[]} shape
 * @property {string} dtype
 * @property {{dtype: string, scale?: number, min?: number}} [quantization]
 */

/**
 * Weights of a manifest, and the files of their bytes.
 * @param {string} at @param {Uint8Array} bytes @returns {{paths: string[], weights: Weight[]}}
 */
function readManifest(at, bytes) {
  let groups;
  try {
    groups = JSON.parse(new TextDecoder().decode(bytes));
  } catch (e) {
    throw new MienError('EFORMAT', `${at}: ${/** @type {Error} */ (e).message}`);
  }
  if (!Array.isArray(groups) || !groups.every((g) => Array.isArray(g?.paths) &&
      Array.isArray(g.weights) && g.weights.every((/** @type {any} */ w) => w instanceof Object)))
    throw new MienError('EFORMAT', `${at}: wanted is a list of groups with paths and weights`);
  return { paths: groups.flatMap((g) => g.paths), weights: groups.flatMap((g) => g.weights) };
}

/** A weight as a web_weight. @param {Library} lib @param {Weight} weight */
function putWeight(lib, { name, shape, dtype, quantization: q }) {
  const packed = PACKED.indexOf(q?.dtype ?? '');
  if (packed < 0 || (dtype !== 'float32' && dtype !== 'int32'))
    throw new MienError('EUNSUP', `manifest: '${name}': ${dtype} packed as ${q?.dtype}; wanted ` +
      'are float32 and int32, packed as uint8, uint16, float16 or not');
  if (!Array.isArray(shape) || shape.length > MAX_RANK ||
      !shape.every((n) => Number.isInteger(n) && n > 0 && n < 2 ** 31))
    throw new MienError('EFORMAT', `manifest: '${name}': shape is ${JSON.stringify(shape)}; ` +
      `wanted are at most ${MAX_RANK} whole numbers`);
  const view = lib.view();
  view.setFloat64(lib.scratch, q?.scale ?? 0, true);
  view.setFloat64(lib.scratch + 8, q?.min ?? 0, true);
  [shape.length, dtype === 'int32' ? 1 : 0, packed, ...shape].forEach((n, i) =>
    view.setInt32(lib.scratch + 16 + 4 * i, n, true));
  return lib.scratch;
}

/**
 * Make a network of weights and their bytes.
 * @param {Library} lib @param {string} kind @param {Weight[]} weights @param {Uint8Array} bytes
 */
function build(lib, kind, weights, bytes) {
  const list = lib.handle((out) => lib.c.web_weights_new(lib.web, out));
  try {
    for (const weight of weights)
      lib.withText(String(weight.name ?? ''), (name) => lib.check(
        lib.c.web_weights_add(lib.web, list, name, putWeight(lib, weight))));
    lib.withText(kind, (name) => lib.withBytes(bytes, (at) => lib.check(
      lib.c.web_weights_build(lib.web, list, name, at, bytes.length))));
  } finally {
    lib.c.web_weights_free(list);
  }
}

/** A file beside another. @param {string} at @param {string} path */
const beside = (at, path) => /^[a-z]+:/.test(at) ? new URL(path, at).href
  : at.replace(/[^/]*$/, '') + path;

/**
 * Weights and their bytes, all files at once.
 * @param {string} at address of a manifest; in node a file
 * @returns {Promise<{weights: Weight[], bytes: Uint8Array}>}
 */
export async function fetchWeights(at) {
  const { paths, weights } = readManifest(at, await fetchBytes(at));
  const parts = await Promise.all(paths.map((path) => fetchBytes(beside(at, path))));
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((n, part) => (bytes.set(part, n), n + part.length), 0);
  return { weights, bytes };
}

/**
 * What can be asked of an engine.
 * @type {Record<string, (engine: Engine, args: any[]) => any>}
 */
export const FACEAPI = {
  buildFaceapi: ({ lib }, [kind, { weights, bytes }]) => {
    if (!lib.withText(kind, (name) => lib.c.web_has_model(lib.web, name)))
      build(lib, kind, weights, bytes);
  },
  detectFaceapi: async (engine, [picture, wish]) => {
    const { lib } = engine;
    for (const { name } of faceNeeds(lib, wish))
      if (!lib.withText(name, (at) => lib.c.web_has_model(lib.web, at)))
        throw new MienError('EARG', `${name}: it is not loaded`);
    const reader = engine.reader(wish);
    const { faces } = readFaces(lib, reader, engine.pixels(picture));
    lib.check(lib.c.web_faceapi(lib.web, reader));
    return lib.json().map((/** @type {any} */ face, /** @type {number} */ i) =>
      (faces[i].descriptor ? { ...face, descriptor: faces[i].descriptor } : face));
  },
};
