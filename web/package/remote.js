// remote.js: an engine in a worker.

import { MienError } from './library.js';

/** @typedef {import('./models.js').Progress} Progress */

/** What is handed to the worker instead of copied. @param {any[]} args */
const moved = (args) =>
  args.filter((a) => typeof ImageBitmap === 'function' && a instanceof ImageBitmap);

/** An engine in a worker. */
export class Remote {
  #worker;
  #next = 1;
  #runs = false; // it has answered
  /** Why no more answers come. @type {MienError|undefined} */ #end;
  /** Threads that work. */ threads = 1;
  /** @type {Map<number, {resolve: Function, reject: Function, progress?: Progress}>} */
  #open = new Map();

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      this.#runs = true;
      const call = this.#open.get(data.id);
      if (data.progress)
        return call?.progress?.(data.progress);
      this.#open.delete(data.id);
      return data.error ? call?.reject(new MienError(data.error.code ?? 'EIO', data.error.text))
        : call?.resolve(data.result);
    };
    worker.onerror = (e) => {
      const why = new MienError('EIO', `worker: ${e.message || 'could not be started'}`);
      if (!this.#runs)
        this.#end ??= why;
      this.#fail(why);
    };
    worker.onmessageerror = () => this.#fail(
      new MienError('EIO', 'worker: its answer could not be read'));
  }

  /** What was asked gets no answer. @param {MienError} why */
  #fail(why) {
    for (const call of this.#open.values())
      call.reject(why);
    this.#open.clear();
  }

  /**
   * As Engine's call; bitmaps among the arguments are handed over.
   * @param {string} call @param {any[]} args @param {Progress} [progress] @returns {Promise<any>}
   */
  call(call, args, progress) {
    return new Promise((resolve, reject) => {
      if (this.#end)
        throw this.#end;
      const id = this.#next++;
      this.#open.set(id, { resolve, reject, progress });
      try {
        this.#worker.postMessage({ id, call, args }, moved(args));
      } catch (e) {
        this.#open.delete(id);
        throw new MienError('EARG', /** @type {Error} */ (e).message);
      }
    });
  }

  /** @param {WebAssembly.Module} module @param {string} models @param {number} threads */
  async start(module, models, threads) {
    this.threads = await this.call('start', [module, models, threads]);
  }

  free() {
    this.#end = new MienError('EARG', 'mien was freed');
    this.#fail(this.#end);
    this.#worker.terminate();
  }
}
