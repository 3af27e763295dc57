// train.mjs: a small auto-encoder of faces, trained by the command on parts of one photo.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { partOf } from './frames.mjs';

/** Where the three people of the sample are: left and upper edge of a part of 110 pixels. */
const PLACES = [[70, 65], [180, 80], [340, 26]];
const SIDE = 110;

/** A network of 24 pixels whose codes have six numbers. */
const NET = {
  mien: 'net/1',
  name: 'small',
  layers: [
    { name: 'image', kind: 'input', shape: [3, 24, 24], scale: 0.00392157 },
    { name: 'code', kind: 'flatten' },
    { name: 'mean', kind: 'dense', units: 6 },
    { name: 'log_variance', kind: 'dense', inputs: 'code', units: 6 },
    { name: 'noise', kind: 'input', shape: [6], fill: 'normal' },
    { name: 'latent', kind: 'sample', inputs: ['mean', 'log_variance', 'noise'] },
    { kind: 'dense', units: 1728 },
    { kind: 'reshape', shape: [3, 24, 24] },
    { name: 'again', kind: 'sigmoid' },
  ],
  outputs: ['again', 'mean', 'log_variance'],
  losses: [
    { output: 'again', kind: 'mse', sum: true, weight: 25, target: 'image' },
    { kind: 'kl', mean: 'mean', log_variance: 'log_variance' },
  ],
};

/** Write a picture of three bytes a pixel as PPM. */
export function writePpm(path, { data, width, height }) {
  writeFileSync(path, Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), data]));
}

/** A part of the photo around a face, moved by dx and dy, its bytes times light. */
export function faceOf(picture, face, dx, dy, light) {
  const [x, y] = PLACES[face];
  const part = partOf(picture, Math.min(x + dx, picture.width - SIDE), Math.max(y + dy, 0),
    SIDE, SIDE);
  part.data.forEach((v, i) => {
    part.data[i] = Math.min(255, Math.round(v * light));
  });
  return part;
}

/**
 * Train in a folder: photos in bright/ and dark/, the model, codes and the concept
 * "bright - dark" in vae/.
 */
export function trainFaces(mien, folder, picture) {
  ['bright', 'dark'].forEach((name, side) => {
    mkdirSync(join(folder, 'photos', name), { recursive: true });
    for (let i = 0; i < 18; i++)
      writePpm(join(folder, 'photos', name, `${i}.ppm`),
        faceOf(picture, i % 3, (7 * i) % 11, (5 * i) % 7, (side ? 0.7 : 1.1) + 0.01 * i));
  });
  writeFileSync(join(folder, 'net.json'), JSON.stringify(NET));
  const run = (...args) => execFileSync(mien, args, { cwd: folder, stdio: 'pipe' });
  run('train', 'faces', 'photos', '--net', 'net.json', '-e', '400', '-b', '8', '--rate', '0.01',
    '--keep-twins', '-q', '-t', '1', '-o', 'vae');
  run('faces', 'add', '-c', 'photos/bright - photos/dark', 'photos/dark/0.ppm', '-q', '-t', '1',
    '-o', 'added.png');
  return join(folder, 'vae');
}
