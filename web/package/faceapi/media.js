// media.js: pictures as face-api.js takes them: elements, their ids, pixels.

/** @typedef {import('./geometry.js').IDimensions} IDimensions */
/** @typedef {HTMLImageElement|HTMLVideoElement|HTMLCanvasElement} Media */
/** @typedef {Media|ImageBitmap|Blob|import('../library.js').Pixels} Input */

/** Whether an object is of a class that a host may lack. @param {any} of @param {string} name */
const is = (of, name) => {
  const Class = /** @type {any} */ (globalThis)[name];
  return typeof Class === 'function' && of instanceof Class;
};

/** An element by its id. @template T @param {string|T} arg @returns {T} */
export function resolveInput(arg) {
  return typeof arg === 'string'
    ? /** @type {any} */ (globalThis.document?.getElementById(arg)) : arg;
}

/** @param {any} media */
const isMediaLoaded = (media) => (is(media, 'HTMLImageElement') && media.complete &&
  media.naturalWidth > 0) || (is(media, 'HTMLVideoElement') && media.readyState >= 3);

/** Wait for an image or a video to show something. @param {any} media @returns {Promise<void>} */
export function awaitMediaLoaded(media) {
  if ((!is(media, 'HTMLImageElement') && !is(media, 'HTMLVideoElement')) || isMediaLoaded(media))
    return Promise.resolve();
  if (is(media, 'HTMLImageElement') && media.complete && media.src)
    return Promise.reject(new Error(`picture: ${media.src} could not be loaded`));
  return new Promise((resolve, reject) => {
    const events = ['load', 'canplay', 'loadeddata', 'error'];
    const done = (/** @type {Event} */ e) => {
      events.forEach((name) => media.removeEventListener(name, done));
      if (e.type === 'error')
        reject(new Error(`picture: ${media.src} could not be loaded`));
      else
        resolve();
    };
    events.forEach((name) => media.addEventListener(name, done));
  });
}

/**
 * What mien reads of an input: waits until it is loaded.
 * @param {string|Input} input @returns {Promise<any>}
 */
export async function toPicture(input) {
  const media = /** @type {any} */ (resolveInput(input));
  if (!media || typeof media !== 'object')
    throw new Error('toNetInput - expected media to be of type HTMLImageElement | ' +
      'HTMLVideoElement | HTMLCanvasElement | pixels, or to be an element id' +
      (typeof input === 'string' ? ` (there is no "${input}")` : ''));
  await awaitMediaLoaded(media);
  if (typeof createImageBitmap !== 'function' && typeof media.getContext === 'function')
    return media.getContext('2d').getImageData(0, 0, media.width, media.height);
  return media;
}

/** @typedef {{now: Promise<any>, next?: Promise<any>}} Turn */
/** @type {WeakMap<object, Map<string, Turn>>} */
const turns = new WeakMap();

/**
 * Read a video not before the same was read of it: a page that draws asks more often than faces
 * are found, and frames would pile up. All who ask meanwhile get the next answer.
 * @template T @param {any} media @param {string} key what is asked
 * @param {() => Promise<T>} read @returns {Promise<T>}
 */
export function inTurn(media, key, read) {
  if (!is(media, 'HTMLVideoElement'))
    return read();
  const own = turns.get(media) ?? new Map();
  turns.set(media, own);
  const start = () => {
    /** @type {Turn} */
    const turn = { now: read().finally(() => {
      if (!turn.next)
        own.delete(key);
    }) };
    own.set(key, turn);
    return turn.now;
  };
  const turn = own.get(key);
  if (!turn)
    return start();
  turn.next ??= turn.now.then(start, start);
  return turn.next;
}

/** @param {any} input @returns {IDimensions} */
export function getMediaDimensions(input) {
  if (is(input, 'HTMLImageElement'))
    return { width: input.naturalWidth, height: input.naturalHeight };
  if (is(input, 'HTMLVideoElement'))
    return { width: input.videoWidth, height: input.videoHeight };
  return { width: input.width, height: input.height };
}

/**
 * Give a canvas the size of a picture.
 * @param {{width: number, height: number}} input @param {any} reference
 */
export function matchDimensions(input, reference, useMediaDimensions = false) {
  const { width, height } = useMediaDimensions ? getMediaDimensions(reference) : reference;
  input.width = width;
  input.height = height;
  return { width, height };
}

/** @param {any} canvasArg an id, a canvas, a context @returns {CanvasRenderingContext2D} */
export function getContext2dOrThrow(canvasArg) {
  const canvas = resolveInput(canvasArg);
  const context = typeof canvas?.getContext === 'function' ? canvas.getContext('2d') : canvas;
  if (typeof context?.fillRect !== 'function')
    throw new Error('resolveContext2d - expected canvas to be of instance of Canvas');
  return context;
}

/** @param {IDimensions} size */
export function createCanvas({ width, height }) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** A canvas that shows a picture. @param {any} media @param {IDimensions} [dims] */
export function createCanvasFromMedia(media, dims) {
  if (!is(media, 'ImageData') && /** @type {any} */ (media)?.complete === false)
    throw new Error('createCanvasFromMedia - media has not finished loading yet');
  const { width, height } = dims ?? getMediaDimensions(media);
  const canvas = createCanvas({ width, height });
  const context = getContext2dOrThrow(canvas);
  if (is(media, 'ImageData'))
    context.putImageData(media, 0, 0);
  else
    context.drawImage(media, 0, 0, width, height);
  return canvas;
}

/** An image of a file's bytes. @param {Blob} blob @returns {Promise<HTMLImageElement>} */
export function bufferToImage(blob) {
  return new Promise((resolve, reject) => {
    if (!is(blob, 'Blob'))
      throw new Error('bufferToImage - expected buf to be of type: Blob');
    const reader = new FileReader();
    reader.onerror = reject;
    reader.onload = () => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => reject(new Error(
        `bufferToImage - no image: ${blob.size} bytes of ${blob.type || 'no type'}`));
      image.src = String(reader.result);
    };
    reader.readAsDataURL(blob);
  });
}

/** An image of an address. @param {string} uri */
export async function fetchImage(uri) {
  const response = await fetch(uri);
  if (!response.ok)
    throw new Error(`failed to fetch: (${response.status}) ${response.statusText}, ` +
      `from url: ${response.url}`);
  const blob = await response.blob();
  if (!blob.type.startsWith('image/'))
    throw new Error('fetchImage - expected blob type to be of type image/*, instead have: ' +
      `${blob.type}, for url: ${response.url}`);
  return bufferToImage(blob);
}
