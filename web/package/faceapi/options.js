// options.js: face-api.js' choice of a detector.

/** @typedef {import('../faces.js').Wish} Wish */

/** @param {string} name @param {string} what @param {number} value */
function share(name, what, value) {
  if (typeof value !== 'number' || !(value > 0) || value >= 1)
    throw new Error(`${name} - expected ${what} to be a number between 0 and 1`);
  return value;
}

export class SsdMobilenetv1Options {
  _name = 'SsdMobilenetv1Options';

  /** @param {{minConfidence?: number, maxResults?: number}} [options] */
  constructor({ minConfidence = 0.5, maxResults = 100 } = {}) {
    this._minConfidence = share(this._name, 'minConfidence', minConfidence);
    this._maxResults = maxResults;
  }

  get minConfidence() {
    return this._minConfidence;
  }

  get maxResults() {
    return this._maxResults;
  }

  /** @returns {Wish} */
  wish() {
    return { detector: 'ssd', minScore: this._minConfidence, maxFaces: this._maxResults };
  }
}

export class TinyFaceDetectorOptions {
  _name = 'TinyFaceDetectorOptions';

  /** @param {{inputSize?: number, scoreThreshold?: number}} [options] */
  constructor({ inputSize = 416, scoreThreshold = 0.5 } = {}) {
    if (!Number.isInteger(inputSize) || inputSize < 32 || inputSize % 32 !== 0)
      throw new Error(`${this._name} - expected inputSize to be a number divisible by 32`);
    this._inputSize = inputSize;
    this._scoreThreshold = share(this._name, 'scoreThreshold', scoreThreshold);
  }

  get inputSize() {
    return this._inputSize;
  }

  get scoreThreshold() {
    return this._scoreThreshold;
  }

  /** @returns {Wish} */
  wish() {
    return { detector: 'tiny', minScore: this._scoreThreshold, inputSize: this._inputSize };
  }
}

/** @typedef {SsdMobilenetv1Options|TinyFaceDetectorOptions} FaceDetectionOptions */
