// picture.js: what a page gives as a picture, on its way to an engine.

import { MienError } from './library.js';

/**
 * How a photo is decoded: its numbers as they are stored, whatever its colour profile, as the
 * command reads them and as networks were trained.
 * @param {any} source @returns {ImageBitmapOptions}
 */
export const asStored = (source) => (source instanceof Blob ||
  (typeof HTMLImageElement === 'function' && source instanceof HTMLImageElement)
  ? { colorSpaceConversion: 'none' } : {});

/**
 * Pixels, or something that can be sent to a worker and drawn there.
 * @param {any} source @returns {Promise<any>}
 */
export async function pictureOf(source) {
  if (source && typeof source === 'object' && source.data)
    return source;
  if (typeof createImageBitmap !== 'function')
    throw new MienError('EARG', 'picture: pixels are wanted here, as {data, width, height}');
  if (source?.videoWidth === 0 || source?.naturalWidth === 0)
    throw new MienError('EARG', 'picture: nothing is loaded yet');
  try {
    return await createImageBitmap(source, asStored(source));
  } catch (e) {
    throw new MienError('EFORMAT', `picture: ${/** @type {Error} */ (e).message}`);
  }
}
