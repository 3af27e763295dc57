// faces.test.mjs: the Faces page, with a net that is trained here. MIEN_SHOTS: a folder for
// pictures of it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { readPpm } from '../test/frames.mjs';
import { makePng } from '../test/png.mjs';
import { faceOf, trainFaces } from '../test/train.mjs';
import { BUILD, DESKTOP, PHONE, drop, openSite, saved, seriousIn, until } from './harness.mjs';

const CONCEPT = 'photos/bright - photos/dark';
const folder = mkdtempSync(join(tmpdir(), 'mien-faces-'));
let site;
let photos;
before(async () => {
  const picture = readPpm(join(BUILD, 'share/mien/sample.ppm'));
  trainFaces(join(BUILD, 'bin/mien'), folder, picture);
  photos = [0, 1].map((i) => ({ name: `${'ab'[i]}.png`, type: 'image/png',
    bytes: makePng(faceOf(picture, i, 3, 2, 0.8)) }));
  site = await openSite();
});
after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

const model = (...names) => names.map((name) => ({ name, type: '',
  bytes: readFileSync(join(folder, 'vae', name)) }));
const ALL = ['model.onnx', 'codes.json', 'concepts.json'];

/** The page with a model. */
async function open(options) {
  const page = await site.open('#/faces', options);
  await page.getByText('mien train faces').first().waitFor();
  await shot(page, `empty-${options?.colorScheme ?? options?.viewport?.width ?? 'plain'}`);
  await drop(page, model(...ALL));
  await page.getByText('24 pixels, codes of 6 numbers; concepts: 1').waitFor();
  return page;
}

/** Wait until a canvas shows something else than before; what it shows, as a sum. */
const changed = (page, before = 0, selector = '.faces-shown') => until(page, ([css, old]) => {
  const canvas = document.querySelector(css);
  if (!canvas?.width)
    return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const sum = data.reduce((a, b, i) => a + (i % 4 === 3 ? 0 : b), 0);
  return sum !== old && sum;
}, [selector, before]);

async function shot(page, name) {
  if (process.env.MIEN_SHOTS)
    await page.screenshot({ path: join(process.env.MIEN_SHOTS, `faces-${name}.png`),
      fullPage: true });
}

const slide = (page, label, value) =>
  page.locator('.slider').filter({ hasText: label }).locator('input').evaluate((at, v) => {
    at.value = v;
    at.dispatchEvent(new Event('input', { bubbles: true }));
  }, String(value));

test('a face, its concept, and where it is seen', async () => {
  const page = await open({ viewport: DESKTOP });
  await page.getByText('Drop a photo, or take a face').waitFor();
  await drop(page, [photos[0]]);
  await page.locator('figcaption', { hasText: 'a.png' }).waitFor();
  const plain = await changed(page);
  await slide(page, CONCEPT, 2);
  const bright = await changed(page, plain);
  assert.ok(bright > plain, `${bright} is brighter than ${plain}`);
  await slide(page, CONCEPT, -2);
  const dark = await changed(page, bright);
  assert.ok(dark < plain, `${dark} is darker than ${plain}`);
  await shot(page, 'sliders-light');
  await page.getByRole('button', { name: 'Reset' }).click();
  assert.equal(await changed(page, dark), plain);
  await slide(page, CONCEPT, 1);
  await page.getByLabel('Seen on').selectOption('photo');
  await until(page, () => document.querySelector('.faces-shown').width === 110);
  const { name, bytes } = await saved(page, 'Save PNG');
  assert.equal(name, 'a-changed.png');
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [110, 110]);
  await drop(page, [...model('model.onnx'), photos[0]]); // which knows none of these concepts
  await page.getByText('concepts: 0').waitFor();
  await page.locator('figcaption', { hasText: 'a.png' }).waitFor();
  assert.equal(await changed(page), plain);
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.done();
});

test('from one photo to another; as GIF, WebM and PNG', async () => {
  const page = await open();
  await drop(page, photos);
  await page.locator('figcaption', { hasText: 'b.png' }).waitFor();
  await page.getByRole('button', { name: 'Morph' }).click();
  await until(page, () => [...document.querySelectorAll('button')]
    .some((b) => b.textContent === 'Save GIF' && !b.disabled));
  const first = await changed(page);
  await slide(page, 'Position', 23);
  const last = await changed(page, first);
  await page.getByRole('button', { name: 'Play' }).click();
  await changed(page, last);
  await page.getByRole('button', { name: 'Pause' }).click();
  const film = await saved(page, 'Save GIF');
  assert.equal(film.name, 'morph.gif');
  assert.equal(film.bytes.toString('latin1', 0, 6), 'GIF89a');
  assert.equal(film.bytes.toString('latin1').split('\x21\xf9\x04').length - 1, 46);
  assert.equal(film.bytes.readUInt16LE(6), 256);
  const sheet = await saved(page, 'Save PNG');
  assert.deepEqual([sheet.bytes.readUInt32BE(16), sheet.bytes.readUInt32BE(20)],
    [8 * 256, 3 * 256]);
  const webm = await saved(page, 'Save WebM');
  assert.deepEqual([...webm.bytes.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]);
  assert.ok(webm.bytes.length > 2000, `${webm.bytes.length} bytes`);
  await page.getByRole('button', { name: 'Swap' }).click();
  await page.locator('figure').first().filter({ hasText: 'b.png' }).waitFor();
  await page.done();
});

test('a walk, and faces of nobody to work with', async () => {
  const page = await open({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Nobody', exact: true }).click();
  await page.getByText('as the codes of the training pictures lie').waitFor();
  const one = await changed(page, 0, '.faces-grid canvas');
  await slide(page, 'Seed', 7);
  await changed(page, one, '.faces-grid canvas');
  assert.equal(await page.locator('.faces-grid button').count(), 16);
  await until(page, () =>
    [...document.querySelectorAll('.faces-grid canvas')].every((c) => c.width === 256));
  await shot(page, 'nobody-dark');
  await page.getByRole('button', { name: 'Work with nobody 3, seed 7' }).click();
  await page.locator('figcaption', { hasText: 'nobody 3, seed 7' }).waitFor();
  await page.getByRole('button', { name: 'Walk' }).click();
  const first = await changed(page);
  await page.getByRole('button', { name: 'Play' }).click();
  await changed(page, first);
  await page.getByRole('button', { name: 'Sliders' }).click();
  await changed(page);
  await page.getByRole('link', { name: 'Photo' }).click();
  await page.getByRole('link', { name: 'Faces' }).click();
  await page.locator('figcaption', { hasText: 'nobody 3, seed 7' }).waitFor();
  await page.done();
});

test('a phone: nothing to the side; axe-core finds nothing serious', async () => {
  const page = await open({ viewport: PHONE, bypassCSP: true });
  await drop(page, photos);
  await page.locator('figcaption', { hasText: 'b.png' }).waitFor();
  for (const mode of ['Sliders', 'Morph', 'Walk', 'Nobody']) {
    await page.getByRole('button', { name: mode, exact: true }).click();
    await changed(page, 0, mode === 'Nobody' ? '.faces-grid canvas' : '.faces-shown');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, mode);
    const small = await page.evaluate(() => [
      ...document.querySelectorAll('main button, main select')]
      .filter((at) => at.getBoundingClientRect().height < 43.5).map((at) => at.outerHTML));
    assert.deepEqual(small, [], mode);
    assert.deepEqual(await seriousIn(page), [], mode);
    await shot(page, `${mode.toLowerCase()}-phone`);
  }
  await page.done();
});

test('a folder that is dropped', async () => {
  const page = await site.open('#/faces');
  await page.getByText('mien train faces').first().waitFor();
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 150,
      data: { items: [], files: [join(folder, 'vae')], dragOperationsMask: 1 } });
  await page.getByText('codes of 6 numbers; concepts: 1').waitFor();
  assert.equal(await page.locator('.drop.over').count(), 0);
  await page.done();
});

test('what cannot be used is said, and the page goes on', async () => {
  const page = await site.open('#/faces');
  const says = (words) => page.getByRole('alert').filter({ hasText: words }).waitFor();
  await drop(page, [photos[0]]);
  await says('First a model');
  await drop(page, model('codes.json'));
  await says('no model.onnx among codes.json');
  await drop(page, [{ name: 'model.onnx', type: '', bytes: Buffer.from('no model') }]);
  await says(/onnx/);
  await drop(page, [{ name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('x') }]);
  await says('notes.txt: neither a photo');
  await page.locator('input[webkitdirectory]').setInputFiles(join(folder, 'vae'));
  await page.getByText('concepts: 1').waitFor();
  await drop(page, model('model.onnx'));
  await page.getByText('concepts: 0').waitFor();
  await drop(page, [{ name: 'grey.png', type: 'image/png',
    bytes: makePng({ data: Buffer.alloc(3 * 4096, 128), width: 64, height: 64 }) }]);
  await says('grey.png: no face found');
  await drop(page, [{ name: 'bad.png', type: 'image/png', bytes: Buffer.from('bad') }]);
  await says('bad.png');
  await drop(page, [photos[1]]);
  await page.locator('figcaption', { hasText: 'b.png' }).waitFor();
  await page.getByText('mien faces add learns concepts').waitFor();
  await page.done();
});
