// engine.js: readers by what is wanted, their networks fetched when first needed.

import { Core } from './core.js';
import { fetchModel, forgetModel } from './models.js';

/** @typedef {import('./core.js').Wish} Wish */

const WISH = ['detector', 'landmarks', 'descriptor', 'expression', 'age', 'gender', 'inputSize',
  'minScore', 'maxOverlap', 'maxFaces', 'tinyLandmarks', 'rotate'];
const MOST_READERS = 4;

/** The pixels of what a browser can draw. @param {any} source @param {OffscreenCanvas} canvas */
function draw(source, canvas) {
  const { width, height } = source;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context)
    throw new Error('no canvas to read the picture with');
  context.clearRect(0, 0, width, height);
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** The library with its networks, on one thread; a worker holds one. */
export class Engine {
  #core;
  #models;
  /** @type {Map<string, number>} */ #readers = new Map();
  /** @type {Map<string, Promise<void>>} */ #loads = new Map();
  /** @type {OffscreenCanvas|undefined} */ #canvas;

  /** @param {Core} core @param {string|URL} models */
  constructor(core, models) {
    this.#core = core;
    this.#models = models;
  }

  /** @param {WebAssembly.Module} module @param {string|URL} models */
  static async start(module, models) {
    return new Engine(await Core.start(module), models);
  }

  /**
   * Fetch one network.
   * @param {import('./core.js').Need} need @param {import('./models.js').Progress} [progress]
   */
  async #load(need, progress) {
    const bytes = await fetchModel(this.#models, need, progress);
    try {
      this.#core.addModel(need.name, bytes);
    } catch (e) {
      await forgetModel(need.sha256);
      throw e;
    }
  }

  /**
   * Fetch what a wish needs, all at once.
   * @param {Wish} wish @param {import('./models.js').Progress} [progress]
   */
  async load(wish, progress) {
    await Promise.all(this.#core.needs(wish).map((need) => {
      if (this.#core.hasModel(need.name))
        return undefined;
      let load = this.#loads.get(need.name);
      if (!load) {
        load = this.#load(need, progress).finally(() => this.#loads.delete(need.name));
        this.#loads.set(need.name, load);
      }
      return load;
    }));
  }

  /** The reader of a wish; the one used longest ago makes room. @param {Wish} wish */
  #readerOf(wish) {
    const key = JSON.stringify(WISH.map((k) => wish[/** @type {keyof Wish} */ (k)] ?? null));
    let reader = this.#readers.get(key);
    this.#readers.delete(key);
    if (reader === undefined) {
      for (const [old, r] of this.#readers) {
        if (this.#readers.size < MOST_READERS)
          break;
        this.#core.closeReader(r);
        this.#readers.delete(old);
      }
      reader = this.#core.openReader(wish);
    }
    this.#readers.set(key, reader);
    return reader;
  }

  /**
   * Fetch and plan, so that the first picture does not wait.
   * @param {Wish} wish @param {import('./models.js').Progress} [progress]
   */
  async prepare(wish, progress) {
    await this.load(wish, progress);
    this.#readerOf(wish);
  }

  /**
   * @param {any} picture pixels, or what a canvas can draw, such as an ImageBitmap
   * @param {Wish} wish @param {string} [file]
   */
  async detect(picture, wish, file) {
    await this.load(wish);
    const reader = this.#readerOf(wish);
    if (picture.data)
      return this.#core.read(reader, picture, file);
    this.#canvas ??= new OffscreenCanvas(1, 1);
    return this.#core.read(reader, draw(picture, this.#canvas), file);
  }

  /** Release the readers; networks stay. */
  free() {
    for (const reader of this.#readers.values())
      this.#core.closeReader(reader);
    this.#readers.clear();
  }

  /** Bytes of memory. */
  get memory() {
    return this.#core.memory;
  }
}
