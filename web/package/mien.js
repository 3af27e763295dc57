// mien.js: faces and objects in pictures, on the user's own machine.
//
//     const mien = await Mien.load({ models: '/models/' });
//     const faces = await mien.detect(video, { landmarks: true, descriptor: true });
//     const who = mien.matcher(profiles, { threshold: 0.5 }).best(faces[0].descriptor);
//
// Pictures are read in a worker, so that a page stays quick; where there are no workers
// (node), on this thread.

import { AutoEncoder, CodedFace, modelFolder } from './autoencoder.js';
import { Cascade, cascadeSource } from './cascade.js';
import { Engine } from './engine.js';
import { DESCRIPTOR } from './faces.js';
import { Library, MienError, bytesOf } from './library.js';
import { compileWasm } from './models.js';
import { objectClasses } from './objects.js';
import { Matcher, distance } from './people.js';
import { pictureOf } from './picture.js';
import { FORMS, readProfiles, writeProfiles } from './profiles.js';
import { Remote } from './remote.js';
import { Smiles } from './smile.js';
import { Table, Tabular, tableSource } from './tables.js';
import { threadsOf } from './threads.js';
import { Tracker } from './track.js';
import { wasmUrl } from './variant.js';
import { fetchWeights } from './weights.js';

export {
  AutoEncoder, Cascade, CodedFace, DESCRIPTOR, FORMS, Matcher, MienError, Smiles, Table,
  Tabular, Tracker, modelFolder, readProfiles, writeProfiles,
};

/** @typedef {import('./faces.js').Wish} Wish */
/** @typedef {import('./objects.js').ObjectWish} ObjectWish */
/** @typedef {import('./people.js').Match} Match */
/** @typedef {import('./people.js').MatchOptions} MatchOptions */
/** @typedef {import('./people.js').Rates} Rates */
/** @typedef {import('./people.js').Vote} Vote */
/** @typedef {import('./profiles.js').Profile} Profile */
/** @typedef {import('./profiles.js').Profiles} Profiles */
/** @typedef {import('./models.js').Progress} Progress */
/** @typedef {import('./cascade.js').CascadeName} CascadeName */
/** @typedef {import('./smile.js').SmileOptions} SmileOptions */
/** @typedef {import('./track.js').TrackOptions} TrackOptions */

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
 * @property {{value: 'male'|'female', probability: number}} [gender]
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

/** @typedef {import('./library.js').Pixels|ImageBitmapSource} Source */

/**
 * The library for so many threads, or for one if that file is not to be had, as it may be
 * offline, or no memory can be shared.
 * @param {string|URL|undefined} wasm @param {number} threads
 */
async function startLibrary(wasm, threads) {
  if (wasm === undefined && threads > 1) {
    try {
      const module = await compileWasm(wasmUrl(threads));
      return { module, lib: await Library.start(module) };
    } catch {
      // one thread does it too
    }
  }
  const module = await compileWasm(wasm ?? wasmUrl());
  return { module, lib: await Library.start(module) };
}

/** The library. */
export class Mien {
  #lib; // people are matched here: at once
  #engine;

  /** @param {Library} lib @param {Engine|Remote} engine */
  constructor(lib, engine) {
    this.#lib = lib;
    this.#engine = engine;
  }

  /**
   * Load the library; networks are fetched when they are first needed, or by prepare.
   * @param {object} [options]
   * @param {string|URL} [options.models] folder of the networks' files: a path of the page,
   *   an address, in node a folder; default 'models/'
   * @param {string|URL} [options.wasm] mien.wasm; default: the one beside this file that
   *   the engine runs fastest
   * @param {boolean} [options.worker] false: pictures are read on this thread
   * @param {number} [options.threads] that share the work, where memory can be shared: on a
   *   cross-origin isolated page, at most 4 of the processor's if nothing is said, and in node,
   *   where it is 1; `mien.threads` says what came of it
   */
  static async load(options = {}) {
    const alone = options.worker === false && typeof Worker === 'function';
    const threads = alone ? 1 : threadsOf(options.threads);
    const models = String(options.models ?? 'models/');
    if (options.worker === false || typeof Worker !== 'function') {
      const { module, lib } = await startLibrary(options.wasm, threads);
      return new Mien(lib, await Engine.start(module, models, threads));
    }
    // its scripts are fetched while the library is
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    const remote = new Remote(worker);
    try {
      const { module, lib } = await startLibrary(options.wasm, threads);
      await remote.start(module, new URL(models, globalThis.location.href).href, threads);
      return new Mien(lib, remote);
    } catch (e) {
      remote.free();
      throw e;
    }
  }

  get version() {
    return this.#lib.version;
  }

  /** Threads that read pictures. @returns {number} */
  get threads() {
    return this.#engine.threads;
  }

  /**
   * Fetch what a wish needs and get it ready.
   * @param {Wish} wish @param {Progress} [progress] @returns {Promise<void>}
   */
  prepare(wish, progress) {
    return this.#engine.call('prepare', [wish], progress);
  }

  /**
   * What a picture shows: size, faces, milliseconds of each part.
   * @param {Source} source @param {Wish} [wish] @param {string} [file] its name, for the record
   * @returns {Promise<{schema: string, width: number, height: number, faces: Face[],
   *   ms: Record<string, number>}>}
   */
  async analyze(source, wish = {}, file = undefined) {
    return this.#engine.call('detect', [await pictureOf(source), wish, file]);
  }

  /**
   * The faces of a picture, best first.
   * @param {Source} source @param {Wish} [wish] @returns {Promise<Face[]>}
   */
  async detect(source, wish = {}) {
    return (await this.analyze(source, wish)).faces;
  }

  /** The names of the 80 classes that objects tells. */
  objectClasses() {
    return objectClasses(this.#lib);
  }

  /**
   * Fetch a network in face-api.js' own files, once.
   * @param {string} name "ssd_mobilenetv1", as the library calls it
   * @param {string} manifest address of its weights_manifest.json; in node a file
   * @returns {Promise<void>}
   */
  async loadFaceapi(name, manifest) {
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    const at = base ? new URL(manifest, base).href : manifest;
    return this.#engine.call('buildFaceapi', [name, await fetchWeights(at)]);
  }

  /**
   * The faces of a picture in face-api.js' shapes, by networks that were loaded before.
   * @param {Source} source @param {Wish} [wish] @returns {Promise<any[]>}
   */
  async detectFaceapi(source, wish = {}) {
    return this.#engine.call('detectFaceapi', [await pictureOf(source), wish]);
  }

  /**
   * Fetch the network of objects and get it ready.
   * @param {ObjectWish} [wish] @param {Progress} [progress] @returns {Promise<unknown>}
   */
  prepareObjects(wish = {}, progress = undefined) {
    return this.#engine.call('prepareObjects', [wish], progress);
  }

  /**
   * People, animals, vehicles and things in a picture, best first.
   * @param {Source} source @param {ObjectWish} [wish] @param {string} [file]
   * @returns {Promise<Thing[]>}
   */
  async objects(source, wish = {}, file = undefined) {
    const args = [await pictureOf(source), wish, file];
    return (await this.#engine.call('findObjects', args)).objects;
  }

  /**
   * A cascade of boosted classifiers, as OpenCV writes them. Release it with free.
   * @param {CascadeName|Uint8Array|ArrayBuffer|Blob} source the XML file, or the name of one in
   *   the folder of models
   * @param {string} [name] what it finds, for its records
   * @returns {Promise<Cascade>}
   */
  async cascade(source, name = undefined) {
    const args = [await cascadeSource(source), name];
    return new Cascade(this.#engine, await this.#engine.call('cascadeNew', args), pictureOf);
  }

  /**
   * A table of a CSV file, packed with gzip or not. Release it with free.
   * @param {Blob|string|Uint8Array|ArrayBuffer} source the file, its bytes or its text
   * @param {import('./tables.js').Reading} [how] @param {Progress} [progress]
   * @returns {Promise<Table>}
   */
  async table(source, how = {}, progress = undefined) {
    const args = [tableSource(source), how];
    return new Table(this.#engine, await this.#engine.call('tableNew', args, progress));
  }

  /**
   * A model of tables: model.onnx as `mien train` writes it. Release it with free.
   * @param {Blob|Uint8Array|ArrayBuffer} source @returns {Promise<Tabular>}
   */
  async tabular(source) {
    const args = [await bytesOf('model', source)];
    return new Tabular(this.#engine, await this.#engine.call('tabularNew', args));
  }

  /**
   * Follow faces from frame to frame. Release it with free.
   * @param {TrackOptions} [options] @param {Progress} [progress] of the networks that are needed
   * @returns {Promise<Tracker>}
   */
  async tracker(options = {}, progress = undefined) {
    const id = await this.#engine.call('trackerNew', [options], progress);
    return new Tracker(this.#engine, id, pictureOf);
  }

  /**
   * Who smiles, by OpenCV's cascades in the folder of models. Release it with free.
   * @param {SmileOptions} [options] @param {Progress} [progress] of networks that are needed
   * @returns {Promise<Smiles>}
   */
  async smiles(options = {}, progress = undefined) {
    const id = await this.#engine.call('smilesNew', [options], progress);
    return new Smiles(this.#engine, id, pictureOf);
  }

  /**
   * Faces through an auto-encoder, from what `mien train faces` wrote. Release it with free.
   * @param {import('./autoencoder.js').ModelFolder|Iterable<Blob & {name: string}>} source the
   *   files by what they are, or those of a folder
   * @returns {Promise<AutoEncoder>}
   */
  autoencoder(source) {
    return AutoEncoder.open(this.#engine, this.#lib, source, pictureOf);
  }

  /**
   * A GIF that is shown again and again.
   * @param {import('./library.js').Pixels[]} frames of one size, four bytes a pixel
   * @param {{fps?: number}} [options] frames a second, 0.1..50; default 12
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async gif(frames, options = {}) {
    return this.#engine.call('gif', [frames, options.fps ?? 12]);
  }

  /**
   * Who is it? Release it with free.
   * @param {Profile[]} [profiles]
   * @param {MatchOptions} [options]
   */
  matcher(profiles = [], options = {}) {
    return new Matcher(this.#lib, profiles, options);
  }

  /**
   * How far two descriptors lie apart; below 0.6 they likely show one person.
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b
   */
  distance(a, b) {
    return distance(this.#lib, a, b);
  }

  /**
   * The share of strangers who would get a name among so many descriptors.
   * @param {number} known @param {number} threshold @returns {number}
   */
  strangers(known, threshold) {
    return this.#lib.c.web_strangers(known, threshold);
  }

  /** Bytes of memory that the networks take. @returns {Promise<number>} */
  memory() {
    return this.#engine.call('memory', []);
  }

  /** Stop the worker and release the readers. */
  free() {
    this.#engine.free();
  }
}
