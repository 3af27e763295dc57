// models.js: the files of networks, from where the page keeps them.

import { MienError } from './library.js';

const CACHE = 'mien-models';

/**
 * @callback Progress
 * @param {{file: string, loaded: number, total: number}} state bytes; total 0: not known
 */

/** @typedef {{name: string, task: string, file: string, sha256: string}} Need a network */

/** In node, folders are read without a server. @param {URL|string} at */
async function readFile(at) {
  const fs = 'node:fs/promises'; // a name that bundlers for pages do not look for
  const { readFile: read } = await import(/* webpackIgnore: true */ /* @vite-ignore */ fs);
  return new Uint8Array(await read(at));
}

/** @param {URL|string} at */
const isFile = (at) => !/^(https?|blob|data):/.test(String(at));
const inNode = typeof process !== 'undefined' && !!process.versions?.node;

/**
 * A body, told piece by piece.
 * @param {Response} response @param {string} file @param {Progress} [progress]
 */
async function bodyOf(response, file, progress) {
  const total = Number(response.headers.get('content-length') ?? 0);
  if (!progress || !response.body)
    return new Uint8Array(await response.arrayBuffer());
  const parts = [];
  let loaded = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      break;
    parts.push(value);
    loaded += value.length;
    progress({ file, loaded, total });
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Ask for an address.
 * @template T @param {string|URL} url @param {(response: Response) => Promise<T>} read
 */
async function get(url, read) {
  try {
    const response = await fetch(url);
    if (response.ok)
      return await read(response);
    throw new Error(`${response.status} ${response.statusText}`);
  } catch (e) {
    throw new MienError('EIO', `${url}: ${/** @type {Error} */ (e).message}`);
  }
}

/**
 * What the browser's store has; a store that fails has nothing.
 * @param {Cache|undefined} cache @param {string} key
 */
async function keptBytes(cache, key) {
  try {
    const kept = await cache?.match(key);
    return kept && new Uint8Array(await kept.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** The browser's store of models by digest; undefined where there is none. */
async function openCache() {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined; // private windows and files refuse it: every load fetches
  }
}

/**
 * Put a file into the browser's store; where that is full the next load fetches it again.
 * @param {Cache|undefined} cache @param {string} key @param {Uint8Array} bytes
 */
async function put(cache, key, bytes) {
  try {
    await cache?.put(key, new Response(/** @type {BufferSource} */ (bytes)));
  } catch {
    // as said
  }
}

/**
 * The SHA-256 of bytes, where the engine computes it itself, on another thread; undefined where
 * it does not, as on pages that are not secure.
 * @param {Uint8Array} bytes
 */
export async function digestOf(bytes) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    return undefined;
  const digest = await subtle.digest('SHA-256', /** @type {BufferSource} */ (bytes));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * A file, from the browser's store if it has it; else `keep` puts it there, which is better done
 * when nobody waits for an answer.
 * @param {string|URL} base folder of the models
 * @param {{file: string, sha256?: string}} model without a digest it is not kept
 * @param {Progress} [progress]
 * @returns {Promise<{bytes: Uint8Array, keep: () => Promise<void>}>}
 */
export async function fetchModel(base, model, progress) {
  const keep = async () => undefined;
  const folder = String(base).replace(/\/?$/, '/');
  if (inNode && isFile(folder)) {
    try {
      const path = folder.startsWith('file:') ? new URL(model.file, folder)
        : folder + model.file;
      return { bytes: await readFile(path), keep };
    } catch (e) {
      throw new MienError('EIO', `${model.file}: ${/** @type {Error} */ (e).message}`);
    }
  }
  const url = new URL(folder + model.file, globalThis.location?.href).href;
  const key = `${url}?sha256=${model.sha256}`;
  const cache = model.sha256 ? await openCache() : undefined;
  const there = await keptBytes(cache, key);
  if (there)
    return { bytes: there, keep };
  const bytes = await get(url, (response) => bodyOf(response, model.file, progress));
  return { bytes, keep: () => put(cache, key, bytes) };
}

/**
 * The bytes of an address, in node of a file too.
 * @param {string} at @returns {Promise<Uint8Array>}
 */
export async function fetchBytes(at) {
  if (!inNode || !isFile(at))
    return get(at, async (response) => new Uint8Array(await response.arrayBuffer()));
  try {
    return await readFile(at.startsWith('file:') ? new URL(at) : at);
  } catch (e) {
    throw new MienError('EIO', `${at}: ${/** @type {Error} */ (e).message}`);
  }
}

/** Forget a file that proved to be another one. @param {string} sha256 */
export async function forgetModel(sha256) {
  const cache = await openCache();
  for (const request of await cache?.keys() ?? [])
    if (request.url.endsWith(sha256))
      await cache?.delete(request);
}

/**
 * mien.wasm, compiled.
 * @param {string|URL} at
 */
export async function compileWasm(at) {
  if (inNode && isFile(at))
    return WebAssembly.compile(await readFile(at));
  if (inNode && String(at).startsWith('file:'))
    return WebAssembly.compile(await readFile(new URL(at)));
  return get(at, async (response) => {
    if (response.headers.get('content-type')?.startsWith('application/wasm'))
      return WebAssembly.compileStreaming(response);
    return WebAssembly.compile(await response.arrayBuffer());
  });
}
