// run.mjs PROGRAM [ARGUMENT...]: run a WASI program in node, so that the native
// tests are also the tests of the WebAssembly build.
//
// The program sees these folders: the working folder as ".", the models as
// "/models" (MIEN_MODELS), the shared data as "/shared" (MIEN_SHARED) and the
// cascades of opencv-data where they are, each only if it is there.  The photo
// MIEN_PPM lies in the folder "/photo".
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { WASI } from 'node:wasi';

const [, , program, ...args] = process.argv;
const preopens = { '.': resolve('.') };
const env = {};
for (const [place, name] of [['/models', 'MIEN_MODELS'], ['/shared', 'MIEN_SHARED']]) {
  const folder = process.env[name];
  if (folder && existsSync(folder)) {
    preopens[place] = resolve(folder);
    env[name] = place;
  }
}
const cascades = '/usr/share/opencv4';
if (existsSync(cascades))
  preopens[cascades] = cascades;
const photo = process.env.MIEN_PPM;
if (photo && existsSync(photo)) {
  preopens['/photo'] = resolve(dirname(photo));
  env.MIEN_PPM = `/photo/${basename(photo)}`;
}
const wasi = new WASI({
  version: 'preview1', args: [program, ...args], env, preopens, returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(program));
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
const instance = await WebAssembly.instantiate(module, imports);
process.exitCode = wasi.start(instance);
