// offline.test.mjs: nothing leaves the page, and it needs nobody: its policy, its size, and the
// app with the network cut and the server gone.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { DIST, PHOTO, drop, found, openSite, pathsOf, until } from './harness.mjs';

const MOST = 400_000; // bytes of JavaScript and WebAssembly, gzipped

let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('the policy allows nothing but the page itself', async () => {
  const page = await site.open('#/photo');
  const policy = await page.locator('meta[http-equiv=Content-Security-Policy]')
    .getAttribute('content');
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /https?:|\*|'unsafe-(eval|inline)'/);
  const tried = await page.evaluate(async () => {
    const image = new Image();
    const shown = new Promise((done) => {
      image.onload = () => done('loaded');
      image.onerror = () => done('refused');
    });
    image.src = 'http://127.0.0.2/x.png';
    return { fetch: await fetch('http://127.0.0.2/').then(() => 'sent', () => 'refused'),
      image: await shown, eval: (() => {
        try {
          return globalThis.eval('1');
        } catch {
          return 'refused';
        }
      })() };
  });
  assert.deepEqual(tried, { fetch: 'refused', image: 'refused', eval: 'refused' });
  assert.ok(page.wrong.length >= 2 && page.wrong.every((text) =>
    /Content Security Policy|127\.0\.0\.2/.test(text)), page.wrong.join('\n'));
  page.wrong.length = 0;
  await page.done();
});

test('a worker that went astray is stopped, too', async () => {
  const page = await site.open('#/photo');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.getByLabel('Faces are found by').waitFor();
  await until(page, () => navigator.serviceWorker.controller &&
    performance.getEntriesByType('resource').some((r) => /worker-.*\.js$/.test(r.name)));
  const headers = await page.evaluate(async () => {
    const name = performance.getEntriesByType('resource').map((r) => r.name)
      .find((at) => /worker-.*\.js$/.test(at));
    return (await fetch(name)).headers.get('content-security-policy');
  });
  assert.match(headers, /^default-src 'none'/);
  await page.done();
});

test('without a network: every page opens, photos are read, nothing is asked for', async () => {
  const own = await openSite();
  const page = await own.open('#/photo');
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  const paths = await pathsOf(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await own.server.close();
  await page.context().setOffline(true);
  page.wrong.length = 0;
  for (const path of paths) {
    await page.goto(own.address + path);
    await page.reload();
    await page.locator('main h1').waitFor();
  }
  await page.goto(`${own.address}#/photo`);
  await page.getByRole('heading', { name: 'Photo' }).waitFor();
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  await page.getByLabel('Language').selectOption('zh');
  await page.getByRole('heading', { name: '照片' }).waitFor();
  await page.done();
  await own.close();
});

test('after the page is loaded, photos cause no request but for networks', async () => {
  const page = await site.open('#/photo');
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  const asked = [];
  page.context().on('request', (request) => asked.push(request.url()));
  await drop(page, [{ ...PHOTO, name: 'again.jpg' }]);
  await page.getByRole('button', { name: 'again.jpg' }).click();
  await page.getByRole('img', { name: 'again.jpg: 3 faces' }).waitFor();
  assert.deepEqual(asked.filter((url) => !/^(blob|data):/.test(url)), []);
  await page.done();
});

test('it can be installed', async () => {
  const page = await site.open();
  const at = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest = await (await page.request.get(new URL(at, site.address).href)).json();
  assert.equal(manifest.display, 'standalone');
  for (const icon of manifest.icons)
    assert.equal((await page.request.get(new URL(icon.src, site.address).href)).status(), 200);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.filter((e) => e.errorId !== 'in-incognito'), []);
  await page.done();
});

test('JavaScript and WebAssembly are small', () => {
  const files = readdirSync(DIST, { recursive: true }).map(String)
    .filter((name) => /\.(js|wasm)$/.test(name));
  const sizes = new Map(files.map((name) =>
    [name, gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length]));
  const sizesOf = (ending) => [...sizes].filter(([name]) => name.endsWith(ending))
    .map(([, size]) => size);
  // A browser fetches one of the builds of the library, and one of the languages.
  const languages = [...sizes].filter(([name]) => /\/(en|zh)-[^/]*\.js$/.test(name))
    .map(([, size]) => size);
  assert.equal(languages.length, 2);
  const script = sizesOf('.js').reduce((a, b) => a + b, 0) - Math.min(...languages);
  const wasm = Math.max(...sizesOf('.wasm'));
  console.log(`SIZE JavaScript ${script} + wasm ${wasm} = ${script + wasm} bytes gzipped, ` +
    'with one language of two');
  for (const [name, size] of sizes)
    console.log(`SIZE   ${size} ${name}`);
  assert.ok(script + wasm < MOST, `${script + wasm} bytes gzipped, at most ${MOST}`);
});
