// results.js: what face-api.js says of a face: its classes, made of the library's record.

import { Box, Dimensions, Point } from './geometry.js';

/** @typedef {import('./geometry.js').IDimensions} IDimensions */

export class FaceDetection {
  /** @param {number} score @param {Box} relativeBox in shares @param {IDimensions} imageDims */
  constructor(score, relativeBox, imageDims) {
    this._imageDims = new Dimensions(imageDims.width, imageDims.height);
    this._score = score;
    this._classScore = score;
    this._className = '';
    this._box = new Box(relativeBox).rescale(this._imageDims);
  }

  get score() {
    return this._score;
  }

  get classScore() {
    return this._classScore;
  }

  get className() {
    return this._className;
  }

  get box() {
    return this._box;
  }

  get imageDims() {
    return this._imageDims;
  }

  get imageWidth() {
    return this._imageDims.width;
  }

  get imageHeight() {
    return this._imageDims.height;
  }

  get relativeBox() {
    return this._box.rescale(this._imageDims.reverse());
  }

  /** @param {number} width @param {number} height */
  forSize(width, height) {
    return new FaceDetection(this.score, this.relativeBox, { width, height });
  }
}

export class FaceLandmarks {
  /** @param {Point[]} relative in shares @param {IDimensions} imgDims @param {Point} [shift] */
  constructor(relative, imgDims, shift = new Point(0, 0)) {
    const { width, height } = imgDims;
    this._imgDims = new Dimensions(width, height);
    this._shift = shift;
    this._positions = relative.map((p) => p.mul(new Point(width, height)).add(shift));
  }

  get shift() {
    return new Point(this._shift.x, this._shift.y);
  }

  get imageWidth() {
    return this._imgDims.width;
  }

  get imageHeight() {
    return this._imgDims.height;
  }

  get positions() {
    return this._positions;
  }

  get relativePositions() {
    const size = new Point(this.imageWidth, this.imageHeight);
    return this._positions.map((p) => p.sub(this._shift).div(size));
  }

  /** @param {number} width @param {number} height @returns {this} */
  forSize(width, height) {
    const Same = /** @type {any} */ (this.constructor);
    return new Same(this.relativePositions, { width, height });
  }

  /** @param {number} x @param {number} y @returns {this} */
  shiftBy(x, y) {
    const Same = /** @type {any} */ (this.constructor);
    return new Same(this.relativePositions, this._imgDims, new Point(x, y));
  }
}

export class FaceLandmarks68 extends FaceLandmarks {
  getJawOutline() {
    return this.positions.slice(0, 17);
  }

  getLeftEyeBrow() {
    return this.positions.slice(17, 22);
  }

  getRightEyeBrow() {
    return this.positions.slice(22, 27);
  }

  getNose() {
    return this.positions.slice(27, 36);
  }

  getLeftEye() {
    return this.positions.slice(36, 42);
  }

  getRightEye() {
    return this.positions.slice(42, 48);
  }

  getMouth() {
    return this.positions.slice(48, 68);
  }
}

export const FACE_EXPRESSION_LABELS = /** @type {const} */ (
  ['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgusted', 'surprised']);

export class FaceExpressions {
  neutral = 0;
  happy = 0;
  sad = 0;
  angry = 0;
  fearful = 0;
  disgusted = 0;
  surprised = 0;

  /** @param {ArrayLike<number>} probabilities in the order of FACE_EXPRESSION_LABELS */
  constructor(probabilities) {
    if (probabilities.length !== 7)
      throw new Error('FaceExpressions.constructor - expected probabilities.length to be 7, ' +
        `have: ${probabilities.length}`);
    FACE_EXPRESSION_LABELS.forEach((expression, i) => {
      this[expression] = probabilities[i];
    });
  }

  /** The likeliest first. */
  asSortedArray() {
    return FACE_EXPRESSION_LABELS
      .map((expression) => ({ expression, probability: this[expression] }))
      .sort((a, b) => b.probability - a.probability);
  }
}

/** @typedef {{detection: FaceDetection}} WithFaceDetection */
/**
 * @typedef {{landmarks: FaceLandmarks68, unshiftedLandmarks: FaceLandmarks68,
 *   alignedRect: FaceDetection}} WithFaceLandmarks
 */
/** @typedef {{descriptor: Float32Array}} WithFaceDescriptor */
/** @typedef {{expressions: FaceExpressions}} WithFaceExpressions */
/**
 * @typedef {{age: number, gender: 'male'|'female', genderProbability: number}} WithAgeAndGender
 */

/** A box of the record. @param {any} of @returns {FaceDetection} */
function detectionOf({ score, box, imageDims }) {
  const dims = new Dimensions(imageDims.width, imageDims.height);
  return new FaceDetection(score, new Box(box).rescale(dims.reverse()), dims);
}

/** Its points, which the network saw in the whole pixels of the box. @param {any} face */
function landmarksOf({ detection, landmarks, alignedRect }) {
  const { imageDims: { width, height }, box } = detection;
  const seen = new Box(box).floor().clipAtImageBorders(width, height);
  const size = new Point(seen.width, seen.height);
  const relative = landmarks.positions.map((/** @type {{x: number, y: number}} */ p) =>
    new Point(p.x, p.y).sub(box).div(size));
  const unshiftedLandmarks = new FaceLandmarks68(relative, seen);
  return {
    landmarks: unshiftedLandmarks.shiftBy(box.x, box.y),
    unshiftedLandmarks,
    alignedRect: detectionOf(alignedRect),
  };
}

/** A face of the library's record as face-api.js gives it. @param {any} face @returns {any} */
export function resultOf(face) {
  return {
    detection: detectionOf(face.detection),
    ...(face.landmarks && landmarksOf(face)),
    ...(face.expressions && { expressions: new FaceExpressions(
      FACE_EXPRESSION_LABELS.map((name) => face.expressions[name])) }),
    ...(face.gender && { gender: face.gender, genderProbability: face.genderProbability }),
    ...(face.age !== undefined && { age: face.age }),
    ...(face.descriptor && { descriptor: face.descriptor }),
  };
}

/**
 * Results for a picture of another size.
 * @template T @param {T} results @param {IDimensions} dimensions @returns {T}
 */
export function resizeResults(results, dimensions) {
  const { width, height } = new Dimensions(dimensions.width, dimensions.height);
  if (width <= 0 || height <= 0)
    throw new Error(`resizeResults - invalid dimensions: ${JSON.stringify({ width, height })}`);
  const of = /** @type {any} */ (results);
  if (Array.isArray(of))
    return /** @type {any} */ (of.map((one) => resizeResults(one, dimensions)));
  if (of instanceof FaceDetection || of instanceof FaceLandmarks)
    return /** @type {any} */ (of.forSize(width, height));
  if (!(of?.detection instanceof FaceDetection))
    return results;
  const detection = of.detection.forSize(width, height);
  const { box } = detection;
  if (!(of.unshiftedLandmarks instanceof FaceLandmarks))
    return { ...of, detection };
  const { imageWidth, imageHeight } = of.unshiftedLandmarks;
  const unshiftedLandmarks = of.unshiftedLandmarks.forSize(box.width, box.height);
  const aligned = of.alignedRect.box.shift(-of.detection.box.x, -of.detection.box.y)
    .rescale({ width: box.width / imageWidth, height: box.height / imageHeight })
    .shift(box.x, box.y); // it goes the way of the points
  return { ...of, detection, unshiftedLandmarks,
    landmarks: unshiftedLandmarks.shiftBy(box.x, box.y),
    alignedRect: new FaceDetection(of.alignedRect.score,
      aligned.rescale(detection.imageDims.reverse()), detection.imageDims) };
}
