// held.js: things of a worker that a page holds by number: cascades, trackers.

import { MienError } from './library.js';

/** @typedef {{call: (name: string, args: any[], progress?: import('./models.js').Progress) =>
 *   Promise<any>}} Caller an engine */

/** @typedef {{free: () => void}} Thing */

/** What an engine made and a page holds. @template {Thing} T */
export class Held {
  #what;
  #next = 1;
  /** @type {Map<number, T>} */ #all = new Map();

  /** @param {string} what its name, for messages */
  constructor(what) {
    this.#what = what;
  }

  /** @param {T} thing @returns {number} by which it is held */
  add(thing) {
    this.#all.set(this.#next, thing);
    return this.#next++;
  }

  /** @param {number} id @returns {T} */
  get(id) {
    const thing = this.#all.get(id);
    if (!thing)
      throw new MienError('EARG', `${this.#what}: it was freed`);
    return thing;
  }

  /** @param {number} id nothing happens if it is not there */
  drop(id) {
    this.#all.get(id)?.free();
    this.#all.delete(id);
  }

  /** Release all. */
  free() {
    for (const id of [...this.#all.keys()])
      this.drop(id);
  }
}

/** Releases what a program forgot to. */
export const forgotten = new FinalizationRegistry((/** @type {() => void} */ free) => free());

/** A page's end of something held. */
export class Holder {
  /** @protected */ engine;
  /** @protected */ id;
  #drop;

  /** @param {Caller} engine @param {number} id @param {string} drop the call that releases it */
  constructor(engine, id, drop) {
    this.engine = engine;
    this.id = id;
    this.#drop = () => void engine.call(drop, [id]).catch(() => {});
    forgotten.register(this, this.#drop, this);
  }

  /** By which number the engine has it. */
  get held() {
    return this.id;
  }

  /** Release it. */
  free() {
    forgotten.unregister(this);
    this.#drop();
  }
}
