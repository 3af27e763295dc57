// video.mjs: a file for Chromium's fake camera: a window that wanders over the sample photo, and
// the app with such a camera.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pan, readPpm } from '../test/frames.mjs';
import { BUILD, openSite } from './harness.mjs';

/** A frame as Y4M has it: brightness, then both colours of every two by two pixels. */
function planes({ data, width, height }) {
  const out = Buffer.alloc(width * height * 3 / 2);
  const half = width / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
      out[y * width + x] = 16 + (65.5 * r + 128.6 * g + 25 * b) / 255;
      if (x % 2 || y % 2)
        continue;
      const colour = width * height + y / 2 * half + x / 2;
      out[colour] = 128 + (-37.8 * r - 74.2 * g + 112 * b) / 255;
      out[colour + width * height / 4] = 128 + (112 * r - 93.8 * g - 18.2 * b) / 255;
    }
  return out;
}

/** Frames of an even size as a video. */
export function y4mOf(frames, fps) {
  const [{ width, height }] = frames;
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420mpeg2\n`),
    ...frames.flatMap((frame) => [Buffer.from('FRAME\n'), planes(frame)])]);
}

/**
 * What Chromium needs to see a picture for a camera, three people if it is left out; done()
 * removes the file.
 * @param {{data: Uint8Array, width: number, height: number}} [photo] three bytes a pixel
 */
export function fakeCamera(photo = readPpm(join(BUILD, 'share/mien/sample.ppm'))) {
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  const path = join(folder, 'camera.y4m');
  const there = pan(photo, 40, 400, 300, [2, 1]);
  writeFileSync(path, y4mOf([...there, ...[...there].reverse()], 10)); // it goes round
  return { args: [`--use-file-for-fake-video-capture=${path}`],
    done: () => rmSync(folder, { recursive: true }) };
}

/** The app in a browser whose camera sees three people. */
export async function openWatching() {
  const camera = fakeCamera();
  try {
    const site = await openSite({ camera: true, args: camera.args });
    return { ...site, close: () => site.close().finally(camera.done) };
  } catch (e) {
    camera.done();
    throw e;
  }
}

/** Turn the camera on, on the page that is shown. */
export const start = (page) => page.getByRole('button', { name: 'Start the camera' }).click();
