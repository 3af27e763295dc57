// cocossd.js: mien under the names of @tensorflow-models/coco-ssd.
//
//     import * as cocoSsd from 'mien/cocossd';
//     const model = await cocoSsd.load();
//     const things = await model.detect(video); // [{bbox: [x, y, width, height], class, score}]

import { inTurn } from './faceapi/media.js';
import { Mien, MienError } from './mien.js';
import { asStored } from './picture.js';

/**
 * @typedef {{bbox: [number, number, number, number], class: string, score: number}} DetectedObject
 */

/** The picture in the size that coco-ssd sees: an image as wide as its element. @param {any} img */
async function sized(img) {
  const { naturalWidth, width, height } = img ?? {};
  if (!naturalWidth || !width || !height || naturalWidth === width)
    return img;
  return createImageBitmap(img, { ...asStored(img), resizeWidth: width, resizeHeight: height });
}

export class ObjectDetection {
  #mien;

  /** @param {Mien} mien */
  constructor(mien) {
    this.#mien = mien;
  }

  /**
   * The objects of a picture, best first.
   * @param {import('./mien.js').Source} img an image, a video, a canvas, pixels
   * @param {number} [maxNumBoxes] @param {number} [minScore]
   * @returns {Promise<DetectedObject[]>}
   */
  detect(img, maxNumBoxes = 20, minScore = 0.5) {
    return inTurn(img, `coco ${maxNumBoxes} ${minScore}`, () =>
      this.#detect(img, maxNumBoxes, minScore));
  }

  /**
   * @param {import('./mien.js').Source} img @param {number} maxNumBoxes @param {number} minScore
   * @returns {Promise<DetectedObject[]>}
   */
  async #detect(img, maxNumBoxes, minScore) {
    const wish = { maxObjects: maxNumBoxes, minScore, maxOverlap: minScore };
    const seen = await sized(img);
    const things = await this.#mien.objects(seen, wish).finally(() => {
      if (seen !== img)
        seen.close();
    });
    return things.map(({ box: { x, y, width, height }, class: name, score }) =>
      ({ bbox: [x, y, width, height], class: name, score }));
  }

  /** Stop the worker. */
  dispose() {
    this.#mien.free();
  }
}

/**
 * Load the network of objects: ssdlite_mobilenet_v2.onnx of a folder of models.
 * @param {object} [options]
 * @param {string} [options.base] "lite_mobilenet_v2" is the one
 * @param {string} [options.modelUrl] not read: tf.js' files are converted once
 * @param {string|URL} [options.models] folder; default 'models/'
 * @param {string|URL} [options.wasm] as Mien.load's
 * @param {boolean} [options.worker] as Mien.load's
 */
export async function load({ base = 'lite_mobilenet_v2', modelUrl, ...options } = {}) {
  if (base !== 'lite_mobilenet_v2')
    throw new MienError('EUNSUP', `coco-ssd: base ${base}; the one here is lite_mobilenet_v2`);
  if (modelUrl)
    throw new MienError('EUNSUP', `coco-ssd: modelUrl ${modelUrl}: tf.js' files are not read in ` +
      'a page; mien model convert tfjs makes the .onnx of the folder "models"');
  const mien = await Mien.load(options);
  try {
    await mien.prepareObjects();
  } catch (e) {
    mien.free();
    throw e;
  }
  return new ObjectDetection(mien);
}
