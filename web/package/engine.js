// engine.js: what a worker does for a page: readers by what is wanted, their networks fetched
// when first needed.

import { CODER_CALLS } from './autoencoder.js';
import { CASCADE_CALLS } from './cascade.js';
import { WISH, closeReader, faceNeeds, openReader, readFaces } from './faces.js';
import { writeGif } from './gif.js';
import { Held } from './held.js';
import { Library, MienError } from './library.js';
import { digestOf, fetchModel, forgetModel } from './models.js';
import { OBJECT_WISH, closeFinder, findObjects, objectNeeds, openFinder } from './objects.js';
import { SMILE_CALLS } from './smile.js';
import { TABLE_CALLS } from './tables.js';
import { Helpers } from './threads.js';
import { TRACK_CALLS } from './track.js';
import { FACEAPI } from './weights.js';

/** @typedef {import('./faces.js').Wish} Wish */
/** @typedef {import('./objects.js').ObjectWish} ObjectWish */
/** @typedef {import('./models.js').Need} Need */
/** @typedef {import('./models.js').Progress} Progress */

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
  lib;
  models;
  helpers;
  /** @type {Held<import('./cascade.js').OpenCascade>} */ cascades = new Held('cascade');
  /** @type {Held<import('./tables.js').OpenTable>} */ tables = new Held('table');
  /** @type {Held<import('./tables.js').OpenTabular>} */ tabulars = new Held('model');
  /** @type {Held<import('./track.js').OpenTracker>} */ trackers = new Held('tracker');
  /** @type {Held<import('./smile.js').OpenSmiles>} */ smiles = new Held('smiles');
  /** @type {Held<import('./autoencoder.js').OpenCoder>} */ coders = new Held('auto-encoder');
  /** @type {Map<string, number>} */ #readers = new Map();
  /** @type {Map<string, number>} */ #finders = new Map();
  /** @type {Map<string, Promise<void>>} */ #loads = new Map();
  /** Puts networks that were fetched into the browser's store. */
  /** @type {(() => Promise<void>)[]} */ #keep = [];
  /** @type {OffscreenCanvas|undefined} */ #canvas;

  /** @param {Library} lib @param {string|URL} models */
  constructor(lib, models) {
    this.lib = lib;
    this.models = models;
    this.helpers = new Helpers(lib);
  }

  /** @param {WebAssembly.Module} module @param {string|URL} models @param {number} [threads] */
  static async start(module, models, threads = 1) {
    const engine = new Engine(await Library.start(module), models);
    await engine.helpers.start(module, threads);
    return engine;
  }

  /** Threads that work. */
  get threads() {
    return this.helpers.threads;
  }

  /**
   * One of CALLS, in its turn.
   * @param {string} name @param {any[]} args @param {Progress} [progress] @returns {Promise<any>}
   */
  async call(name, args, progress) {
    if (!Object.hasOwn(CALLS, name))
      throw new MienError('EARG', `${name}: no such call`);
    try {
      return await CALLS[name](this, args, progress);
    } finally {
      args[0]?.close?.(); // a bitmap was made for this call
      setTimeout(() => this.keep()); // after the answer
    }
  }

  /** Fetch one network. @param {Need} need @param {Progress} [progress] */
  async #load(need, progress) {
    const { bytes, keep } = await fetchModel(this.models, need, progress);
    try {
      this.#add(need.name, await digestOf(bytes), bytes);
      this.#keep.push(keep);
    } catch (e) {
      await forgetModel(need.sha256);
      throw e;
    }
  }

  /** @param {string} name @param {string|undefined} digest @param {Uint8Array} bytes */
  #add(name, digest, bytes) {
    const { lib } = this;
    const add = (/** @type {number} */ sha256) => lib.withText(name, (at) => lib.check(
      lib.c.web_add_model(lib.web, at, sha256, lib.put(bytes), bytes.length)));
    if (digest)
      lib.withText(digest, add);
    else
      add(0);
  }

  /** Put what was fetched into the browser's store. */
  async keep() {
    await Promise.all(this.#keep.splice(0).map((one) => one()));
  }

  /** Fetch networks, all at once. @param {Need[]} needs @param {Progress} [progress] */
  async loadAll(needs, progress) {
    await Promise.all(needs.map((need) => {
      if (this.lib.withText(need.name, (name) => this.lib.c.web_has_model(this.lib.web, name)))
        return undefined;
      let load = this.#loads.get(need.name);
      if (!load) {
        load = this.#load(need, progress).finally(() => this.#loads.delete(need.name));
        this.#loads.set(need.name, load);
      }
      return load;
    }));
  }

  /** The reader of a wish whose networks are there. @param {Wish} wish */
  reader(wish) {
    return kept(this.#readers, keyOf(WISH, wish), () => openReader(this.lib, wish),
      (reader) => closeReader(this.lib, reader));
  }

  /** The finder of a wish, the same. @param {ObjectWish} wish */
  finder(wish) {
    return kept(this.#finders, keyOf(OBJECT_WISH, wish), () => openFinder(this.lib, wish),
      (finder) => closeFinder(this.lib, finder));
  }

  /** The pixels of what a canvas can draw, or of pixels themselves. @param {any} picture */
  pixels(picture) {
    if (picture.data)
      return picture;
    this.#canvas ??= new OffscreenCanvas(1, 1);
    return draw(picture, this.#canvas);
  }

  /** Release the readers and what is held; networks stay. */
  free() {
    this.cascades.free();
    this.tables.free();
    this.tabulars.free();
    this.trackers.free();
    this.smiles.free();
    this.coders.free();
    for (const reader of this.#readers.values())
      closeReader(this.lib, reader);
    this.#readers.clear();
    for (const finder of this.#finders.values())
      closeFinder(this.lib, finder);
    this.#finders.clear();
    this.helpers.free();
  }
}

/**
 * What can be asked of an engine, by name; pictures are pixels, or what a canvas can draw.
 * Between a reader and its use nothing is awaited: another call might close it.
 * @type {Record<string, (engine: Engine, args: any[], progress?: Progress) => any>}
 */
const CALLS = {
  prepare: async (engine, [wish], progress) => {
    await engine.loadAll(faceNeeds(engine.lib, wish), progress);
    engine.reader(wish);
    await engine.keep();
  },
  prepareObjects: async (engine, [wish], progress) => {
    await engine.loadAll(objectNeeds(engine.lib), progress);
    engine.finder(wish);
    await engine.keep();
  },
  detect: async (engine, [picture, wish, file]) => {
    await engine.loadAll(faceNeeds(engine.lib, wish));
    return readFaces(engine.lib, engine.reader(wish), engine.pixels(picture), file);
  },
  findObjects: async (engine, [picture, wish, file]) => {
    await engine.loadAll(objectNeeds(engine.lib));
    return findObjects(engine.lib, engine.finder(wish), engine.pixels(picture), file);
  },
  ...CASCADE_CALLS,
  ...FACEAPI,
  ...TABLE_CALLS,
  ...SMILE_CALLS,
  ...TRACK_CALLS,
  ...CODER_CALLS,
  gif: (engine, [frames, fps]) => writeGif(engine.lib, frames, fps),
  memory: (engine) => engine.lib.memory,
};
