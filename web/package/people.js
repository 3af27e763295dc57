// people.js: who is known, and who a face is among them.

import { DESCRIPTOR } from './faces.js';
import { forgotten } from './held.js';
import { MienError, choice } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {{name: string|null, distance: number, threshold: number}} Match */
/** @typedef {import('./profiles.js').Profile} Profile */

/**
 * @typedef {object} MatchOptions
 * @property {'nearest'|'mean'} [rule] of a person's descriptors the nearest counts (default),
 *   or their mean distance, as face-api.js' FaceMatcher has it
 * @property {number} [threshold] a face farther from everybody is nobody; default: so that
 *   about one stranger in a hundred gets a name
 * @property {boolean} [atMost] a distance equal to the threshold matches too
 */

/**
 * @typedef {object} Vote who has most votes, with the mean distance of them
 * @property {string|null} name
 * @property {number} distance
 * @property {number} threshold
 * @property {{name: string|null, votes: number}[]} votes of all who have any, nobody last
 */

/**
 * @typedef {object} Rates what a threshold means for people who are known
 * @property {number} threshold
 * @property {number} strangers expected share of strangers who get a name, 0..1
 * @property {number} same pairs of descriptors of one person
 * @property {number} sameNear of these nearer than the threshold
 * @property {number} different pairs of two people
 * @property {number} differentNear of these nearer than the threshold: mistaken for each other
 */

/** How a face is told from others, as the library numbers it. */
export const RULES = ['nearest', 'mean'];

/** @param {ArrayLike<number>} descriptor fails for what is none */
function checkDescriptor(descriptor) {
  if (descriptor?.length !== DESCRIPTOR)
    throw new MienError('EARG', `descriptor: ${descriptor?.length} numbers, wanted are ` +
      `${DESCRIPTOR}`);
  for (let i = 0; i < DESCRIPTOR; i++)
    if (!Number.isFinite(descriptor[i]))
      throw new MienError('EARG', `descriptor: number ${i} is ${descriptor[i]}`);
}

/**
 * How far two descriptors lie apart.
 * @param {Library} lib @param {ArrayLike<number>} a @param {ArrayLike<number>} b
 * @returns {number}
 */
export function distance(lib, a, b) {
  checkDescriptor(a);
  checkDescriptor(b);
  return lib.withFloats(a, (x) => lib.withFloats(b, (y) => lib.c.web_distance(x, y)));
}

/**
 * Add to people.
 * @param {Library} lib @param {number} people @param {string} label
 * @param {ArrayLike<number>} descriptor
 */
function addTo(lib, people, label, descriptor) {
  checkDescriptor(descriptor);
  lib.withText(label, (name) => lib.withFloats(descriptor, (d) =>
    lib.check(lib.c.web_people_add(lib.web, people, name, d))));
}

/**
 * People of profiles.
 * @param {Library} lib @param {Profile[]} profiles @returns {number} free with web_people_free
 */
export function peopleOf(lib, profiles) {
  const people = lib.handle((out) => lib.c.web_people_new(lib.web, out));
  try {
    for (const { label, descriptors } of profiles)
      for (const d of descriptors)
        addTo(lib, people, label, d);
    return people;
  } catch (e) {
    lib.c.web_people_free(people);
    throw e;
  }
}

/** People who are known, and who a face is among them. */
export class Matcher {
  #lib;
  #options;
  #people;

  /**
   * @param {Library} lib @param {Profile[]} profiles
   * @param {MatchOptions} options
   */
  constructor(lib, profiles, options) {
    this.#lib = lib;
    this.#options = options;
    const people = peopleOf(lib, profiles);
    this.#people = people;
    forgotten.register(this, () => lib.c.web_people_free(people), this);
  }

  /** The people, until they are released. */
  get #known() {
    if (!this.#people)
      throw new MienError('EARG', 'matcher: it was freed');
    return this.#people;
  }

  /** @param {string} label @param {ArrayLike<number>} descriptor */
  add(label, descriptor) {
    addTo(this.#lib, this.#known, label, descriptor);
  }

  /** @param {string} label @returns {number} descriptors that went */
  remove(label) {
    return this.#lib.withText(label, (name) => this.#lib.c.web_people_remove(this.#known, name));
  }

  get count() {
    return this.#lib.c.web_people_count(this.#known);
  }

  /** The choices of a match, as the library's numbers. */
  get #choices() {
    const { rule = 'nearest', threshold = -1, atMost = false } = this.#options;
    return [choice('rule', RULES, rule), threshold, atMost ? 1 : 0];
  }

  /**
   * Who a face is; name is null for nobody who is known.
   * @param {ArrayLike<number>} descriptor @returns {Match}
   */
  best(descriptor) {
    checkDescriptor(descriptor);
    const lib = this.#lib;
    lib.withFloats(descriptor, (d) => lib.check(
      lib.c.web_people_match(lib.web, this.#known, d, ...this.#choices)));
    return lib.json();
  }

  /**
   * The same by several pictures of one face, each of which has a vote.
   * @param {ArrayLike<number>[]} descriptors @returns {Vote}
   */
  vote(descriptors) {
    descriptors.forEach(checkDescriptor);
    const all = new Float32Array(descriptors.length * DESCRIPTOR);
    descriptors.forEach((d, i) => all.set(d, i * DESCRIPTOR));
    const lib = this.#lib;
    lib.withFloats(all, (at) => lib.check(lib.c.web_people_vote(
      lib.web, this.#known, descriptors.length, at, ...this.#choices)));
    return lib.json();
  }

  /**
   * Which of a person's descriptors, in the order they were added, a face is nearest to.
   * @param {string} label @param {ArrayLike<number>} descriptor
   * @returns {{picture: number, distance: number}}
   */
  closest(label, descriptor) {
    checkDescriptor(descriptor);
    const lib = this.#lib;
    lib.withText(label, (name) => lib.withFloats(descriptor, (d) =>
      lib.check(lib.c.web_people_closest(lib.web, this.#known, name, d))));
    return lib.json();
  }

  /**
   * Pairs of descriptors by distance: of one person, of two.
   * @returns {{most: number, same: number[], different: number[]}}
   */
  histogram() {
    this.#lib.check(this.#lib.c.web_people_histogram(this.#lib.web, this.#known));
    return this.#lib.json();
  }

  /**
   * What a threshold means for these people; default: the matcher's own.
   * @param {number} [threshold] @returns {Rates}
   */
  rates(threshold = undefined) {
    const [rule, own] = this.#choices;
    this.#lib.check(this.#lib.c.web_people_rates(this.#lib.web, this.#known, rule,
      threshold ?? own));
    return this.#lib.json();
  }

  /** Release the people. */
  free() {
    forgotten.unregister(this);
    this.#lib.c.web_people_free(this.#people);
    this.#people = 0;
  }
}
