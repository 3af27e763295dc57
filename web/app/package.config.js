// package.config.js: the package of web/package for rollup, few files for its many: a page that
// loads it without a bundler of its own waits for each row of imports.
//
//   MIEN_PACKAGE  where it goes
import { fileURLToPath } from 'node:url';

const FROM = fileURLToPath(new URL('../package/', import.meta.url));

/** One bundle; names that files of it share stay in the first. @param {string[]} names */
const bundle = (...names) => ({
  input: names.map((name) => FROM + name),
  preserveEntrySignatures: /** @type {const} */ ('allow-extension'),
  output: { dir: process.env.MIEN_PACKAGE, format: /** @type {const} */ ('es'),
    chunkFileNames: '[name].js' },
});

// A worker and a helper run on threads of their own and share nothing with the page.
export default [bundle('mien.js', 'faceapi.js', 'cocossd.js'), bundle('worker.js'),
  bundle('helper.js')];
