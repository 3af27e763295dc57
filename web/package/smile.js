// smile.js: who smiles, by cascades inside one another, or by the network of expressions.

import { openCascade } from './cascade.js';
import { faceNeeds } from './faces.js';
import { Holder } from './held.js';
import { choice } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */
/** @typedef {import('./cascade.js').OpenCascade} OpenCascade */
/** @typedef {import('./mien.js').Box} Box */

/**
 * @typedef {object} SmileOptions
 * @property {'mien'|'article'} [preset] default 'mien'; 'article' has strict settings that find
 *   few smiles
 * @property {'cascade'|'expression'} [scorer] what tells a smile; default the cascade of smiles;
 *   the network of expressions errs less
 * @property {number} [neighbours] windows that must agree on a smile; default: the preset's
 * @property {number} [begin] votes at which a smile is on, -1..1; default 0.3
 * @property {number} [end] votes below which it is over; default -0.3
 */

/**
 * @typedef {object} SmileFace a face in a frame
 * @property {number} id stays with the face
 * @property {Box} box
 * @property {boolean} detected in this frame, not only followed
 * @property {Box[]} eyes
 * @property {Box[]} smiles that the cascade sees in this frame
 * @property {number} score votes of the last frames, -1..1
 * @property {boolean} smiling the votes say so
 */

/**
 * @typedef {{frame: number, seconds: number, width: number, height: number,
 *   faces: SmileFace[], ms: number}} SmileFrame
 */

/**
 * @typedef {object} SmileStory a face over all frames, in seconds
 * @property {number} id
 * @property {number} begin
 * @property {number} end
 * @property {number} frames
 * @property {number} smiling frames in which it smiled
 * @property {{begin: number, end: number}[]} smiles
 */

const SIGHTS = /** @type {const} */ (['frontalface_default', 'eye', 'smile']);
const PRESETS = ['mien', 'article'];
const SCORERS = ['cascade', 'expression'];
const NEEDED = { expression: true };

/** Smiles, where the library is. */
export class OpenSmiles {
  #lib;
  #sights;
  #at; // the web_smiles

  /** @param {Library} lib @param {OpenCascade[]} sights owned @param {SmileOptions} options */
  constructor(lib, sights, options) {
    this.#lib = lib;
    this.#sights = sights;
    const { preset = 'mien', scorer = 'cascade', neighbours = -1, begin = 0.3,
      end = -0.3 } = options;
    const how = new DataView(new ArrayBuffer(20));
    [choice('preset', PRESETS, preset), choice('scorer', SCORERS, scorer), neighbours]
      .forEach((n, i) => how.setInt32(4 * i, n, true));
    how.setFloat32(12, begin, true);
    how.setFloat32(16, end, true);
    const pointers = new Uint8Array(Uint32Array.from(sights, (s) => s.at).buffer);
    this.#at = lib.withBytes(pointers, (three) => lib.withBytes(new Uint8Array(how.buffer),
      (at) => lib.handle((out) => lib.c.web_smiles_new(lib.web, three, at, out))));
  }

  /** @param {Pixels} picture @param {number} seconds @returns {SmileFrame} */
  next(picture, seconds) {
    const lib = this.#lib;
    const at = lib.putPixels(picture);
    lib.check(lib.c.web_smiles_next(lib.web, this.#at, at, picture.width, picture.height,
      seconds));
    const [shown, rest] = lib.said().split('\n').map((line) => JSON.parse(line));
    return { ...shown, ...rest };
  }

  /** @returns {SmileStory[]} */
  list() {
    this.#lib.check(this.#lib.c.web_smiles_list(this.#lib.web, this.#at));
    return this.#lib.json();
  }

  free() {
    this.#lib.c.web_smiles_free(this.#at);
    this.#sights.forEach((sight) => sight.free());
  }
}

/**
 * @param {import('./engine.js').Engine} engine @param {SmileOptions} options
 * @param {import('./models.js').Progress} [progress]
 */
async function openSmiles(engine, options, progress) {
  if (options.scorer === 'expression')
    await engine.loadAll(faceNeeds(engine.lib, NEEDED), progress);
  const opened = await Promise.allSettled(SIGHTS.map((name) =>
    openCascade(engine.lib, engine.models, name)));
  const sights = opened.flatMap((one) => one.status === 'fulfilled' ? [one.value] : []);
  try {
    for (const one of opened)
      if (one.status === 'rejected')
        throw one.reason;
    return new OpenSmiles(engine.lib, sights, options);
  } catch (e) {
    sights.forEach((sight) => sight.free());
    throw e;
  }
}

/**
 * What the engine is asked by Smiles.
 * @type {Record<string, (engine: import('./engine.js').Engine, args: any[],
 *   progress?: import('./models.js').Progress) => any>}
 */
export const SMILE_CALLS = {
  smilesNew: async (engine, [options], progress) =>
    engine.smiles.add(await openSmiles(engine, options, progress)),
  smilesNext: (engine, [picture, id, seconds]) => {
    const smiles = engine.smiles.get(id);
    return smiles.next(engine.pixels(picture), seconds);
  },
  smilesList: (engine, [id]) => engine.smiles.get(id).list(),
  smilesDrop: (engine, [id]) => engine.smiles.drop(id),
};

/** Smiles of a video, camera or row of pictures; release them with free. */
export class Smiles extends Holder {
  #picture;

  /**
   * @param {import('./held.js').Caller} engine @param {number} id
   * @param {(source: any) => Promise<any>} picture
   */
  constructor(engine, id, picture) {
    super(engine, id, 'smilesDrop');
    this.#picture = picture;
  }

  /**
   * Look at the next frame.
   * @param {import('./mien.js').Source} source
   * @param {number} [seconds] when it is shown; default: now
   * @returns {Promise<SmileFrame>}
   */
  async next(source, seconds = performance.now() / 1000) {
    return this.engine.call('smilesNext', [await this.#picture(source), this.id, seconds]);
  }

  /** All faces there were, with their smiles. @returns {Promise<SmileStory[]>} */
  list() {
    return this.engine.call('smilesList', [this.id]);
  }
}
