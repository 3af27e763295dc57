// cascade.js: boosted cascades, as OpenCV writes them in XML: read, and searched with.

import { Holder } from './held.js';
import { MienError, bytesOf, numberOf } from './library.js';
import { fetchModel } from './models.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */

/** Cascades that lie beside the networks: mien's own of faces, and three of OpenCV's. */
const FILES = {
  face: 'face_cascade.xml',
  frontalface_default: 'haarcascade_frontalface_default.xml',
  eye: 'haarcascade_eye.xml',
  smile: 'haarcascade_smile.xml',
};

/** @typedef {keyof typeof FILES} CascadeName */

/**
 * @typedef {object} CascadeInfo
 * @property {'haar'|'lbp'} kind
 * @property {number} width of its window, in pixels
 * @property {number} height
 * @property {number} stages
 * @property {number} trees
 * @property {number} features
 * @property {boolean} tilted some features lie at 45 degrees
 */

/**
 * @typedef {object} Sweep how a picture is searched
 * @property {number} [scale] from one window size to the next, more than 1; default 1.1
 * @property {number} [neighbours] windows that must agree; default 3; 0: all windows are told
 * @property {number|[number, number]} [minSize] pixels; default: the window's
 * @property {number|[number, number]} [maxSize] pixels; default: the picture's
 * @property {number} [group] how far windows of one thing may lie apart, as a share of
 *   their size; default 0.2
 * @property {number} [stages] only the first so many; default: all
 */

/**
 * @typedef {object} Hit
 * @property {{x: number, y: number, width: number, height: number}} box
 * @property {string} class the cascade's name
 * @property {number} neighbors windows that agreed
 * @property {number} level stages passed
 * @property {number} weight the best sum of the last stage among them
 */

/** @typedef {{width: number, height: number, objects: Hit[], ms: {detect: number}}} HitRecord */

/** @param {string} what @param {unknown} value one number, or two */
function sizeOf(what, value) {
  const two = Array.isArray(value) ? value : [value, value];
  return [numberOf(what, two[0], 0), numberOf(what, two[1], 0)];
}

/** A sweep as a web_sweep. @param {Library} lib @param {Sweep} how */
function put(lib, how) {
  const view = lib.view();
  view.setFloat64(lib.scratch, numberOf('scale', how.scale, 0), true);
  view.setFloat64(lib.scratch + 8, numberOf('group', how.group, 0), true);
  const whole = [numberOf('neighbours', how.neighbours, -1), ...sizeOf('minSize', how.minSize),
    ...sizeOf('maxSize', how.maxSize), numberOf('stages', how.stages, 0)];
  whole.forEach((n, i) => view.setInt32(lib.scratch + 16 + 4 * i, n, true));
  return lib.scratch;
}

/** A cascade, where the library is. */
export class OpenCascade {
  #lib;
  at; // the web_cascade
  name;
  /** @type {CascadeInfo} */ info;

  /** @param {Library} lib @param {Uint8Array} xml @param {string} name */
  constructor(lib, xml, name) {
    this.#lib = lib;
    this.name = name;
    this.at = lib.withBytes(xml, (at) => lib.handle((out) =>
      lib.c.web_cascade_new(lib.web, at, xml.length, out)));
    this.info = lib.json();
  }

  /** @param {Pixels} picture @param {Sweep} how @returns {HitRecord} */
  find(picture, how) {
    const lib = this.#lib;
    const pixels = lib.putPixels(picture);
    lib.withText(this.name, (name) => lib.check(lib.c.web_cascade_find(lib.web, this.at, name,
      put(lib, how), pixels, picture.width, picture.height)));
    return lib.json();
  }

  free() {
    this.#lib.c.web_cascade_free(this.at);
  }
}

/** The file of a cascade. @param {string|URL} models @param {CascadeName} name */
async function fetchCascade(models, name) {
  if (!Object.hasOwn(FILES, name))
    throw new MienError('EARG',
      `cascade: ${name}; it may be ${Object.keys(FILES).join(', ')}, or the bytes of a file`);
  return (await fetchModel(models, { file: FILES[name] })).bytes;
}

/**
 * Open one by its bytes or name.
 * @param {Library} lib @param {string|URL} models @param {CascadeName|Uint8Array} source
 * @param {string} [name] what it finds, for the record
 */
export async function openCascade(lib, models, source, name) {
  return typeof source === 'string'
    ? new OpenCascade(lib, await fetchCascade(models, source), name ?? source)
    : new OpenCascade(lib, source, name ?? 'cascade');
}

/** A name, or bytes that can be sent to a worker. @param {any} source @returns {Promise<any>} */
export const cascadeSource = async (source) =>
  (typeof source === 'string' ? source
    : bytesOf('cascade', source, 'bytes, a file or a name'));

/**
 * What the engine is asked by a Cascade.
 * @type {Record<string, (engine: import('./engine.js').Engine, args: any[]) => any>}
 */
export const CASCADE_CALLS = {
  cascadeNew: async (engine, [source, name]) => {
    const cascade = await openCascade(engine.lib, engine.models, source, name);
    return { id: engine.cascades.add(cascade), info: cascade.info };
  },
  cascadeFind: (engine, [picture, id, how]) =>
    engine.cascades.get(id).find(engine.pixels(picture), how),
  cascadeDrop: (engine, [id]) => engine.cascades.drop(id),
};

/** A cascade that a page holds; release it with free. */
export class Cascade extends Holder {
  #picture;
  /** @type {CascadeInfo} what it is made of */ info;

  /**
   * @param {import('./held.js').Caller} engine @param {{id: number, info: CascadeInfo}} made
   * @param {(source: any) => Promise<any>} picture
   */
  constructor(engine, made, picture) {
    super(engine, made.id, 'cascadeDrop');
    this.info = made.info;
    this.#picture = picture;
  }

  /**
   * What a picture shows: its size, hits, milliseconds.
   * @param {import('./mien.js').Source} source @param {Sweep} [how] @returns {Promise<HitRecord>}
   */
  async search(source, how = {}) {
    return this.engine.call('cascadeFind', [await this.#picture(source), this.id, how]);
  }

  /**
   * Where a picture shows what the cascade knows, from the left.
   * @param {import('./mien.js').Source} source @param {Sweep} [how] @returns {Promise<Hit[]>}
   */
  async find(source, how = {}) {
    return (await this.search(source, how)).objects;
  }
}
