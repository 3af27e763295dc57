// threads.js: the helpers of an engine, started before they are needed: what a pool of
// mien-threads.wasm has for threads.

import { MienError } from './library.js';

/** @typedef {import('./library.js').Library} Library */

const STACK = 1 << 18; // bytes; kernels keep little on it
const MOST = 16; // threads
const PATIENCE = 10000; // milliseconds until a helper counts as failed

/** Whether memory can be shared here: a page that is cross-origin isolated, or node. */
export function canShare() {
  return typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;
}

/**
 * How many threads to use: what was asked for, else four at most on an isolated page, elsewhere
 * one.
 * @param {unknown} wanted @returns {number}
 */
export function threadsOf(wanted) {
  if (wanted !== undefined && (!Number.isInteger(wanted) || Number(wanted) < 1))
    throw new MienError('EARG', `threads: ${wanted}; a whole number from 1 is wanted`);
  const isolated = globalThis.crossOriginIsolated === true;
  const usual = isolated ? Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 1) : 1;
  return canShare() ? Math.min(MOST, Number(wanted ?? usual)) : 1;
}

/** A worker of the page or of node. @param {URL} url @returns {Promise<any>} */
async function newWorker(url) {
  if (typeof Worker === 'function')
    return new Worker(new URL('./helper.js', import.meta.url), { type: 'module' });
  const threads = 'node:worker_threads'; // a name that bundlers for pages do not look for
  const node = await import(/* @vite-ignore */ /* webpackIgnore: true */ threads);
  const worker = new node.Worker(url);
  worker.unref();
  return worker;
}

/**
 * Wait for the word of a helper.
 * @param {any} worker @param {any} task @returns {Promise<boolean>}
 */
function ready(worker, task) {
  return new Promise((done) => {
    const late = setTimeout(() => done(false), PATIENCE);
    const said = (/** @type {boolean} */ good) => {
      clearTimeout(late);
      done(good);
    };
    if (typeof worker.on === 'function') {
      worker.on('message', (/** @type {string} */ text) => said(text === 'ready'));
      worker.on('error', () => said(false));
    } else {
      worker.onmessage = (/** @type {MessageEvent} */ { data }) => said(data === 'ready');
      worker.onerror = () => said(false);
    }
    worker.postMessage(task);
  });
}

/** The helpers of one library. */
export class Helpers {
  #lib;
  #pool = 0;
  /** @type {any[]} */ #workers = [];

  /** @param {Library} lib */
  constructor(lib) {
    this.#lib = lib;
  }

  /** Threads that work, the library's own counted. */
  get threads() {
    return 1 + this.#workers.length;
  }

  /**
   * Start helpers; those that fail are done without.
   * @param {WebAssembly.Module} module @param {number} threads
   * @param {URL} [url] of what they run
   */
  async start(module, threads, url = new URL('./helper.js', import.meta.url)) {
    const { c, shared } = this.#lib;
    if (threads < 2 || !shared)
      return;
    this.#pool = c.web_threads(this.#lib.web, threads);
    if (!this.#pool)
      return;
    const all = Array.from({ length: threads - 1 }, (_, i) => this.#one(module, i + 1, url));
    this.#workers = (await Promise.all(all)).filter(Boolean);
  }

  /** @param {WebAssembly.Module} module @param {number} lane @param {URL} url */
  async #one(module, lane, url) {
    const stack = (this.#lib.alloc(STACK) + STACK) & ~15;
    let worker;
    try {
      worker = await newWorker(url);
      const task = { module, memory: this.#lib.shared, pool: this.#pool, lane, stack };
      if (await ready(worker, task))
        return worker;
    } catch {
      // as one that did not start
    }
    worker?.terminate();
    return undefined;
  }

  /** Let them go; the library goes on alone. */
  free() {
    if (this.#pool)
      this.#lib.c.pool_stop(this.#pool);
    for (const worker of this.#workers)
      worker.terminate();
    this.#workers = [];
  }
}
