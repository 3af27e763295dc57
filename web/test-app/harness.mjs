// harness.mjs: the built app in Debian's Chromium, under /sub/ of a static host. A page that asks
// another origin for anything, or says an error into the console, fails its test.
//
//     const site = await openSite();            // once a file
//     const page = await site.open('#/photo');  // a fresh context; guarded
//     await page.done();                        // closes it and fails on what was wrong
//     await site.close();
//
// MIEN_BUILD is the build folder, whose web/dist is served; CHROMIUM another browser.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { serve } from '../serve.mjs';

process.env.PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS = '1'; // requests of theirs, too
const require = createRequire(new URL('../app/package.json', import.meta.url));
const { chromium } = require('playwright-core');

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BUILD = process.env.MIEN_BUILD ?? join(ROOT, 'build');
export const DIST = join(BUILD, 'web/dist');
/** Three people; not for docs. */
export const SAMPLE = join(BUILD, 'share/mien/sample.jpg');
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };
/** How long something may take to be there, in milliseconds: a test asks whether, not how soon. */
const PATIENCE = 120000;

/** The same as a file to be dropped. */
export const PHOTO = { name: 'three.jpg', type: 'image/jpeg', bytes: readFileSync(SAMPLE) };

const AXE = require.resolve('axe-core/axe.min.js');

const CHROMIUM = process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/**
 * What a page does that it may not do: other origins, errors, failed requests.
 * @param {import('playwright-core').BrowserContext} context @param {string} origin
 * @param {string[]} wrong
 */
function guard(context, origin, wrong) {
  const local = (/** @type {string} */ url) =>
    url.startsWith(origin) || url.startsWith('blob:') || url.startsWith('data:');
  context.on('request', (request) => {
    if (!local(request.url()))
      wrong.push(`another origin was asked: ${request.url()}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error')
      wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => wrong.push(`error: ${error.error().message}`));
}

/**
 * The app's site and a browser for it.
 * @param {object} [options]
 * @param {string[]} [options.args] more of Chromium's, such as a file for the fake camera
 * @param {boolean} [options.camera] a fake camera that may be used without a question
 * @param {Record<string, string>} [options.headers] of every file
 * @param {string} [options.folder] another than build/web/dist
 * @param {{address: string, close: () => Promise<void>}} [options.served] by another server
 */
export async function openSite({
  args = [], camera = false, headers = {}, folder = DIST, served = undefined,
} = {}) {
  assert.ok(existsSync(join(folder, 'index.html')), `${folder}: no app there; make web builds it`);
  assert.ok(CHROMIUM, 'no Chromium; tools/setup.sh check installs it');
  const server = served ?? await serve(folder, { under: '/sub/', headers });
  const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...(camera ? fake : []), ...args],
  });
  const origin = new URL(server.address).origin;
  return {
    browser, server, address: server.address,
    /**
     * A page of a fresh browser profile.
     * @param {string} [path] such as #/photo
     * @param {import('playwright-core').BrowserContextOptions & {
     *   before?: (page: import('playwright-core').Page) => unknown}} [options]
     *   before: what is done to the page before it loads
     */
    async open(path = '', { before, ...options } = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, locale: 'en-GB', ...options });
      /** @type {string[]} */
      const wrong = [];
      guard(context, origin, wrong);
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await before?.(page);
      await page.goto(server.address + path);
      await page.locator('main h1, main .notice').first().waitFor();
      return Object.assign(page, {
        /** What was wrong so far; a test that expects an error empties it. */
        wrong,
        async done() {
          await context.close();
          assert.deepEqual(wrong, []);
        },
      });
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * Paths of the registered pages, as the navigation has them, the landing page first.
 * @param {import('playwright-core').Page} page
 */
export async function pathsOf(page) {
  const links = await page.locator('nav a').evaluateAll((all) =>
    all.map((a) => a.getAttribute('href')));
  return ['#/', ...links];
}

/**
 * Show another page of the app, and wait until it is there: the old one stays until the address
 * was noticed.
 * @param {import('playwright-core').Page} page @param {string} path such as #/photo
 */
export async function go(page, path) {
  const address = new URL(path, page.url()).href;
  if (page.url() === address)
    return;
  await page.evaluate(() => { document.title = ''; }); // the new page gives its own
  await page.goto(address);
  await until(page, () => document.title);
  await page.locator('main h1').waitFor();
}

/**
 * Wait until something holds in a page, and give what it is. (waitForFunction would need eval,
 * which the page's policy forbids.)
 * @param {import('playwright-core').Page} page @param {(value: any) => unknown} holds
 * @param {any} [value]
 */
export async function until(page, holds, value) {
  for (const end = Date.now() + PATIENCE; ;) {
    const held = await page.evaluate(holds, value);
    if (held)
      return held;
    if (Date.now() > end)
      throw new Error(`never: ${holds}`);
    await page.waitForTimeout(50);
  }
}

/**
 * Wait until the Photo page has found something in the photo that it shows.
 * @param {import('playwright-core').Page} page @param {string | RegExp} text such as Faces: 3
 */
export const found = (page, text) => page.getByRole('region', { name: 'Found' })
  .getByRole('status').filter({ hasText: text }).waitFor();

/**
 * What a button saves.
 * @param {import('playwright-core').Page} page @param {string} name the button's, or a part of it
 * @param {boolean} [exact] all of it
 */
export async function saved(page, name, exact = false) {
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name, exact }).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/**
 * What axe-core finds serious in a page, which was opened with bypassCSP.
 * @param {import('playwright-core').Page} page
 */
export async function seriousIn(page) {
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
}

/**
 * Hand files to a page as a drop would, as soon as it takes them: it listens a little later than
 * it is seen.
 * @param {import('playwright-core').Page} page
 * @param {{name: string, type: string, bytes: Buffer}[]} files
 */
export async function drop(page, files) {
  const list = files.map(({ name, type, bytes }) => ({ name, type,
    text: bytes.toString('base64') }));
  await until(page, (all) => {
    const transfer = new DataTransfer();
    for (const { name, type, text } of all) {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    return !document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer,
      bubbles: true, cancelable: true }));
  }, list);
}
