// gif.js: frames of one size as a GIF that is shown again and again.

import { MienError } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */

/**
 * @param {Library} lib @param {Pixels[]} frames RGBA, of one size @param {number} fps
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeGif(lib, frames, fps) {
  if (!frames.length || typeof fps !== 'number')
    throw new MienError('EARG', `gif: ${frames.length} frames, ${fps} a second`);
  const { width, height } = frames[0];
  const size = 4 * width * height;
  frames.forEach((frame, i) => {
    if (frame.width !== width || frame.height !== height || frame.data.length !== size)
      throw new MienError('EARG', `gif: frame ${i + 1} has ${frame.width} x ${frame.height} ` +
        `pixels in ${frame.data.length} bytes; wanted are ${width} x ${height} of four bytes`);
  });
  const at = lib.alloc(frames.length * size);
  try {
    const all = new Uint8Array(lib.view().buffer, at, frames.length * size);
    frames.forEach((frame, i) => all.set(frame.data, i * size));
    const gif = lib.handle((out) =>
      lib.c.web_gif_new(lib.web, at, frames.length, width, height, fps, out));
    const bytes = new Uint8Array(lib.view().buffer, lib.c.web_gif_bytes(gif),
      lib.c.web_gif_size(gif)).slice();
    lib.c.web_gif_free(gif);
    return /** @type {Uint8Array<ArrayBuffer>} */ (bytes);
  } finally {
    lib.c.web_release(at);
  }
}
