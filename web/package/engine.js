// engine.js: readers by what is wanted, their networks fetched when first needed.

import { Core } from './core.js';
import { fetchModel, forgetModel } from './models.js';

/** @typedef {import('./core.js').Wish} Wish */
/** @typedef {import('./core.js').ObjectWish} ObjectWish */

const WISH = ['detector', 'landmarks', 'descriptor', 'expression', 'age', 'gender', 'inputSize',
  'minScore', 'maxOverlap', 'maxFaces', 'tinyLandmarks', 'rotate'];
const OBJECT_WISH = ['classes', 'minScore', 'maxOverlap', 'maxObjects', 'byClass'];
const MOST_KEPT = 4;

/** @param {string[]} names @param {Record<string, any>} wish */
const keyOf = (names, wish) => JSON.stringify(names.map((k) => wish[k] ?? null));

/**
 * What was opened for a key; of too many the one used longest ago is closed.
 * @param {Map<string, number>} all @param {string} key
 * @param {() => number} open @param {(one: number) => void} close
 */
function kept(all, key, open, close) {
  let one = all.get(key);
  all.delete(key);
  if (one === undefined) {
    for (const [old, other] of all) {
      if (all.size < MOST_KEPT)
        break;
      close(other);
      all.delete(old);
    }
    one = open();
  }
  all.set(key, one);
  return one;
}

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
  /** @type {Map<string, number>} */ #finders = new Map();
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
   * Fetch networks, all at once.
   * @param {import('./core.js').Need[]} needs @param {import('./models.js').Progress} [progress]
   */
  async #loadAll(needs, progress) {
    await Promise.all(needs.map((need) => {
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

  /** The reader of a wish. @param {Wish} wish */
  #readerOf(wish) {
    return kept(this.#readers, keyOf(WISH, wish), () => this.#core.openReader(wish),
      (reader) => this.#core.closeReader(reader));
  }

  /** The finder of a wish. @param {ObjectWish} wish */
  #finderOf(wish) {
    return kept(this.#finders, keyOf(OBJECT_WISH, wish), () => this.#core.openFinder(wish),
      (finder) => this.#core.closeFinder(finder));
  }

  /** @param {any} picture */
  #pixelsOf(picture) {
    if (picture.data)
      return picture;
    this.#canvas ??= new OffscreenCanvas(1, 1);
    return draw(picture, this.#canvas);
  }

  /**
   * Fetch and plan, so that the first picture does not wait.
   * @param {Wish} wish @param {import('./models.js').Progress} [progress]
   */
  async prepare(wish, progress) {
    await this.#loadAll(this.#core.needs(wish), progress);
    this.#readerOf(wish);
  }

  /**
   * The same for objects.
   * @param {ObjectWish} wish @param {import('./models.js').Progress} [progress]
   */
  async prepareObjects(wish, progress) {
    await this.#loadAll(this.#core.objectNeeds(), progress);
    this.#finderOf(wish);
  }

  /**
   * @param {any} picture pixels, or what a canvas can draw, such as an ImageBitmap
   * @param {Wish} wish @param {string} [file]
   */
  async detect(picture, wish, file) {
    await this.#loadAll(this.#core.needs(wish));
    return this.#core.read(this.#readerOf(wish), this.#pixelsOf(picture), file);
  }

  /**
   * @param {any} picture the same @param {ObjectWish} wish @param {string} [file]
   */
  async findObjects(picture, wish, file) {
    await this.#loadAll(this.#core.objectNeeds());
    return this.#core.find(this.#finderOf(wish), this.#pixelsOf(picture), file);
  }

  /** Release the readers; networks stay. */
  free() {
    for (const reader of this.#readers.values())
      this.#core.closeReader(reader);
    this.#readers.clear();
    for (const finder of this.#finders.values())
      this.#core.closeFinder(finder);
    this.#finders.clear();
  }

  /** Bytes of memory. */
  get memory() {
    return this.#core.memory;
  }
}
