// How the app is built: relative addresses, hashed names, the package with mien.wasm from
// MIEN_PACKAGE, and a service worker that knows every file.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const mien = process.env.MIEN_PACKAGE ?? here('../../build/web/package');

/** sw.js, with the list of what was built and a version that changes with it. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = readFileSync(here('index.html'), 'utf8');
      const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
      const fixed = ['manifest.webmanifest', 'icon.svg'];
      const files = Object.keys(bundle).filter((name) => name !== 'index.html' &&
        !/mien-threads/.test(name)).sort(); // few pages are isolated; offline one thread does
      const hash = createHash('sha256').update(page).update(files.join('\n'));
      for (const name of fixed)
        hash.update(readFileSync(here(`public/${name}`)));
      const source = readFileSync(here('sw.js'), 'utf8')
        .replace("'VERSION'", JSON.stringify(hash.digest('hex').slice(0, 16)))
        .replace("'POLICY'", JSON.stringify(policy))
        .replace("['FILES']", JSON.stringify(['./', ...fixed, ...files]));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  resolve: {
    alias: [
      { find: /^mien$/, replacement: `${mien}/mien.js` },
      { find: /^mien\/(.*)$/, replacement: `${mien}/$1.js` },
    ],
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: process.env.MIEN_DIST ?? here('../../build/web/dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      external: /^node:/, // what the package needs in node alone
      output: { experimentalMinChunkSize: 4000 }, // one file is smaller, packed, than several
    },
  },
  worker: { format: 'es', rollupOptions: { external: /^node:/ } },
  plugins: [serviceWorker()],
});
