// faces.js: readers of faces, by what is wanted of them.

import { choice } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */

/** Numbers of a descriptor. */
export const DESCRIPTOR = 128;

const DETECTORS = ['yunet', 'tiny', 'ssd'];
const ROTATIONS = ['0', '90', '180', '270', 'auto'];
const WANTS = { landmarks: 1, descriptor: 2, expression: 4, age: 8, gender: 16 };

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
 * @property {boolean} [byBox] attributes are read from the detector's box where no landmarks are
 *   wanted, as face-api.js does; else from the box around landmarks, which are found for them
 */

/** What tells one wish from another. */
export const WISH = ['detector', 'landmarks', 'descriptor', 'expression', 'age', 'gender',
  'inputSize', 'minScore', 'maxOverlap', 'maxFaces', 'tinyLandmarks', 'rotate', 'byBox'];

/** A wish as a web_wish. @param {Library} lib @param {Wish} wish */
export function putWish(lib, wish) {
  let want = 0;
  for (const [name, bit] of Object.entries(WANTS))
    if (wish[/** @type {keyof Wish} */ (name)])
      want |= bit;
  const whole = [
    choice('detector', DETECTORS, wish.detector ?? 'yunet'), want, wish.inputSize ?? 0,
    wish.maxFaces ?? 0, wish.tinyLandmarks ? 1 : 0,
    choice('rotate', ROTATIONS, wish.rotate ?? 0)];
  const view = lib.view();
  whole.forEach((n, i) => view.setInt32(lib.scratch + 4 * i, n, true));
  view.setFloat32(lib.scratch + 24, wish.minScore ?? 0, true);
  view.setFloat32(lib.scratch + 28, wish.maxOverlap ?? 0, true);
  view.setInt32(lib.scratch + 32, wish.byBox ? 1 : 0, true);
  return lib.scratch;
}

/**
 * The networks that a wish needs.
 * @param {Library} lib @param {Wish} wish @returns {import('./models.js').Need[]}
 */
export function faceNeeds(lib, wish) {
  lib.check(lib.c.web_needs(lib.web, putWish(lib, wish)));
  return lib.json();
}

/** @param {Library} lib @param {Wish} wish a reader; closeReader ends it */
export function openReader(lib, wish) {
  const at = putWish(lib, wish);
  return lib.handle((out) => lib.c.web_reader_new(lib.web, at, out));
}

/** @param {Library} lib @param {number} reader */
export function closeReader(lib, reader) {
  lib.c.web_reader_free(reader);
}

/**
 * Read a picture.
 * @param {Library} lib @param {number} reader @param {Pixels} picture @param {string} [file]
 */
export function readFaces(lib, reader, picture, file = 'picture') {
  const at = lib.putPixels(picture);
  lib.withText(file, (name) => lib.check(lib.c.web_read(
    lib.web, reader, name, at, picture.width, picture.height)));
  const record = lib.json();
  record.faces.forEach((/** @type {any} */ face, /** @type {number} */ i) => {
    const numbers = lib.c.web_descriptor(reader, i);
    if (numbers)
      face.descriptor = lib.floats(numbers, DESCRIPTOR);
  });
  return record;
}
