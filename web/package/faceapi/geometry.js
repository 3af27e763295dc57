// geometry.js: face-api.js' points, sizes and boxes.

/** @typedef {{width: number, height: number}} IDimensions */
/** @typedef {{x: number, y: number, width: number, height: number}} IRect */
/** @typedef {{left: number, top: number, right: number, bottom: number}} IBoundingBox */

/** As numbers are shown. @param {number} n */
export const round = (n) => Math.floor(n * 100) / 100;

export class Point {
  /** @param {number} x @param {number} y */
  constructor(x, y) {
    this._x = x;
    this._y = y;
  }

  get x() {
    return this._x;
  }

  get y() {
    return this._y;
  }

  /** @param {{x: number, y: number}} p */
  add(p) {
    return new Point(this.x + p.x, this.y + p.y);
  }

  /** @param {{x: number, y: number}} p */
  sub(p) {
    return new Point(this.x - p.x, this.y - p.y);
  }

  /** @param {{x: number, y: number}} p */
  mul(p) {
    return new Point(this.x * p.x, this.y * p.y);
  }

  /** @param {{x: number, y: number}} p */
  div(p) {
    return new Point(this.x / p.x, this.y / p.y);
  }

  abs() {
    return new Point(Math.abs(this.x), Math.abs(this.y));
  }

  magnitude() {
    return Math.hypot(this.x, this.y);
  }

  floor() {
    return new Point(Math.floor(this.x), Math.floor(this.y));
  }
}

export class Dimensions {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    if (!Number.isFinite(width) || !Number.isFinite(height))
      throw new Error('Dimensions.constructor - expected width and height to be valid numbers, ' +
        `instead have ${JSON.stringify({ width, height })}`);
    this._width = width;
    this._height = height;
  }

  get width() {
    return this._width;
  }

  get height() {
    return this._height;
  }

  reverse() {
    return new Dimensions(1 / this.width, 1 / this.height);
  }
}

export class Box {
  /** @param {Partial<IRect & IBoundingBox>} box */
  constructor(box) {
    const { x, y, width, height, left, top, right, bottom } = box ?? {};
    const of = [x, y, width, height].every(Number.isFinite) ? [x, y, width, height]
      : [left, top, Number(right) - Number(left), Number(bottom) - Number(top)];
    if (!of.every(Number.isFinite))
      throw new Error('Box.constructor - expected box to be IBoundingBox | IRect, instead have ' +
        JSON.stringify(box));
    const [one, two, three, four] = /** @type {number[]} */ (of);
    this._x = one;
    this._y = two;
    this._width = three;
    this._height = four;
  }

  get x() {
    return this._x;
  }

  get y() {
    return this._y;
  }

  get width() {
    return this._width;
  }

  get height() {
    return this._height;
  }

  get left() {
    return this.x;
  }

  get top() {
    return this.y;
  }

  get right() {
    return this.x + this.width;
  }

  get bottom() {
    return this.y + this.height;
  }

  get area() {
    return this.width * this.height;
  }

  get topLeft() {
    return new Point(this.left, this.top);
  }

  get topRight() {
    return new Point(this.right, this.top);
  }

  get bottomLeft() {
    return new Point(this.left, this.bottom);
  }

  get bottomRight() {
    return new Point(this.right, this.bottom);
  }

  round() {
    return this.#each(Math.round);
  }

  floor() {
    return this.#each(Math.floor);
  }

  /** @param {(n: number) => number} change */
  #each(change) {
    const [x, y, width, height] = [this.x, this.y, this.width, this.height].map(change);
    return new Box({ x, y, width, height });
  }

  toSquare() {
    const side = Math.max(this.width, this.height);
    return this.pad(side - this.width, side - this.height);
  }

  /** @param {IDimensions|number} by */
  rescale(by) {
    const { width: sx, height: sy } = typeof by === 'number' ? { width: by, height: by } : by;
    return new Box({ x: this.x * sx, y: this.y * sy, width: this.width * sx,
      height: this.height * sy });
  }

  /** @param {number} padX @param {number} padY both sides together */
  pad(padX, padY) {
    return new Box({ x: this.x - padX / 2, y: this.y - padY / 2, width: this.width + padX,
      height: this.height + padY });
  }

  /** @param {number} sx @param {number} sy */
  shift(sx, sy) {
    return new Box({ x: this.x + sx, y: this.y + sy, width: this.width, height: this.height });
  }

  /** @param {number} imgWidth @param {number} imgHeight */
  clipAtImageBorders(imgWidth, imgHeight) {
    const x = Math.max(this.x, 0);
    const y = Math.max(this.y, 0);
    const width = Math.min(this.right - x, imgWidth - x);
    const height = Math.min(this.bottom - y, imgHeight - y);
    return new Box({ x, y, width, height }).floor();
  }
}

export class Rect extends Box {
  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  constructor(x, y, width, height) {
    super({ x, y, width, height });
  }
}
