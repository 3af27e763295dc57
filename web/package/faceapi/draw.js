// draw.js: face-api.js' drawings on a canvas.

import { Box, Point, round } from './geometry.js';
import { getContext2dOrThrow, resolveInput } from './media.js';
import { FaceDetection, FaceExpressions, FaceLandmarks, FaceLandmarks68 } from './results.js';

/** @typedef {string|HTMLCanvasElement|CanvasRenderingContext2D} CanvasArg */

/** @template T @param {T|T[]} of @returns {T[]} */
const listOf = (of) => (Array.isArray(of) ? of : [of]);

export const AnchorPosition = /** @type {const} */ ({
  TOP_LEFT: 'TOP_LEFT',
  TOP_RIGHT: 'TOP_RIGHT',
  BOTTOM_LEFT: 'BOTTOM_LEFT',
  BOTTOM_RIGHT: 'BOTTOM_RIGHT',
});

/**
 * @typedef {object} TextOptions
 * @property {string} [anchorPosition] one of AnchorPosition
 * @property {string} [backgroundColor]
 * @property {string} [fontColor]
 * @property {number} [fontSize] pixels
 * @property {string} [fontStyle] a font's name
 * @property {number} [padding] pixels
 */

export class DrawTextField {
  /**
   * @param {string|string[]} text lines @param {{x: number, y: number}} anchor
   * @param {TextOptions} [options]
   */
  constructor(text, anchor, options = {}) {
    this.text = listOf(text);
    this.anchor = anchor;
    this.options = { anchorPosition: 'TOP_LEFT', backgroundColor: 'rgba(0, 0, 0, 0.5)',
      fontColor: 'rgba(255, 255, 255, 1)', fontSize: 14, fontStyle: 'Georgia', padding: 4,
      ...options };
  }

  /** @param {CanvasRenderingContext2D} context */
  measureWidth(context) {
    return Math.max(0, ...this.text.map((line) => context.measureText(line).width)) +
      2 * this.options.padding;
  }

  measureHeight() {
    return this.text.length * this.options.fontSize + 2 * this.options.padding;
  }

  /**
   * Where it begins, inside the canvas.
   * @param {CanvasRenderingContext2D} context @param {{width: number, height: number}} [canvas]
   */
  getUpperLeft(context, canvas) {
    const [width, height] = [this.measureWidth(context), this.measureHeight()];
    const at = this.options.anchorPosition;
    const x = this.anchor.x - (at.endsWith('RIGHT') ? width : 0);
    const y = this.anchor.y - (at.startsWith('BOTTOM') ? height : 0);
    return canvas ? { x: Math.max(Math.min(x, canvas.width - width), 0),
      y: Math.max(Math.min(y, canvas.height - height), 0) } : { x, y };
  }

  /** @param {CanvasArg} canvasArg */
  draw(canvasArg) {
    const canvas = resolveInput(canvasArg);
    const context = getContext2dOrThrow(canvas);
    const { backgroundColor, fontColor, fontSize, fontStyle, padding } = this.options;
    context.font = `${fontSize}px ${fontStyle}`;
    const { x, y } = this.getUpperLeft(context, context.canvas);
    context.fillStyle = backgroundColor;
    context.fillRect(x, y, this.measureWidth(context), this.measureHeight());
    context.fillStyle = fontColor;
    this.text.forEach((line, i) =>
      context.fillText(line, padding + x, padding + y + (i + 1) * fontSize));
  }
}

/**
 * @typedef {object} BoxOptions
 * @property {string} [boxColor]
 * @property {number} [lineWidth]
 * @property {string} [label]
 * @property {TextOptions} [drawLabelOptions]
 */

export class DrawBox {
  /**
   * @param {any} box x, y, width, height or left, top, right, bottom
   * @param {BoxOptions} [options]
   */
  constructor(box, options = {}) {
    const { boxColor = 'rgba(0, 0, 255, 1)', lineWidth = 2, label, drawLabelOptions } = options;
    this.box = new Box(box);
    this.options = { boxColor, lineWidth, label, drawLabelOptions: {
      anchorPosition: 'BOTTOM_LEFT', backgroundColor: boxColor, ...drawLabelOptions } };
  }

  /** @param {CanvasArg} canvasArg */
  draw(canvasArg) {
    const context = getContext2dOrThrow(canvasArg);
    const { boxColor, lineWidth, label, drawLabelOptions } = this.options;
    const { x, y, width, height } = this.box;
    context.strokeStyle = boxColor;
    context.lineWidth = lineWidth;
    context.strokeRect(x, y, width, height);
    if (label)
      new DrawTextField([label], { x: x - lineWidth / 2, y }, drawLabelOptions).draw(canvasArg);
  }
}

/** Boxes with their scores. @param {CanvasArg} canvasArg @param {any} detections */
export function drawDetections(canvasArg, detections) {
  for (const one of listOf(detections)) {
    const found = one instanceof FaceDetection ? one : one.detection;
    const box = found instanceof FaceDetection ? found.box : one;
    const label = found instanceof FaceDetection ? String(round(found.score)) : undefined;
    new DrawBox(box, { label }).draw(canvasArg);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Point[]} points @param {boolean} [closed] */
export function drawContour(context, points, closed = false) {
  context.beginPath();
  points.forEach(({ x, y }, i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  if (closed)
    context.closePath();
  context.stroke();
}

/**
 * @typedef {object} LandmarkOptions
 * @property {boolean} [drawLines]
 * @property {boolean} [drawPoints]
 * @property {number} [lineWidth]
 * @property {number} [pointSize]
 * @property {string} [lineColor]
 * @property {string} [pointColor]
 */

export class DrawFaceLandmarks {
  /** @param {FaceLandmarks} faceLandmarks @param {LandmarkOptions} [options] */
  constructor(faceLandmarks, options = {}) {
    this.faceLandmarks = faceLandmarks;
    this.options = { drawLines: true, drawPoints: true, lineWidth: 1, pointSize: 2,
      lineColor: 'rgba(0, 255, 255, 1)', pointColor: 'rgba(255, 0, 255, 1)', ...options };
  }

  /** @param {CanvasRenderingContext2D} context @param {FaceLandmarks68} points */
  #lines(context, points) {
    context.strokeStyle = this.options.lineColor;
    context.lineWidth = this.options.lineWidth;
    for (const part of [points.getJawOutline(), points.getLeftEyeBrow(),
      points.getRightEyeBrow(), points.getNose()])
      drawContour(context, part);
    for (const part of [points.getLeftEye(), points.getRightEye(), points.getMouth()])
      drawContour(context, part, true);
  }

  /** @param {CanvasArg} canvasArg */
  draw(canvasArg) {
    const context = getContext2dOrThrow(canvasArg);
    const { drawLines, drawPoints, pointSize, pointColor } = this.options;
    if (drawLines && this.faceLandmarks instanceof FaceLandmarks68)
      this.#lines(context, this.faceLandmarks);
    if (!drawPoints)
      return;
    context.strokeStyle = pointColor;
    context.fillStyle = pointColor;
    for (const { x, y } of this.faceLandmarks.positions) {
      context.beginPath();
      context.arc(x, y, pointSize, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** @param {CanvasArg} canvasArg @param {any} faceLandmarks landmarks, or results that have them */
export function drawFaceLandmarks(canvasArg, faceLandmarks) {
  for (const one of listOf(faceLandmarks)) {
    const points = one instanceof FaceLandmarks ? one : one?.landmarks;
    if (!(points instanceof FaceLandmarks))
      throw new Error('drawFaceLandmarks - expected faceExpressions to be FaceLandmarks | ' +
        'WithFaceLandmarks<WithFaceDetection<{}>> or array thereof');
    new DrawFaceLandmarks(points).draw(canvasArg);
  }
}

/**
 * @param {CanvasArg} canvasArg @param {any} faceExpressions expressions, or results that have
 *   them @param {number} [minConfidence] @param {{x: number, y: number}} [textFieldAnchor]
 */
export function drawFaceExpressions(canvasArg, faceExpressions, minConfidence = 0.1,
  textFieldAnchor = undefined) {
  for (const one of listOf(faceExpressions)) {
    const of = one instanceof FaceExpressions ? one : one?.expressions;
    if (!(of instanceof FaceExpressions))
      throw new Error('drawFaceExpressions - expected faceExpressions to be FaceExpressions | ' +
        'WithFaceExpressions<{}> or array thereof');
    const lines = of.asSortedArray().filter(({ probability }) => probability > minConfidence)
      .map(({ expression, probability }) => `${expression} (${round(probability)})`);
    const anchor = one.detection?.box.bottomLeft ?? textFieldAnchor ?? new Point(0, 0);
    new DrawTextField(lines, anchor).draw(canvasArg);
  }
}
