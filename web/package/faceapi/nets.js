// nets.js: face-api.js' networks, loaded from its own files into one Mien.

import { Mien, MienError } from '../mien.js';

/** @type {Promise<Mien>|undefined} */
let loading;
/** @type {Mien|undefined} */
let mien;

/**
 * Load the library; the first network does it too.
 * @param {{wasm?: string|URL, worker?: boolean}} [options] as Mien.load's
 */
export function load(options = {}) {
  loading ??= Mien.load(options).then((one) => (mien = one), (e) => {
    loading = undefined;
    throw e;
  });
  return loading;
}

/** What was loaded, for calls that answer at once. */
export function loaded() {
  if (!mien)
    throw new MienError('EARG', 'mien/faceapi: load a network first, or await load()');
  return mien;
}

/** A network of face-api.js. */
export class Net {
  #loaded = false;
  /** @type {Promise<void>|undefined} */ #loading;

  /** @param {string} name face-api.js' @param {string} kind the library's */
  constructor(name, kind) {
    this._name = name;
    this.kind = kind;
  }

  get isLoaded() {
    return this.#loaded;
  }

  /** Not the parameters, but something true once they are loaded. */
  get params() {
    return this.#loaded ? {} : undefined;
  }

  /** @param {string} [uri] a folder, or the manifest in it */
  async loadFromUri(uri = '') {
    if (typeof uri !== 'string')
      throw new Error(`${this._name}.loadFromUri - expected model uri`);
    const own = `${this.kind}_model-weights_manifest.json`;
    const manifest = uri.endsWith('.json') ? uri : uri.replace(/([^/])$/, '$1/') + own;
    this.#loading ??= load().then((mien) => mien.loadFaceapi(this.kind, manifest));
    try {
      await this.#loading;
      this.#loaded = true;
    } catch (e) {
      this.#loading = undefined;
      throw e;
    }
  }

  /** @param {string} folder in node */
  loadFromDisk(folder) {
    return this.loadFromUri(folder);
  }

  /** @param {string} uri */
  load(uri) {
    return this.loadFromUri(uri);
  }

  /** Fail unless it is loaded. */
  check() {
    if (!this.#loaded)
      throw new Error(`${this._name} - load model before inference`);
  }
}

export const nets = {
  ssdMobilenetv1: new Net('SsdMobilenetv1', 'ssd_mobilenetv1'),
  tinyFaceDetector: new Net('TinyFaceDetector', 'tiny_face_detector'),
  faceLandmark68Net: new Net('FaceLandmark68Net', 'face_landmark_68'),
  faceLandmark68TinyNet: new Net('FaceLandmark68TinyNet', 'face_landmark_68_tiny'),
  faceRecognitionNet: new Net('FaceRecognitionNet', 'face_recognition'),
  faceExpressionNet: new Net('FaceExpressionNet', 'face_expression'),
  ageGenderNet: new Net('AgeGenderNet', 'age_gender'),
};

/** @param {string} uri */
export const loadSsdMobilenetv1Model = (uri) => nets.ssdMobilenetv1.load(uri);
/** @param {string} uri */
export const loadFaceDetectionModel = (uri) => nets.ssdMobilenetv1.load(uri);
/** @param {string} uri */
export const loadTinyFaceDetectorModel = (uri) => nets.tinyFaceDetector.load(uri);
/** @param {string} uri */
export const loadFaceLandmarkModel = (uri) => nets.faceLandmark68Net.load(uri);
/** @param {string} uri */
export const loadFaceLandmarkTinyModel = (uri) => nets.faceLandmark68TinyNet.load(uri);
/** @param {string} uri */
export const loadFaceRecognitionModel = (uri) => nets.faceRecognitionNet.load(uri);
/** @param {string} uri */
export const loadFaceExpressionModel = (uri) => nets.faceExpressionNet.load(uri);
/** @param {string} uri */
export const loadAgeGenderModel = (uri) => nets.ageGenderNet.load(uri);
