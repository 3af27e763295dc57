// faceapi.js: mien under the names of face-api.js, for programs that were written for it.
//
//     import * as faceapi from 'mien/faceapi';
//     await faceapi.loadSsdMobilenetv1Model('/models');
//     const faces = await faceapi.detectAllFaces('video').withAgeAndGender();

import * as draw from './faceapi/draw.js';

export { draw };
export { Box, Dimensions, Point, Rect } from './faceapi/geometry.js';
export { awaitMediaLoaded, bufferToImage, createCanvas, createCanvasFromMedia, fetchImage,
  getContext2dOrThrow, getMediaDimensions, matchDimensions, resolveInput,
} from './faceapi/media.js';
export { load, loadAgeGenderModel, loadFaceDetectionModel, loadFaceExpressionModel,
  loadFaceLandmarkModel, loadFaceLandmarkTinyModel, loadFaceRecognitionModel,
  loadSsdMobilenetv1Model, loadTinyFaceDetectorModel, nets } from './faceapi/nets.js';
export { SsdMobilenetv1Options, TinyFaceDetectorOptions } from './faceapi/options.js';
export { FaceMatch, FaceMatcher, LabeledFaceDescriptors, euclideanDistance,
} from './faceapi/people.js';
export { FACE_EXPRESSION_LABELS, FaceDetection, FaceExpressions, FaceLandmarks, FaceLandmarks68,
  resizeResults } from './faceapi/results.js';
export { detectAllFaces, detectSingleFace } from './faceapi/tasks.js';
