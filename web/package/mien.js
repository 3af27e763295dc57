// mien.js: faces and objects in pictures, on the user's own machine.
//
//     const mien = await Mien.load({ models: '/models/' });
//     const faces = await mien.detect(video, { landmarks: true, descriptor: true });
//     const who = mien.matcher(profiles, { threshold: 0.5 }).best(faces[0].descriptor);
//
// Pictures are read in a worker, so that a page stays quick; where there are no workers
// (node), on this thread.

import { Core, DESCRIPTOR, MienError } from './core.js';
import { Engine } from './engine.js';
import { compileWasm } from './models.js';

export { DESCRIPTOR, MienError };

/** @typedef {import('./core.js').Wish} Wish */
/** @typedef {import('./core.js').ObjectWish} ObjectWish */
/** @typedef {import('./core.js').Match} Match */
/** @typedef {import('./models.js').Progress} Progress */

/** @typedef {{x: number, y: number, width: number, height: number}} Box pixels */

/**
 * @typedef {object} Face
 * @property {Box} box may reach outside the picture
 * @property {number} score 0..1
 * @property {number} [rotation] degrees by which the picture was turned to read it
 * @property {[number, number][]} [keypoints] the subject's right eye, left eye, nose tip,
 *   right and left corner of the mouth
 * @property {[number, number][]} [landmarks] 68, iBUG order
 * @property {Float32Array} [descriptor] 128 numbers
 * @property {number} [age] years
 * @property {{male: number, female: number}} [gender] probabilities
 * @property {Record<string, number>} [expression] probabilities
 */

/**
 * @typedef {object} Thing
 * @property {Box} box
 * @property {string} class one of the 80 of COCO
 * @property {number} id COCO's own number, 1..90
 * @property {number} index the same without gaps, 0..79
 * @property {number} score 0..1
 */

/** @typedef {import('./core.js').Pixels|ImageBitmapSource} Source */

/**
 * @typedef {object} Profile a person who is known; face-api.js' LabeledFaceDescriptors
 *   and its JSON have this shape
 * @property {string} label
 * @property {ArrayLike<number>[]} descriptors
 */

/**
 * Pixels, or something that can be sent to a worker and drawn there.
 * @param {any} source @returns {Promise<any>}
 */
async function pictureOf(source) {
  if (source && typeof source === 'object' && source.data)
    return source;
  if (typeof createImageBitmap !== 'function')
    throw new MienError('EARG', 'picture: pixels are wanted here, as {data, width, height}');
  if (source?.videoWidth === 0 || source?.naturalWidth === 0)
    throw new MienError('EARG', 'picture: nothing is loaded yet');
  try {
    return await createImageBitmap(source);
  } catch (e) {
    throw new MienError('EFORMAT', `picture: ${/** @type {Error} */ (e).message}`);
  }
}

/** What is handed to the worker instead of copied. @param {any} picture */
const movable = (picture) =>
  typeof ImageBitmap === 'function' && picture instanceof ImageBitmap ? [picture] : [];

/** An engine in a worker. */
class Remote {
  #worker;
  #next = 1;
  #ended = false;
  /** @type {Map<number, {resolve: Function, reject: Function, progress?: Progress}>} */
  #open = new Map();

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      const call = this.#open.get(data.id);
      if (data.progress)
        return call?.progress?.(data.progress);
      this.#open.delete(data.id);
      return data.error ? call?.reject(new MienError(data.error.code ?? 'EIO', data.error.text))
        : call?.resolve(data.result);
    };
    worker.onerror = (e) => {
      for (const call of this.#open.values())
        call.reject(new MienError('EIO', `worker: ${e.message || 'could not be started'}`));
      this.#open.clear();
    };
  }

  /**
   * @param {string} call @param {any[]} args @param {Progress} [progress]
   * @param {Transferable[]} [moved] @returns {Promise<any>}
   */
  #ask(call, args, progress, moved = []) {
    return new Promise((resolve, reject) => {
      if (this.#ended)
        throw new MienError('EARG', 'mien was freed');
      const id = this.#next++;
      this.#open.set(id, { resolve, reject, progress });
      try {
        this.#worker.postMessage({ id, call, args }, moved);
      } catch (e) {
        this.#open.delete(id);
        throw new MienError('EARG', /** @type {Error} */ (e).message);
      }
    });
  }

  /** @param {WebAssembly.Module} module @param {string} models */
  start(module, models) {
    return this.#ask('start', [module, models]);
  }

  /** @param {any} picture @param {Wish} wish @param {string} [file] */
  detect(picture, wish, file) {
    return this.#ask('detect', [picture, wish, file], undefined, movable(picture));
  }

  /** @param {any} picture @param {ObjectWish} wish @param {string} [file] */
  findObjects(picture, wish, file) {
    return this.#ask('findObjects', [picture, wish, file], undefined, movable(picture));
  }

  /** @param {ObjectWish} wish @param {Progress} [progress] */
  prepareObjects(wish, progress) {
    return this.#ask('prepareObjects', [wish], progress);
  }

  /** @param {Wish} wish @param {Progress} [progress] */
  prepare(wish, progress) {
    return this.#ask('prepare', [wish], progress);
  }

  get memory() {
    return this.#ask('memory', []);
  }

  free() {
    for (const call of this.#open.values())
      call.reject(new MienError('EIO', 'mien was freed'));
    this.#open.clear();
    this.#ended = true;
    this.#worker.terminate();
  }
}

/** Frees in the library what a program forgot to. */
const forgotten = new FinalizationRegistry((/** @type {() => void} */ free) => free());

/** People who are known, and who a face is among them. */
export class Matcher {
  #core;
  #options;
  #people;

  /**
   * @param {Core} core @param {Profile[]} profiles
   * @param {{threshold?: number, rule?: 'nearest'|'mean', atMost?: boolean}} options
   */
  constructor(core, profiles, options) {
    this.#core = core;
    this.#options = options;
    this.#people = core.peopleNew();
    const people = this.#people;
    forgotten.register(this, () => core.peopleFree(people), this);
    try {
      for (const { label, descriptors } of profiles)
        for (const d of descriptors)
          core.peopleAdd(people, label, d);
    } catch (e) {
      this.free();
      throw e;
    }
  }

  /** The people, until they are released. */
  get #known() {
    if (!this.#people)
      throw new MienError('EARG', 'matcher: it was freed');
    return this.#people;
  }

  /** @param {string} label @param {ArrayLike<number>} descriptor */
  add(label, descriptor) {
    this.#core.peopleAdd(this.#known, label, descriptor);
  }

  /** @param {string} label @returns {number} descriptors that went */
  remove(label) {
    return this.#core.peopleRemove(this.#known, label);
  }

  get count() {
    return this.#core.peopleCount(this.#known);
  }

  /**
   * Who a face is; name is null for nobody who is known.
   * @param {ArrayLike<number>} descriptor @returns {Match}
   */
  best(descriptor) {
    return this.#core.match(this.#known, [descriptor], this.#options);
  }

  /**
   * The same by several pictures of one face, each of which has a vote.
   * @param {ArrayLike<number>[]} descriptors @returns {Match}
   */
  vote(descriptors) {
    return this.#core.match(this.#known, descriptors, this.#options);
  }

  /** Pairs of descriptors by distance: of one person, of two. */
  histogram() {
    return this.#core.histogram(this.#known);
  }

  /** Release the people. */
  free() {
    forgotten.unregister(this);
    this.#core.peopleFree(this.#people);
    this.#people = 0;
  }
}

/** The library. */
export class Mien {
  #core; // people are matched here: at once
  #engine;

  /** @param {Core} core @param {Engine|Remote} engine */
  constructor(core, engine) {
    this.#core = core;
    this.#engine = engine;
  }

  /**
   * Load the library; networks are fetched when they are first needed, or by prepare.
   * @param {object} [options]
   * @param {string|URL} [options.models] folder of the networks' files: a path of the page,
   *   an address, in node a folder; default 'models/'
   * @param {string|URL} [options.wasm] mien.wasm; default: beside this file
   * @param {boolean} [options.worker] false: pictures are read on this thread
   */
  static async load(options = {}) {
    const module = await compileWasm(options.wasm ?? new URL('./mien.wasm', import.meta.url));
    const core = await Core.start(module);
    const models = String(options.models ?? 'models/');
    if (options.worker === false || typeof Worker !== 'function')
      return new Mien(core, await Engine.start(module, models));
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    const remote = new Remote(worker);
    try {
      await remote.start(module, new URL(models, globalThis.location.href).href);
    } catch (e) {
      remote.free();
      throw e;
    }
    return new Mien(core, remote);
  }

  get version() {
    return this.#core.version;
  }

  /**
   * Fetch what a wish needs and get it ready.
   * @param {Wish} wish @param {Progress} [progress] @returns {Promise<void>}
   */
  prepare(wish, progress) {
    return this.#engine.prepare(wish, progress);
  }

  /**
   * What a picture shows: size, faces, milliseconds of each part.
   * @param {Source} source @param {Wish} [wish] @param {string} [file] its name, for the record
   * @returns {Promise<{schema: string, width: number, height: number, faces: Face[],
   *   ms: Record<string, number>}>}
   */
  async analyze(source, wish = {}, file = undefined) {
    return this.#engine.detect(await pictureOf(source), wish, file);
  }

  /**
   * The faces of a picture, best first.
   * @param {Source} source @param {Wish} [wish] @returns {Promise<Face[]>}
   */
  async detect(source, wish = {}) {
    return (await this.analyze(source, wish)).faces;
  }

  /**
   * Fetch the network of objects and get it ready.
   * @param {ObjectWish} [wish] @param {Progress} [progress] @returns {Promise<unknown>}
   */
  prepareObjects(wish = {}, progress = undefined) {
    return this.#engine.prepareObjects(wish, progress);
  }

  /**
   * People, animals, vehicles and things in a picture, best first.
   * @param {Source} source @param {ObjectWish} [wish] @param {string} [file]
   * @returns {Promise<Thing[]>}
   */
  async objects(source, wish = {}, file = undefined) {
    return (await this.#engine.findObjects(await pictureOf(source), wish, file)).objects;
  }

  /**
   * Who is it? Release it with free.
   * @param {Profile[]} [profiles]
   * @param {{threshold?: number, rule?: 'nearest'|'mean', atMost?: boolean}} [options]
   *   threshold: a face farther from everybody is nobody; default: by how many are known
   */
  matcher(profiles = [], options = {}) {
    return new Matcher(this.#core, profiles, options);
  }

  /**
   * How far two descriptors lie apart; below 0.6 they likely show one person.
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b
   */
  distance(a, b) {
    return this.#core.distance(a, b);
  }

  /**
   * The share of strangers who would get a name among so many descriptors.
   * @param {number} known @param {number} threshold
   */
  strangers(known, threshold) {
    return this.#core.strangers(known, threshold);
  }

  /** Bytes of memory that the networks take. @returns {Promise<number>} */
  async memory() {
    return this.#engine.memory;
  }

  /** Stop the worker and release the readers. */
  free() {
    this.#engine.free();
  }
}
