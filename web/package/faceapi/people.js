// people.js: face-api.js' FaceMatcher over the library's people.

import { round } from './geometry.js';
import { loaded } from './nets.js';

export class LabeledFaceDescriptors {
  /** @param {string} label @param {Float32Array[]} descriptors */
  constructor(label, descriptors) {
    if (typeof label !== 'string')
      throw new Error('LabeledFaceDescriptors - constructor expected label to be a string');
    if (!Array.isArray(descriptors) || descriptors.some((d) => !(d instanceof Float32Array)))
      throw new Error('LabeledFaceDescriptors - constructor expected descriptors to be an array ' +
        'of Float32Array');
    this._label = label;
    this._descriptors = descriptors;
  }

  get label() {
    return this._label;
  }

  get descriptors() {
    return this._descriptors;
  }

  toJSON() {
    return { label: this.label, descriptors: this.descriptors.map((d) => Array.from(d)) };
  }

  /** @param {{label: string, descriptors: ArrayLike<number>[]}} json */
  static fromJSON(json) {
    return new LabeledFaceDescriptors(json.label,
      json.descriptors.map((d) => new Float32Array(d)));
  }
}

export class FaceMatch {
  /** @param {string} label @param {number} distance */
  constructor(label, distance) {
    this._label = label;
    this._distance = distance;
  }

  get label() {
    return this._label;
  }

  get distance() {
    return this._distance;
  }

  toString(withDistance = true) {
    return `${this.label}${withDistance ? ` (${round(this.distance)})` : ''}`;
  }
}

/**
 * How far two descriptors lie apart.
 * @param {ArrayLike<number>} a @param {ArrayLike<number>} b
 */
export function euclideanDistance(a, b) {
  if (a.length !== b.length)
    throw new Error('euclideanDistance: arr1.length !== arr2.length');
  return loaded().distance(a, b);
}

/** @typedef {LabeledFaceDescriptors|Float32Array|{descriptor: Float32Array}} Known */

/** Who a face is: the person with the least mean distance. */
export class FaceMatcher {
  /** @type {import('../people.js').Matcher|undefined} */ #matcher;
  #made = ''; // of how many descriptors each

  /** @param {Known|Known[]} inputs @param {number} [distanceThreshold] */
  constructor(inputs, distanceThreshold = 0.6) {
    const all = Array.isArray(inputs) ? inputs : [inputs];
    if (!all.length)
      throw new Error('FaceRecognizer.constructor - expected atleast one input');
    let count = 1;
    this._distanceThreshold = distanceThreshold;
    this._labeledDescriptors = all.map((one) => {
      if (one instanceof LabeledFaceDescriptors)
        return one;
      const descriptor = one instanceof Float32Array ? one : one?.descriptor;
      if (!(descriptor instanceof Float32Array))
        throw new Error('FaceRecognizer.constructor - expected inputs to be of type ' +
          'LabeledFaceDescriptors | WithFaceDescriptor<any> | Float32Array | ' +
          'Array<LabeledFaceDescriptors | WithFaceDescriptor<any> | Float32Array>');
      return new LabeledFaceDescriptors(`person ${count++}`, [descriptor]);
    });
  }

  get labeledDescriptors() {
    return this._labeledDescriptors;
  }

  get distanceThreshold() {
    return this._distanceThreshold;
  }

  /** The library's people, by their places: labels may be the same. */
  #people() {
    const all = this._labeledDescriptors;
    const made = all.map(({ descriptors }) => descriptors.length).join();
    if (!this.#matcher || made !== this.#made) {
      this.#matcher?.free();
      this.#matcher = loaded().matcher(
        all.map(({ descriptors }, i) => ({ label: String(i), descriptors })),
        { rule: 'mean', threshold: 1e9 });
      this.#made = made;
    }
    return this.#matcher;
  }

  /** Who is nearest, however far. @param {Float32Array} queryDescriptor */
  matchDescriptor(queryDescriptor) {
    const { name, distance } = this.#people().best(queryDescriptor);
    return new FaceMatch(name === null ? 'unknown' : this._labeledDescriptors[Number(name)].label,
      distance ?? NaN);
  }

  /** Who it is, or "unknown". @param {Float32Array} queryDescriptor */
  findBestMatch(queryDescriptor) {
    const best = this.matchDescriptor(queryDescriptor);
    return best.distance < this._distanceThreshold ? best
      : new FaceMatch('unknown', best.distance);
  }

  toJSON() {
    return {
      distanceThreshold: this._distanceThreshold,
      labeledDescriptors: this._labeledDescriptors.map((one) => one.toJSON()),
    };
  }

  /**
   * @param {{distanceThreshold: number, labeledDescriptors: {label: string,
   *   descriptors: ArrayLike<number>[]}[]}} json
   */
  static fromJSON(json) {
    return new FaceMatcher(json.labeledDescriptors.map(LabeledFaceDescriptors.fromJSON),
      json.distanceThreshold);
  }
}
