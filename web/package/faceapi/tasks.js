// tasks.js: face-api.js' chain: what is asked for is collected, and read when it is awaited.

import { pictureOf } from '../picture.js';
import { load, nets } from './nets.js';
import { resultOf } from './results.js';
import { SsdMobilenetv1Options, TinyFaceDetectorOptions } from './options.js';
import { inTurn, resolveInput, toPicture } from './media.js';

/** @typedef {import('./media.js').Input} Input */
/** @typedef {import('./options.js').FaceDetectionOptions} FaceDetectionOptions */
/** @typedef {import('./results.js').FaceDetection} FaceDetection */
/** @typedef {import('./results.js').WithFaceDetection} WithFaceDetection */
/** @typedef {import('./results.js').WithFaceLandmarks} WithFaceLandmarks */
/** @typedef {import('./results.js').WithFaceDescriptor} WithFaceDescriptor */
/** @typedef {import('./results.js').WithFaceExpressions} WithFaceExpressions */
/** @typedef {import('./results.js').WithAgeAndGender} WithAgeAndGender */
/** @typedef {import('../faces.js').Wish} Wish */

/**
 * @typedef {object} Plan what is asked for
 * @property {string|Input} input
 * @property {FaceDetectionOptions} options
 * @property {boolean} single
 * @property {Wish} [byBox] attributes that were asked for before landmarks: they are read from
 *   the detector's box
 * @property {Wish} [byPoints] landmarks and all after them
 */

/** The networks of a plan must be there. @param {Plan} plan */
function checkNets({ options, byBox, byPoints }) {
  const all = { ...byBox, ...byPoints };
  (options instanceof TinyFaceDetectorOptions ? nets.tinyFaceDetector
    : nets.ssdMobilenetv1).check();
  if (byPoints)
    (byPoints.tinyLandmarks ? nets.faceLandmark68TinyNet : nets.faceLandmark68Net).check();
  if (all.descriptor)
    nets.faceRecognitionNet.check();
  if (all.expression)
    nets.faceExpressionNet.check();
  if (all.age)
    nets.ageGenderNet.check();
}

/** What is asked for, without of what. @param {Plan} plan */
const keyOf = ({ options, single, byBox, byPoints }) =>
  JSON.stringify([options, single, byBox, byPoints]);

/** The faces of a plan. @param {Plan} plan @returns {Promise<any[]>} */
async function read(plan) {
  const { input, options, single, byBox, byPoints } = plan;
  if (!(options instanceof SsdMobilenetv1Options) && !(options instanceof TinyFaceDetectorOptions))
    throw new Error('detectFaces - expected options to be instance of TinyFaceDetectorOptions | ' +
      'SsdMobilenetv1Options');
  checkNets(plan);
  const mien = await load();
  const wish = { ...options.wish(), ...(single && { maxFaces: 1 }) };
  const picture = await toPicture(input);
  if (!byBox || !byPoints) {
    const faces = await mien.detectFaceapi(picture, { ...wish, ...(byPoints ?? byBox),
      byBox: true });
    return faces.map(resultOf);
  }
  const still = await pictureOf(picture); // a video goes on meanwhile
  try {
    const first = await mien.detectFaceapi(still, { ...wish, ...byBox, byBox: true });
    const second = await mien.detectFaceapi(still, { ...wish, ...byPoints });
    return second.map((face, i) => resultOf({ ...first[i], ...face }));
  } finally {
    still.close?.();
  }
}

/** @template T @extends {Promise<T>} */
class Task {
  #plan;

  /** @param {Plan} plan */
  constructor(plan) {
    this.#plan = plan;
  }

  /** The plan, asking for more. @param {Wish} more @returns {any} */
  with(more) {
    const plan = this.#plan;
    const place = plan.byPoints || more.landmarks ? 'byPoints' : 'byBox';
    return { ...plan, [place]: { ...plan[place], ...more } };
  }

  /** @returns {Promise<T>} */
  async run() {
    const plan = this.#plan;
    const faces = await inTurn(resolveInput(plan.input), keyOf(plan), () => read(plan));
    const whole = plan.byBox || plan.byPoints;
    const results = whole ? faces : faces.map((face) => face.detection);
    return /** @type {any} */ (plan.single ? results[0] : results);
  }

  /**
   * @template A, [B=never] @param {(value: T) => A|PromiseLike<A>} done
   * @param {(reason: any) => B|PromiseLike<B>} [failed] @returns {Promise<A|B>}
   */
  then(done, failed) {
    return this.run().then(done, failed);
  }

  /** @template B @param {(reason: any) => B|PromiseLike<B>} failed @returns {Promise<T|B>} */
  catch(failed) {
    return this.run().catch(failed);
  }
}

/**
 * @template F what is given of a face @template W what is known of it when more is asked for
 * @extends {Task<F[]>}
 */
class AllTask extends Task {
  /** @returns {AllTask<W & WithFaceLandmarks, W & WithFaceLandmarks>} */
  withFaceLandmarks(useTinyLandmarkNet = false) {
    return new AllTask(this.with({ landmarks: true, tinyLandmarks: useTinyLandmarkNet }));
  }

  /** @returns {AllTask<W & WithFaceDescriptor, W & WithFaceDescriptor>} */
  withFaceDescriptors() {
    return new AllTask(this.with({ descriptor: true }));
  }

  /** @returns {AllTask<W & WithFaceExpressions, W & WithFaceExpressions>} */
  withFaceExpressions() {
    return new AllTask(this.with({ expression: true }));
  }

  /** @returns {AllTask<W & WithAgeAndGender, W & WithAgeAndGender>} */
  withAgeAndGender() {
    return new AllTask(this.with({ age: true, gender: true }));
  }
}

/** @template F @template W @extends {Task<F|undefined>} */
class SingleTask extends Task {
  /** @returns {SingleTask<W & WithFaceLandmarks, W & WithFaceLandmarks>} */
  withFaceLandmarks(useTinyLandmarkNet = false) {
    return new SingleTask(this.with({ landmarks: true, tinyLandmarks: useTinyLandmarkNet }));
  }

  /** @returns {SingleTask<W & WithFaceDescriptor, W & WithFaceDescriptor>} */
  withFaceDescriptor() {
    return new SingleTask(this.with({ descriptor: true }));
  }

  /** @returns {SingleTask<W & WithFaceExpressions, W & WithFaceExpressions>} */
  withFaceExpressions() {
    return new SingleTask(this.with({ expression: true }));
  }

  /** @returns {SingleTask<W & WithAgeAndGender, W & WithAgeAndGender>} */
  withAgeAndGender() {
    return new SingleTask(this.with({ age: true, gender: true }));
  }
}

/**
 * The faces of a picture.
 * @param {string|Input} input an element, its id, or pixels
 * @param {FaceDetectionOptions} [options] @returns {AllTask<FaceDetection, WithFaceDetection>}
 */
export function detectAllFaces(input, options = new SsdMobilenetv1Options()) {
  return new AllTask({ input, options, single: false });
}

/**
 * The surest face of a picture, or undefined.
 * @param {string|Input} input @param {FaceDetectionOptions} [options]
 * @returns {SingleTask<FaceDetection, WithFaceDetection>}
 */
export function detectSingleFace(input, options = new SsdMobilenetv1Options()) {
  return new SingleTask({ input, options, single: true });
}
