// autoencoder.js: faces through an auto-encoder: a folder of `mien train faces`, whose model
// makes codes of faces and faces of codes.

import { faceNeeds } from './faces.js';
import { Held, Holder } from './held.js';
import { MienError, bytesOf, choice, numberOf } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */
/** @typedef {Uint8Array|ArrayBuffer|Blob|string} Bytes */

/**
 * @typedef {object} ModelFolder what `mien train faces` leaves in a folder
 * @property {Bytes} model model.onnx
 * @property {Bytes} [codes] codes.json: how the codes of its pictures are spread
 * @property {Bytes} [concepts] concepts.json, which `mien faces add` leaves
 */

/**
 * @typedef {object} CoderInfo
 * @property {number} width of its pictures, in pixels
 * @property {number} height
 * @property {number} units numbers of a code
 * @property {boolean} aligned it learned from faces that were cut out by five points
 * @property {string} sha256 of model.onnx
 */

/**
 * @typedef {object} Concept
 * @property {string} text such as "age:0-5 - age:30-40"
 * @property {Float32Array} vector
 * @property {boolean} aligned
 * @property {[number, number]} pictures behind the mean of each side
 */

/**
 * @typedef {object} Look how a face is shown
 * @property {number} [size] pixels across; default: the model's
 * @property {number} [trim] share of the sides that is cut off first: 0..0.4
 * @property {boolean|{amount?: number, radius?: number, threshold?: number}} [sharpen] an
 *   unsharp mask, its radius in pixels of the model; default 1, 1.5, 2
 */

/** @typedef {{data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} Picture */

/** What the change of a code is seen on: the order of mien_add_onto. */
const ONTO = ['code', 'face', 'photo'];

/** As MIEN_SHARPEN_DEFAULTS. */
const SHARPEN = { amount: 1, radius: 1.5, threshold: 2 };

/**
 * A whole number of a range.
 * @param {string} what @param {unknown} value @param {number} usual @param {number} least
 * @param {number} most
 */
function wholeOf(what, value, usual, least, most) {
  const n = numberOf(what, value, usual);
  if (!Number.isInteger(n) || n < least || n > most)
    throw new MienError('EARG', `${what}: ${value}; wanted are ${least} to ${most}`);
  return n;
}

/**
 * A code of a model.
 * @param {ArrayLike<number>} code @param {CoderInfo} info
 */
function checkCode(code, { units }) {
  if (code?.length !== units)
    throw new MienError('EARG', `code: ${code?.length} numbers; the model's have ${units}`);
  return code;
}

/**
 * A look as a web_look.
 * @param {Library} lib @param {Look} look @param {string} onto
 */
function putLook(lib, look, onto) {
  const mask = look.sharpen === true ? SHARPEN : look.sharpen || { ...SHARPEN, amount: 0 };
  const whole = [choice('onto', ONTO, onto), wholeOf('size', look.size, 0, 0, 4096)];
  const reals = [numberOf('trim', look.trim, 0),
    numberOf('amount', mask.amount, SHARPEN.amount), numberOf('radius', mask.radius, 1.5),
    numberOf('threshold', mask.threshold, 2)];
  const view = lib.view();
  whole.forEach((n, i) => view.setInt32(lib.scratch + 4 * i, n, true));
  reals.forEach((n, i) => view.setFloat32(lib.scratch + 8 + 4 * i, n, true));
  return lib.scratch;
}

// ---- where the library is -----------------------------------------------------------------

/** A model, where the library is. */
export class OpenCoder {
  #lib;
  at; // the web_coder
  /** @type {CoderInfo} */ info;
  /** @type {Held<{at: number, free: () => void}>} web_coded */ #faces = new Held('face');

  /** @param {Library} lib @param {Uint8Array} model */
  constructor(lib, model) {
    this.#lib = lib;
    this.at = lib.withBytes(model, (at) => lib.handle((out) =>
      lib.c.web_coder_new(lib.web, at, model.length, out)));
    this.info = lib.json();
  }

  /** @param {CodeMixture} codes */
  setCodes(codes) {
    const lib = this.#lib;
    const { count, units, weights, means, variances } = codes;
    const numbers = Float64Array.from([...weights, ...means, ...variances]);
    lib.withBytes(new Uint8Array(numbers.buffer), (at) => lib.check(
      lib.c.web_coder_codes(lib.web, this.at, count, weights.length, units, at)));
  }

  /** @param {Pixels} picture @param {boolean} align */
  encode(picture, align) {
    const lib = this.#lib;
    const pixels = lib.putPixels(picture);
    const at = lib.handle((out) => lib.c.web_coded_new(
      lib.web, this.at, pixels, picture.width, picture.height, align ? 1 : 0, out));
    const id = this.#faces.add({ at, free: () => lib.c.web_coded_free(at) });
    return { id, ...lib.json(), code: lib.floats(lib.c.web_coded_code(at), this.info.units) };
  }

  /** The picture that a call made. @returns {Picture} */
  #picture() {
    const lib = this.#lib;
    const { width, height } = lib.json();
    const at = lib.c.web_coder_pixels(this.at);
    const data = new Uint8ClampedArray(lib.view().buffer, at, 4 * width * height).slice();
    return { data: /** @type {Uint8ClampedArray<ArrayBuffer>} */ (data), width, height };
  }

  /** @param {ArrayLike<number>} code @param {Look} look */
  decode(code, look) {
    const lib = this.#lib;
    lib.withFloats(checkCode(code, this.info), (at) => lib.check(
      lib.c.web_coder_decode(lib.web, this.at, at, putLook(lib, look, 'code'))));
    return this.#picture();
  }

  /** @param {number} id @param {ArrayLike<number>} code @param {Look} look @param {string} onto */
  show(id, code, look, onto) {
    const lib = this.#lib;
    const face = this.#faces.get(id).at;
    lib.withFloats(checkCode(code, this.info), (at) => lib.check(lib.c.web_coded_show(
      lib.web, this.at, face, at, putLook(lib, look, onto))));
    return this.#picture();
  }

  /**
   * Room for codes, filled in by a call.
   * @param {number} n @param {(at: number) => number} call @returns {Float32Array[]}
   */
  #codes(n, call) {
    const lib = this.#lib;
    const { units } = this.info;
    return lib.withBytes(new Uint8Array(4 * n * units), (at) => {
      lib.check(call(at));
      return Array.from({ length: n }, (_, i) => lib.floats(at + 4 * i * units, units));
    });
  }

  /** @param {number} seed @param {number} spread @param {number} n */
  draw(seed, spread, n) {
    return this.#codes(n, (at) =>
      this.#lib.c.web_codes_draw(this.#lib.web, this.at, seed, spread, n, at));
  }

  /** @param {number} seed @param {number} spread @param {number} stops @param {number} steps */
  walk(seed, spread, stops, steps) {
    return this.#codes(steps, (at) =>
      this.#lib.c.web_codes_walk(this.#lib.web, this.at, seed, spread, stops, steps, at));
  }

  /** @param {number} id nothing happens if it is not there */
  drop(id) {
    this.#faces.drop(id);
  }

  free() {
    this.#faces.free();
    this.#lib.c.web_coder_free(this.at);
  }
}

/**
 * What the engine is asked by an AutoEncoder.
 * @type {Record<string, (engine: import('./engine.js').Engine, args: any[]) => any>}
 */
export const CODER_CALLS = {
  coderNew: (engine, [model]) => {
    const coder = new OpenCoder(engine.lib, model);
    return { id: engine.coders.add(coder), info: coder.info };
  },
  coderCodes: (engine, [id, codes]) => engine.coders.get(id).setCodes(codes),
  coderEncode: async (engine, [picture, id, align]) => {
    if (align)
      await engine.loadAll(faceNeeds(engine.lib, {}));
    return engine.coders.get(id).encode(engine.pixels(picture), align);
  },
  coderDecode: (engine, [id, code, look]) => engine.coders.get(id).decode(code, look),
  coderShow: (engine, [id, face, code, look, onto]) =>
    engine.coders.get(id).show(face, code, look, onto),
  coderDraw: (engine, [id, seed, spread, n]) => engine.coders.get(id).draw(seed, spread, n),
  coderWalk: (engine, [id, seed, spread, stops, steps]) =>
    engine.coders.get(id).walk(seed, spread, stops, steps),
  coderDropFace: (engine, [id, face]) => engine.coders.get(id).drop(face),
  coderDrop: (engine, [id]) => engine.coders.drop(id),
};

// ---- the files of a folder ----------------------------------------------------------------

/**
 * @typedef {object} CodeMixture codes.json, its lists one behind the other
 * @property {number} count @property {number} units @property {number[]} weights
 * @property {number[]} means @property {number[]} variances
 */

/** @param {Bytes} source @param {string} name @returns {Promise<any>} */
async function jsonOf(source, name) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true })
      .decode(await bytesOf(name, source)));
  } catch (e) {
    if (e instanceof MienError)
      throw e;
    throw new MienError('EFORMAT', `${name}: ${/** @type {Error} */ (e).message}`);
  }
}

/** @param {unknown} list @returns {list is number[]} */
const isNumbers = (list) => Array.isArray(list) && list.every((v) => typeof v === 'number');

/** @param {any} json of codes.json @returns {CodeMixture} */
function codesOf(json) {
  const { mien, count, latent: units, weights, means, variances } = json ?? {};
  if (mien !== 'codes/1')
    throw new MienError(mien ? 'EUNSUP' : 'EFORMAT',
      `codes.json: "mien" is ${JSON.stringify(mien)}, wanted "codes/1"`);
  const rows = (/** @type {any} */ list) => Array.isArray(list) &&
    list.length === weights.length && list.every((r) => isNumbers(r) && r.length === units);
  if (!Number.isInteger(count) || count < 1 || count > 0x7fffffff || !Number.isInteger(units) ||
      !isNumbers(weights) || !rows(means) || !rows(variances))
    throw new MienError('EFORMAT',
      `codes.json: count, weights, means or variances are no numbers for codes of ${units}`);
  return { count, units, weights, means: means.flat(), variances: variances.flat() };
}

/** @param {any} one @param {number} i @param {number} units @returns {Concept} */
function conceptOf(one, i, units) {
  if (typeof one?.concept !== 'string' || !isNumbers(one.vector) || one.vector.length !== units)
    throw new MienError('EFORMAT',
      `concepts.json: concept ${i + 1} has no text or no vector of ${units} numbers`);
  return { text: one.concept, vector: Float32Array.from(one.vector), aligned: one.aligned === true,
    pictures: [Number(one.plus), Number(one.minus)] };
}

/** @param {any} json of concepts.json @param {CoderInfo} info @returns {Concept[]} */
function conceptsOf(json, info) {
  if (json?.mien !== 'concepts/1' || !Array.isArray(json.concepts))
    throw new MienError('EFORMAT',
      `concepts.json: "mien" is ${JSON.stringify(json?.mien)}, wanted "concepts/1" and a list`);
  if (json.model !== info.sha256)
    throw new MienError('EFORMAT', 'concepts.json: it is of another model ' +
      `(${String(json.model).slice(0, 12)}..., this one is ${info.sha256.slice(0, 12)}...)`);
  return json.concepts.map((/** @type {any} */ one, /** @type {number} */ i) =>
    conceptOf(one, i, info.units));
}

/**
 * The files of a model among those of a folder, by their names.
 * @param {Iterable<Blob & {name: string}>} files @returns {ModelFolder}
 */
export function modelFolder(files) {
  /** @type {Record<string, Blob>} */
  const found = {};
  for (const file of files)
    found[file.name.replace(/^.*[/\\]/, '')] ??= file;
  if (!found['model.onnx'])
    throw new MienError('EARG', 'no model.onnx among ' +
      `${Object.keys(found).slice(0, 5).join(', ') || 'no files'}: wanted is the folder that ` +
      '`mien train faces` wrote');
  return { model: found['model.onnx'], codes: found['codes.json'],
    concepts: found['concepts.json'] };
}

// ---- what a page holds --------------------------------------------------------------------

/** The face of a photo and its code; release it with free. */
export class CodedFace extends Holder {
  /** @type {Float32Array} */ code;
  /** @type {number} of the photo */ width;
  /** @type {number} */ height;
  /** @type {import('./mien.js').Face|undefined} undefined: the photo was taken whole */ face;
  /** @type {AutoEncoder} whose code it is */ coder;

  /**
   * @param {AutoEncoder} coder @param {import('./held.js').Caller} engine its engine
   * @param {any} made
   */
  constructor(coder, engine, made) {
    super({ call: (name, [id]) => engine.call(name, [coder.held, id]) }, made.id, 'coderDropFace');
    this.coder = coder;
    this.code = made.code;
    this.width = made.width;
    this.height = made.height;
    this.face = made.face;
  }
}

/** An auto-encoder that a page holds; release it with free. */
export class AutoEncoder extends Holder {
  #lib; // codes are reckoned with here: at once
  #picture;
  /** @type {CoderInfo} */ info;
  /** @type {Concept[]} */ concepts = [];
  /** Whether codes.json was given: else codes are drawn from the standard normal
   * distribution. */ hasCodes = false;

  /**
   * @param {import('./held.js').Caller} engine @param {Library} lib
   * @param {{id: number, info: CoderInfo}} made
   * @param {(source: any) => Promise<any>} picture
   */
  constructor(engine, lib, made, picture) {
    super(engine, made.id, 'coderDrop');
    this.#lib = lib;
    this.#picture = picture;
    this.info = made.info;
  }

  /**
   * Open a folder.
   * @param {import('./held.js').Caller} engine @param {Library} lib
   * @param {ModelFolder|Iterable<Blob & {name: string}>} source
   * @param {(source: any) => Promise<any>} picture
   */
  static async open(engine, lib, source, picture) {
    const folder = Symbol.iterator in source ? modelFolder(source) : source;
    const codes = folder.codes ? codesOf(await jsonOf(folder.codes, 'codes.json')) : undefined;
    const made = await engine.call('coderNew', [await bytesOf('model.onnx', folder.model)]);
    const coder = new AutoEncoder(engine, lib, made, picture);
    try {
      if (codes)
        await engine.call('coderCodes', [made.id, codes]);
      coder.hasCodes = !!codes;
      if (folder.concepts)
        coder.concepts = conceptsOf(await jsonOf(folder.concepts, 'concepts.json'), made.info);
    } catch (e) {
      coder.free();
      throw e;
    }
    return coder;
  }

  /**
   * The largest face of a photo, and its code.
   * @param {import('./mien.js').Source} source
   * @param {{align?: boolean}} [options] false: the photo is taken whole; default: as the model
   *   learned
   */
  async encode(source, options = {}) {
    const args = [await this.#picture(source), this.id, options.align ?? this.info.aligned];
    return new CodedFace(this, this.engine, await this.engine.call('coderEncode', args));
  }

  /**
   * The face that a code makes.
   * @param {ArrayLike<number>} code @param {Look} [look] @returns {Promise<Picture>}
   */
  decode(code, look = {}) {
    return this.engine.call('coderDecode', [this.id, code, look]);
  }

  /**
   * A face with another code than its own.
   * @param {CodedFace} face @param {ArrayLike<number>} code
   * @param {Look & {onto?: 'code'|'face'|'photo'}} [look] onto: the face that the code makes
   *   (default), or what changed, on the face's own pixels or in the whole photo
   * @returns {Promise<Picture>}
   */
  async show(face, code, look = {}) {
    const { onto = 'code', ...rest } = look;
    if (face?.coder !== this)
      throw new MienError('EARG', 'face: another model coded it; encode its photo with this one');
    return this.engine.call('coderShow', [this.id, face.held, code, rest, onto]);
  }

  /**
   * Codes as floats in the library's memory.
   * @template T @param {ArrayLike<number>[]} codes @param {(at: number[]) => T} call
   * @param {number[]} [at] @returns {T}
   */
  #with(codes, call, at = []) {
    if (at.length === codes.length)
      return call(at);
    const code = checkCode(codes[at.length], this.info);
    return this.#lib.withFloats(code, (one) => this.#with(codes, call, [...at, one]));
  }

  /** @param {string} text */
  #concept(text) {
    const found = this.concepts.filter((c) => c.text === text).at(-1);
    if (!found)
      throw new MienError('EARG', `${text}: no such concept; there are ` +
        `${this.concepts.map((c) => c.text).join(', ') || 'none'}`);
    return found;
  }

  /**
   * A code with concepts added: 1 as learned, -1 taken away.
   * @param {ArrayLike<number>} code @param {Record<string, number>} strengths by text
   */
  add(code, strengths) {
    const { units } = this.info;
    let out = Float32Array.from(code);
    for (const [text, strength] of Object.entries(strengths)) {
      const by = numberOf(text, strength, 0);
      out = this.#with([out, this.#concept(text).vector], ([a, b]) => {
        this.#lib.c.web_code_add(units, a, by, b, a);
        return this.#lib.floats(a, units);
      });
    }
    return out;
  }

  /**
   * A code on the line between two: t is 0 at the first, 1 at the second.
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t
   */
  between(a, b, t) {
    const { units } = this.info;
    return this.#with([a, b], ([x, y]) => {
      this.#lib.c.web_code_between(units, x, y, numberOf('t', t, 0), x);
      return this.#lib.floats(x, units);
    });
  }

  /**
   * How far two codes lie apart.
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @returns {number}
   */
  distance(a, b) {
    return this.#with([a, b], ([x, y]) => this.#lib.c.web_code_distance(this.info.units, x, y));
  }

  /**
   * The nearest of codes, the nearest first; of equals the first.
   * @param {ArrayLike<number>} code @param {ArrayLike<number>[]} among @param {number} [most]
   * @returns {{index: number, distance: number}[]}
   */
  nearest(code, among, most = among.length) {
    return among.map((other, index) => ({ index, distance: this.distance(code, other) }))
      .sort((a, b) => a.distance - b.distance).slice(0, most);
  }

  /**
   * Codes of nobody.
   * @param {{seed?: number, count?: number, spread?: number}} [options] spread: 1 as the codes
   *   of the training pictures lie, less for faces that are more usual
   * @returns {Promise<Float32Array[]>}
   */
  async sample(options = {}) {
    return this.engine.call('coderDraw', [this.id, wholeOf('seed', options.seed, 1, 0, 0xffffffff),
      numberOf('spread', options.spread, 1), wholeOf('count', options.count, 16, 1, 10000)]);
  }

  /**
   * Codes of a walk through faces of nobody, that ends where it began.
   * @param {{seed?: number, stops?: number, steps?: number, spread?: number}} [options]
   * @returns {Promise<Float32Array[]>}
   */
  async walk(options = {}) {
    return this.engine.call('coderWalk', [this.id, wholeOf('seed', options.seed, 1, 0, 0xffffffff),
      numberOf('spread', options.spread, 1), wholeOf('stops', options.stops, 8, 2, 10000),
      wholeOf('steps', options.steps, 96, 1, 10000)]);
  }

  /**
   * Frames from one code to another, in a straight line.
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} [steps] 2 or more
   */
  morph(a, b, steps = 24) {
    const n = wholeOf('steps', steps, 24, 2, 10000);
    return Array.from({ length: n }, (_, i) => this.between(a, b, i / (n - 1)));
  }
}
