// objects.js: finders of objects.

import { MienError } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */

/**
 * @typedef {object} ObjectWish what is wanted of objects
 * @property {string[]} [classes] names of COCO; default: all
 * @property {number} [minScore] default 0.5
 * @property {number} [maxOverlap] default 0.5
 * @property {number} [maxObjects] default 20
 * @property {boolean} [byClass] boxes of two classes are two things
 */

/** What tells one wish from another. */
export const OBJECT_WISH = ['classes', 'minScore', 'maxOverlap', 'maxObjects', 'byClass'];

/** The 80 classes of COCO. @param {Library} lib @returns {string[]} */
export function objectClasses(lib) {
  lib.check(lib.c.web_object_classes(lib.web));
  return lib.json();
}

/** The network that objects need. @param {Library} lib @returns {import('./models.js').Need[]} */
export function objectNeeds(lib) {
  lib.check(lib.c.web_finder_needs(lib.web));
  return lib.json();
}

/** @param {Library} lib @param {ObjectWish} wish a finder; closeFinder ends it */
export function openFinder(lib, wish) {
  const classes = wish.classes ?? [];
  if (classes.some((name) => typeof name !== 'string' || !name || name.includes(',')))
    throw new MienError('EARG', `classes: ${classes}; names of COCO are wanted`);
  return lib.withText(classes.join(','), (names) => lib.handle((out) => lib.c.web_finder_new(
    lib.web, names, wish.maxObjects ?? 0, wish.byClass ? 1 : 0, wish.minScore ?? 0,
    wish.maxOverlap ?? 0, out)));
}

/** @param {Library} lib @param {number} finder */
export function closeFinder(lib, finder) {
  lib.c.web_finder_free(finder);
}

/**
 * Look for objects in a picture.
 * @param {Library} lib @param {number} finder @param {Pixels} picture @param {string} [file]
 */
export function findObjects(lib, finder, picture, file = 'picture') {
  const at = lib.putPixels(picture);
  lib.withText(file, (name) => lib.check(lib.c.web_find(
    lib.web, finder, name, at, picture.width, picture.height)));
  return lib.json();
}
