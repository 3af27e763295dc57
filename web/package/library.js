// library.js: one instance of mien.wasm, on the thread that made it: its memory, texts,
// pictures and handles. What it can do stands in faces.js, objects.js, people.js.

/** Reasons of failures, as the library numbers them. */
const STATUS = ['OK', 'EARG', 'ENOMEM', 'EIO', 'EFORMAT', 'ELIMIT', 'EUNSUP'];

/** What the library says: `code` is its status, such as "EFORMAT". */
export class MienError extends Error {
  /** @param {string} code @param {string} text */
  constructor(code, text) {
    super(text);
    this.name = 'MienError';
    this.code = code;
  }
}

/** The memory of mien-threads.wasm, as the Makefile links it: 64 kB a page. */
const SHARED = { initial: 64, maximum: 65536, shared: true };

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
 * @typedef {object} Pixels RGBA, or RGB if there are three bytes a pixel
 * @property {Uint8Array|Uint8ClampedArray} data
 * @property {number} width
 * @property {number} height
 */

/**
 * The index of a word in a list of choices.
 * @param {string} what @param {readonly string[]} list @param {unknown} word
 */
export function choice(what, list, word) {
  const i = list.indexOf(String(word));
  if (i < 0)
    throw new MienError('EARG', `${what}: ${word}; it may be ${list.join(', ')}`);
  return i;
}

/**
 * A number; what is none is refused.
 * @param {string} what @param {unknown} value @param {number} usual
 */
export function numberOf(what, value, usual) {
  const n = value ?? usual;
  if (typeof n !== 'number' || !Number.isFinite(n))
    throw new MienError('EARG', `${what}: ${value}; a number is wanted`);
  return n;
}

/**
 * What a page gives, as bytes that can be sent to a worker.
 * @param {string} what @param {any} source @param {string} [wanted] in words
 * @returns {Promise<Uint8Array>}
 */
export async function bytesOf(what, source, wanted = 'bytes or a file') {
  if (source instanceof Uint8Array)
    return source;
  if (typeof source === 'string' || source instanceof ArrayBuffer || ArrayBuffer.isView(source))
    return bytesOf(what, new Blob([/** @type {BlobPart} */ (source)]));
  if (typeof source?.arrayBuffer === 'function')
    return new Uint8Array(await source.arrayBuffer());
  throw new MienError('EARG', `${what}: ${wanted} are wanted`);
}

/** One instance of the library. */
export class Library {
  /** Its exports, as wasm/web.h lists them. @type {any} */ c;
  /** The mien_web of all calls. */ web = 0;
  /** 64 bytes for small records; the last eight for handles. */ scratch = 0;
  /** @type {WebAssembly.Memory} */ #memory;
  /** The memory, where helpers may share it. @type {WebAssembly.Memory|undefined} */ shared;
  #pixels = 0; // of the last picture, kept for the next
  #room = 0;
  #text = new TextDecoder();

  /** @param {WebAssembly.Instance} instance @param {WebAssembly.Memory} [shared] */
  constructor(instance, shared) {
    this.c = instance.exports;
    this.shared = shared;
    this.#memory = shared ?? this.c.memory;
    this.c._initialize?.();
    this.web = this.c.web_new();
    this.scratch = this.c.web_alloc(64);
    if (!this.web || !this.scratch)
      throw new MienError('ENOMEM', 'no memory for the library');
  }

  /** @param {WebAssembly.Module} module */
  static async start(module) {
    /** @type {WebAssembly.Memory} */
    let memory;
    const shared = WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory')
      ? new WebAssembly.Memory(SHARED) : undefined;
    const imports = { env: { memory: shared }, wasi_snapshot_preview1: system(() => memory) };
    const instance = await WebAssembly.instantiate(module,
      /** @type {WebAssembly.Imports} */ (imports));
    memory = shared ?? /** @type {WebAssembly.Memory} */ (instance.exports.memory);
    return new Library(instance, shared);
  }

  get version() {
    const at = this.c.web_version();
    const bytes = new Uint8Array(this.#memory.buffer, at, 32);
    return this.#text.decode(bytes.slice(0, bytes.indexOf(0)));
  }

  /** Bytes of memory that the instance has. */
  get memory() {
    return this.#memory.buffer.byteLength;
  }

  /** What the last call said. */
  said() {
    return this.#text.decode(this.saidBytes());
  }

  /** The same, not decoded. */
  saidBytes() {
    const at = this.c.web_text(this.web);
    const n = this.c.web_text_size(this.web);
    return new Uint8Array(this.#memory.buffer, at, n).slice();
  }

  /** The same, where it is JSON. @returns {any} */
  json() {
    return JSON.parse(this.said());
  }

  /** A handle that a call leaves at an address. @param {(at: number) => number} call */
  handle(call) {
    this.check(call(this.scratch + 56));
    return this.view().getUint32(this.scratch + 56, true);
  }

  /** The memory, until a call makes it grow. */
  view() {
    return new DataView(this.#memory.buffer);
  }

  /** Numbers of the library's, copied. @param {number} at @param {number} n */
  floats(at, n) {
    return new Float32Array(this.#memory.buffer, at, n).slice();
  }

  /** Fail for a status. @param {number} status */
  check(status) {
    if (status !== 0)
      throw new MienError(STATUS[-status] ?? 'EIO', this.said());
  }

  /** @param {number} n */
  alloc(n) {
    const at = n < 2 ** 32 ? this.c.web_alloc(n) : 0;
    if (!at)
      throw new MienError('ENOMEM', `no memory for ${n} bytes`);
    return at;
  }

  /** A copy in the library's memory, for a call that takes it over. @param {Uint8Array} bytes */
  put(bytes) {
    const at = this.alloc(bytes.length);
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    return at;
  }

  /**
   * Call with bytes in the library's memory.
   * @template T @param {Uint8Array} bytes @param {(at: number) => T} call
   */
  withBytes(bytes, call) {
    const at = this.put(bytes);
    try {
      return call(at);
    } finally {
      this.c.web_release(at);
    }
  }

  /**
   * Call with a text.
   * @template T @param {string} text @param {(at: number) => T} call
   */
  withText(text, call) {
    return this.withBytes(new TextEncoder().encode(`${text}\0`), call);
  }

  /**
   * Call with numbers of four bytes.
   * @template T @param {ArrayLike<number>} numbers @param {(at: number) => T} call
   */
  withFloats(numbers, call) {
    return this.withBytes(new Uint8Array(Float32Array.from(numbers).buffer), call);
  }

  /**
   * Bring a picture into the library's memory, as RGBA.
   * @param {Pixels} picture
   */
  putPixels(picture) {
    const { data, width, height } = picture;
    const pixels = width * height;
    if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
      throw new MienError('EARG', `picture: ${width} x ${height} pixels`);
    if (data.length !== 4 * pixels && data.length !== 3 * pixels)
      throw new MienError('EARG', `picture: ${data.length} bytes for ${width} x ${height} ` +
        'pixels; wanted are 4 a pixel (RGBA) or 3 (RGB)');
    if (this.#room < 4 * pixels) {
      this.c.web_release(this.#pixels);
      this.#room = 0;
      this.#pixels = this.alloc(4 * pixels);
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
}
