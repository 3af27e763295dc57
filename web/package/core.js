// core.js: mien.wasm behind plain calls; one instance, on the thread that made it.

/** Reasons of failures, as the library numbers them. */
const STATUS = ['OK', 'EARG', 'ENOMEM', 'EIO', 'EFORMAT', 'ELIMIT', 'EUNSUP'];

const DETECTORS = ['yunet', 'tiny', 'ssd'];
const ROTATIONS = ['0', '90', '180', '270', 'auto'];
const WANTS = { landmarks: 1, descriptor: 2, expression: 4, age: 8, gender: 16 };
const RULES = ['nearest', 'mean'];

/** Numbers of a descriptor. */
export const DESCRIPTOR = 128;

/** What the library says: `code` is its status, such as "EFORMAT". */
export class MienError extends Error {
  /** @param {string} code @param {string} text */
  constructor(code, text) {
    super(text);
    this.name = 'MienError';
    this.code = code;
  }
}

/**
 * What a program may ask the system: the time; there are no files.
 * @param {() => WebAssembly.Memory} memory
 * @returns {WebAssembly.ModuleImports}
 */
function system(memory) {
  const NOT_THERE = 52;
  const view = () => new DataView(memory().buffer);
  /** @type {Record<string, (...args: any[]) => number>} */
  const calls = {
    clock_time_get: (_id, _precision, out) => {
      view().setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    environ_sizes_get: (count, bytes) => {
      view().setUint32(count, 0, true);
      view().setUint32(bytes, 0, true);
      return 0;
    },
    environ_get: () => 0,
    fd_prestat_get: () => 8,
    proc_exit: (status) => {
      throw new MienError('ENOMEM', `the library stopped with status ${status}`);
    },
  };
  return new Proxy(calls, {
    get: (target, name) => target[/** @type {string} */ (name)] ?? (() => NOT_THERE),
    has: () => true,
  });
}

/**
 * @typedef {object} Wish what is wanted of faces
 * @property {'yunet'|'tiny'|'ssd'} [detector] default 'yunet'
 * @property {boolean} [landmarks] 68 points
 * @property {boolean} [descriptor] 128 numbers; near means the same person
 * @property {boolean} [expression]
 * @property {boolean} [age]
 * @property {boolean} [gender]
 * @property {number} [inputSize] pixels that the detector sees, a multiple of 32
 * @property {number} [minScore] 0..1
 * @property {number} [maxOverlap] 0..1
 * @property {number} [maxFaces]
 * @property {boolean} [tinyLandmarks] the smaller network of landmarks
 * @property {0|90|180|270|'auto'} [rotate] how the picture is turned before it is read
 */

/**
 * @typedef {object} ObjectWish what is wanted of objects
 * @property {string[]} [classes] names of COCO; default: all
 * @property {number} [minScore] default 0.5
 * @property {number} [maxOverlap] default 0.5
 * @property {number} [maxObjects] default 20
 * @property {boolean} [byClass] boxes of two classes are two things
 */

/**
 * @typedef {object} Pixels RGBA, or RGB if there are three bytes a pixel
 * @property {Uint8Array|Uint8ClampedArray} data
 * @property {number} width
 * @property {number} height
 */

/** @typedef {{name: string, task: string, file: string, sha256: string}} Need */
/** @typedef {{name: string|null, distance: number, threshold: number}} Match */

/**
 * The index of a word in a list of choices.
 * @param {string} what @param {readonly string[]} list @param {unknown} word
 */
function choice(what, list, word) {
  const i = list.indexOf(String(word));
  if (i < 0)
    throw new MienError('EARG', `${what}: ${word}; it may be ${list.join(', ')}`);
  return i;
}

/** One instance of the library. */
export class Core {
  /** @type {any} */ #c;
  /** @type {WebAssembly.Memory} */ #memory;
  #web = 0;
  #scratch = 0; // 64 bytes: a wish, where a handle is left
  #pixels = 0; // of the last picture, kept for the next
  #room = 0;
  #text = new TextDecoder();

  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    this.#c = instance.exports;
    this.#memory = this.#c.memory;
    this.#c._initialize?.();
    this.#web = this.#c.web_new();
    this.#scratch = this.#c.web_alloc(64);
    if (!this.#web || !this.#scratch)
      throw new MienError('ENOMEM', 'no memory for the library');
  }

  /** @param {WebAssembly.Module} module */
  static async start(module) {
    /** @type {WebAssembly.Memory} */
    let memory;
    const imports = { wasi_snapshot_preview1: system(() => memory) };
    const instance = await WebAssembly.instantiate(module, imports);
    memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
    return new Core(instance);
  }

  get version() {
    const at = this.#c.web_version();
    const bytes = new Uint8Array(this.#memory.buffer, at, 32);
    return this.#text.decode(bytes.slice(0, bytes.indexOf(0)));
  }

  /** Bytes of memory that the instance has. */
  get memory() {
    return this.#memory.buffer.byteLength;
  }

  /** What the last call said. */
  #said() {
    const at = this.#c.web_text(this.#web);
    const n = this.#c.web_text_size(this.#web);
    return this.#text.decode(new Uint8Array(this.#memory.buffer, at, n).slice());
  }

  /** @param {number} status */
  #check(status) {
    if (status !== 0)
      throw new MienError(STATUS[-status] ?? 'EIO', this.#said());
  }

  /** @param {number} n */
  #alloc(n) {
    const at = this.#c.web_alloc(n);
    if (!at)
      throw new MienError('ENOMEM', `no memory for ${n} bytes`);
    return at;
  }

  /**
   * Call with a text in the library's memory.
   * @template T @param {string} text @param {(at: number) => T} call
   */
  #withText(text, call) {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = this.#alloc(bytes.length);
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    try {
      return call(at);
    } finally {
      this.#c.web_release(at);
    }
  }

  /**
   * Call with numbers in the library's memory.
   * @template T @param {ArrayLike<number>} numbers @param {(at: number) => T} call
   */
  #withFloats(numbers, call) {
    const at = this.#alloc(4 * numbers.length);
    new Float32Array(this.#memory.buffer, at, numbers.length).set(numbers);
    try {
      return call(at);
    } finally {
      this.#c.web_release(at);
    }
  }

  /** @param {Wish} wish */
  #putWish(wish) {
    let want = 0;
    for (const [name, bit] of Object.entries(WANTS))
      if (wish[/** @type {keyof Wish} */ (name)])
        want |= bit;
    const v = new DataView(this.#memory.buffer, this.#scratch, 32);
    const whole = [
      choice('detector', DETECTORS, wish.detector ?? 'yunet'), want, wish.inputSize ?? 0,
      wish.maxFaces ?? 0, wish.tinyLandmarks ? 1 : 0,
      choice('rotate', ROTATIONS, wish.rotate ?? 0)];
    whole.forEach((n, i) => v.setInt32(4 * i, n, true));
    v.setFloat32(24, wish.minScore ?? 0, true);
    v.setFloat32(28, wish.maxOverlap ?? 0, true);
    return this.#scratch;
  }

  /**
   * The networks that a wish needs.
   * @param {Wish} wish @returns {Need[]}
   */
  needs(wish) {
    this.#check(this.#c.web_needs(this.#web, this.#putWish(wish)));
    return JSON.parse(this.#said());
  }

  /** @param {string} name */
  hasModel(name) {
    return this.#withText(name, (at) => this.#c.web_has_model(this.#web, at) === 1);
  }

  /** @param {string} name @param {Uint8Array} bytes */
  addModel(name, bytes) {
    const at = this.#alloc(bytes.length);
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    this.#withText(name, (n) =>
      this.#check(this.#c.web_add_model(this.#web, n, at, bytes.length)));
  }

  /** @param {Wish} wish a number that stands for a reader; closeReader ends it */
  openReader(wish) {
    this.#check(this.#c.web_reader_new(this.#web, this.#putWish(wish), this.#scratch + 40));
    return new DataView(this.#memory.buffer).getUint32(this.#scratch + 40, true);
  }

  /** @param {number} reader */
  closeReader(reader) {
    this.#c.web_reader_free(reader);
  }

  /** The faces of a record with their descriptors. @param {number} reader */
  #record(reader) {
    const record = JSON.parse(this.#said());
    record.faces.forEach((/** @type {any} */ face, /** @type {number} */ i) => {
      const at = this.#c.web_descriptor(reader, i);
      if (at)
        face.descriptor = new Float32Array(this.#memory.buffer, at, DESCRIPTOR).slice();
    });
    return record;
  }

  /**
   * Bring a picture into the library's memory, as RGBA.
   * @param {Pixels} picture
   */
  #putPixels(picture) {
    const { data, width, height } = picture;
    const pixels = width * height;
    if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
      throw new MienError('EARG', `picture: ${width} x ${height} pixels`);
    if (data.length !== 4 * pixels && data.length !== 3 * pixels)
      throw new MienError('EARG', `picture: ${data.length} bytes for ${width} x ${height} ` +
        'pixels; wanted are 4 a pixel (RGBA) or 3 (RGB)');
    if (this.#room < 4 * pixels) {
      this.#c.web_release(this.#pixels);
      this.#room = 0;
      this.#pixels = this.#alloc(4 * pixels);
      this.#room = 4 * pixels;
    }
    const to = new Uint8Array(this.#memory.buffer, this.#pixels, 4 * pixels);
    if (data.length === to.length) {
      to.set(data);
    } else {
      for (let i = 0; i < pixels; i++) {
        to[4 * i] = data[3 * i];
        to[4 * i + 1] = data[3 * i + 1];
        to[4 * i + 2] = data[3 * i + 2];
        to[4 * i + 3] = 255;
      }
    }
    return this.#pixels;
  }

  /**
   * Read a picture.
   * @param {number} reader @param {Pixels} picture @param {string} [file]
   */
  read(reader, picture, file = 'picture') {
    const at = this.#putPixels(picture);
    this.#withText(file, (name) => this.#check(this.#c.web_read(
      this.#web, reader, name, at, picture.width, picture.height)));
    return this.#record(reader);
  }

  /** The network that objects need. @returns {Need[]} */
  objectNeeds() {
    this.#check(this.#c.web_finder_needs(this.#web));
    return JSON.parse(this.#said());
  }

  /** @param {ObjectWish} wish a number that stands for a finder; closeFinder ends it */
  openFinder(wish) {
    const classes = wish.classes ?? [];
    if (classes.some((name) => typeof name !== 'string' || !name || name.includes(',')))
      throw new MienError('EARG', `classes: ${classes}; names of COCO are wanted`);
    this.#withText(classes.join(','), (names) => this.#check(this.#c.web_finder_new(
      this.#web, names, wish.maxObjects ?? 0, wish.byClass ? 1 : 0, wish.minScore ?? 0,
      wish.maxOverlap ?? 0, this.#scratch + 40)));
    return new DataView(this.#memory.buffer).getUint32(this.#scratch + 40, true);
  }

  /** @param {number} finder */
  closeFinder(finder) {
    this.#c.web_finder_free(finder);
  }

  /**
   * Look for objects in a picture.
   * @param {number} finder @param {Pixels} picture @param {string} [file]
   */
  find(finder, picture, file = 'picture') {
    const at = this.#putPixels(picture);
    this.#withText(file, (name) => this.#check(this.#c.web_find(
      this.#web, finder, name, at, picture.width, picture.height)));
    return JSON.parse(this.#said());
  }

  /** A number that stands for people; peopleFree ends it. */
  peopleNew() {
    this.#check(this.#c.web_people_new(this.#web, this.#scratch + 40));
    return new DataView(this.#memory.buffer).getUint32(this.#scratch + 40, true);
  }

  /** @param {number} people */
  peopleFree(people) {
    this.#c.web_people_free(people);
  }

  /** @param {ArrayLike<number>} descriptor */
  #checkDescriptor(descriptor) {
    if (descriptor?.length !== DESCRIPTOR)
      throw new MienError('EARG', `descriptor: ${descriptor?.length} numbers, wanted are ` +
        `${DESCRIPTOR}`);
    for (let i = 0; i < DESCRIPTOR; i++)
      if (!Number.isFinite(descriptor[i]))
        throw new MienError('EARG', `descriptor: number ${i} is ${descriptor[i]}`);
  }

  /** @param {number} people @param {string} name @param {ArrayLike<number>} descriptor */
  peopleAdd(people, name, descriptor) {
    this.#checkDescriptor(descriptor);
    this.#withText(name, (n) => this.#withFloats(descriptor, (d) =>
      this.#check(this.#c.web_people_add(this.#web, people, n, d))));
  }

  /** @param {number} people @param {string} name @returns {number} descriptors that went */
  peopleRemove(people, name) {
    return this.#withText(name, (n) => this.#c.web_people_remove(people, n));
  }

  /** @param {number} people @returns {number} */
  peopleCount(people) {
    return this.#c.web_people_count(people);
  }

  /**
   * Who a face is, or by several pictures of it.
   * @param {number} people
   * @param {ArrayLike<number>[]} descriptors one, or those that vote
   * @param {{rule?: 'nearest'|'mean', threshold?: number, atMost?: boolean}} [options]
   * @returns {Match}
   */
  match(people, descriptors, options = {}) {
    descriptors.forEach((d) => this.#checkDescriptor(d));
    const rule = choice('rule', RULES, options.rule ?? 'nearest');
    const rest = [rule, options.threshold ?? -1, options.atMost ? 1 : 0];
    const all = new Float32Array(descriptors.length * DESCRIPTOR);
    descriptors.forEach((d, i) => all.set(d, i * DESCRIPTOR));
    this.#withFloats(all, (at) => this.#check(descriptors.length === 1
      ? this.#c.web_people_match(this.#web, people, at, ...rest)
      : this.#c.web_people_vote(this.#web, people, descriptors.length, at, ...rest)));
    return JSON.parse(this.#said());
  }

  /** @param {ArrayLike<number>} a @param {ArrayLike<number>} b @returns {number} */
  distance(a, b) {
    this.#checkDescriptor(a);
    this.#checkDescriptor(b);
    return this.#withFloats(a, (x) => this.#withFloats(b, (y) => this.#c.web_distance(x, y)));
  }

  /**
   * The share of strangers who would get a name.
   * @param {number} known descriptors @param {number} threshold @returns {number}
   */
  strangers(known, threshold) {
    return this.#c.web_strangers(known, threshold);
  }

  /**
   * Pairs of descriptors by distance.
   * @param {number} people
   * @returns {{most: number, same: number[], different: number[]}}
   */
  histogram(people) {
    this.#check(this.#c.web_people_histogram(this.#web, people));
    return JSON.parse(this.#said());
  }
}
