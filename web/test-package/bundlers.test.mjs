// bundlers.test.mjs: the package as npm packs it, in a ten-line app: built with Vite, with
// webpack, and without any; each runs in Chromium.
//
//   MIEN_BUILD the build with web/package
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { BUILD, SAMPLE, openSite } from '../test-app/harness.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TOOLS = ['vite@6.3.5', 'webpack@5.99.9', 'webpack-cli@5.1.4', 'typescript@5.8.3'];
const NETS = ['models/yunet_n_dynamic.onnx'];
const BUILT = ['face_landmark_68.onnx', 'face_recognition.onnx'];

const page = (script, more = '') => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ten lines</title>
<link rel="icon" href="data:,">${more}
<main><h1>Ten lines</h1><img src="sample.jpg" alt="" width="320"><output></output></main>
<script type="module" src="${script}"></script></html>
`;

let folder;
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The files that an app finds beside its page. */
function addFiles(to) {
  mkdirSync(join(to, 'models'), { recursive: true });
  for (const net of NETS)
    cpSync(join(HERE, '../..', net), join(to, net));
  for (const net of BUILT)
    cpSync(join(BUILD, 'share/mien/models', net), join(to, 'models', net));
  cpSync(SAMPLE, join(to, 'sample.jpg'));
}

/** What the app says, at an address or in a folder. */
async function saysIn(dist, options = {}) {
  const site = await openSite({ folder: dist });
  try {
    const app = await site.open('', options);
    const output = app.locator('output');
    await app.waitForFunction(() => document.querySelector('output').value, null,
      { timeout: 60000 });
    const said = await output.evaluate((o) => o.value);
    await app.done();
    return said;
  } finally {
    await site.close();
  }
}
const WANTED = '3 faces, the first is Ada';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mien-'));
  const [{ filename }] = JSON.parse(run('npm', 'pack', '--json', join(BUILD, 'web/package')));
  writeFileSync(join(folder, 'package.json'), '{ "name": "ten-lines", "private": true }');
  run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, filename),
    ...TOOLS);
  cpSync(join(HERE, 'app.js'), join(folder, 'app.js'));
  mkdirSync(join(folder, 'public'));
  addFiles(join(folder, 'public'));
});
after(() => rmSync(folder, { recursive: true }));

test('the ten lines are those of the documentation', () => {
  const doc = readFileSync(join(HERE, '../../docs/package.md'), 'utf8');
  const app = readFileSync(join(HERE, 'app.js'), 'utf8').replace(/^\/\/.*\n/, '');
  assert.ok(doc.includes(`\`\`\`js\n${app}\`\`\``), 'docs/package.md has other lines');
});

test('npm packs what is needed and nothing else', () => {
  const [{ files }] = JSON.parse(run('npm', 'pack', '--json', '--dry-run',
    join(BUILD, 'web/package')));
  const names = files.map(({ path }) => path);
  for (const name of ['mien.js', 'mien.d.ts', 'mien.wasm', 'worker.js', 'faceapi.js',
    'faceapi.d.ts', 'faceapi/tasks.d.ts', 'cocossd.js', 'cocossd.d.ts', 'helper.js', 'README.md',
    'LICENSE', 'package.json'])
    assert.ok(names.includes(name), `${name} is not packed`);
  const rest = names.filter((name) => !/^(faceapi\/)?[\w-]+(\.d\.ts|\.js|\.wasm)$/.test(name));
  assert.deepEqual(rest.sort(), ['LICENSE', 'README.md', 'package.json']);
  const scripts = names.filter((name) => name.endsWith('.js'));
  assert.ok(scripts.length <= 6, `few files for a page to wait for: ${scripts}`);
});

test('the types say what the code does', () => {
  writeFileSync(join(folder, 'types.mts'), `import { Mien } from 'mien';
import * as faceapi from 'mien/faceapi';
import * as cocoSsd from 'mien/cocossd';
const mien: Mien = await Mien.load({ models: 'models/' });
const [face] = await mien.detect(new Image(), { detector: 'ssd', descriptor: true });
const years: number | undefined = face.age;
// @ts-expect-error there is no such detector
await mien.detect(new Image(), { detector: 'haar' });
const all = await faceapi.detectAllFaces('id').withFaceLandmarks(true).withFaceDescriptors();
const numbers: Float32Array = all[0].descriptor;
const label: string = new faceapi.FaceMatcher(all).findBestMatch(numbers).label;
// @ts-expect-error ages were not asked for
all[0].age;
const [thing] = await (await cocoSsd.load()).detect(document.querySelector('video')!);
export default [years, label, thing.class, thing.bbox[3]];
`);
  run('npx', 'tsc', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib',
    'es2022,dom', 'types.mts');
});

test('without a bundler: <script type="module">', async () => {
  const plain = join(folder, 'plain');
  addFiles(plain);
  cpSync(join(folder, 'node_modules/mien'), join(plain, 'mien'), { recursive: true });
  cpSync(join(folder, 'app.js'), join(plain, 'app.js'));
  writeFileSync(join(plain, 'index.html'), page('./app.js',
    '<script type="importmap">{ "imports": { "mien": "./mien/mien.js" } }</script>'));
  assert.equal(await saysIn(plain), WANTED);
});

test('built with Vite', async () => {
  writeFileSync(join(folder, 'index.html'), page('./app.js'));
  run('npx', 'vite', 'build', '--base', './', '--outDir', 'vite', '--logLevel', 'warn');
  assert.equal(await saysIn(join(folder, 'vite')), WANTED);
});

test('built with webpack', async () => {
  const dist = join(folder, 'webpack');
  addFiles(dist);
  writeFileSync(join(dist, 'index.html'), page('./main.js'));
  run('npx', 'webpack', '--mode', 'production', '--entry', './app.js', '-o', dist);
  assert.ok(existsSync(join(dist, 'main.js')));
  assert.equal(await saysIn(dist), WANTED);
});

test('served by Vite while it is written', async () => {
  writeFileSync(join(folder, 'index.html'), page('./app.js'));
  writeFileSync(join(folder, 'vite.config.mjs'),
    "export default { optimizeDeps: { exclude: ['mien'] } };\n");
  const server = spawn('npx', ['vite', '--port', '0', '--host', '127.0.0.1'], { cwd: folder,
    detached: true });
  try {
    const address = await new Promise((done, failed) => {
      let said = '';
      server.stdout.on('data', (text) => {
        // eslint-disable-next-line no-control-regex
        said += String(text).replace(/\x1b\[\d*m/g, '');
        const at = /http:\/\/127\.0\.0\.1:\d+\//.exec(said);
        if (at)
          done(at[0]);
      });
      server.on('exit', () => failed(new Error(`vite ended: ${said}`)));
    });
    const site = await openSite({ folder: join(folder, 'vite') });
    try {
      const context = await site.browser.newContext();
      const app = await context.newPage();
      await app.goto(address);
      await app.waitForFunction(() => document.querySelector('output')?.value, null,
        { timeout: 60000 });
      assert.equal(await app.locator('output').evaluate((o) => o.value), WANTED);
    } finally {
      await site.close();
    }
  } finally {
    process.kill(-server.pid);
  }
});
