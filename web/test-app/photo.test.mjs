// photo.test.mjs: photos as a person opens them: dropped, chosen, pasted, taken; what is found,
// told and saved; files that are none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { makePng } from '../test/png.mjs';
import { BUILD, PHONE, PHOTO, ROOT, SAMPLE, drop, found, openSite, saved, until,
} from './harness.mjs';

const { bytes } = PHOTO;

let site;
before(async () => {
  site = await openSite({ camera: true });
});
after(() => site.close());

/** A PNG of black. */
const png = (width, height) => makePng({ data: Buffer.alloc(width * height), width, height });

test('a photo that is dropped: the faces of the command, in JSON, CSV and a picture', async () => {
  const page = await site.open('#/photo');
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  const json = await saved(page, 'Save JSON');
  assert.equal(json.name, 'three.json');
  const ours = JSON.parse(json.bytes);
  const native = JSON.parse(execFileSync(join(BUILD, 'bin/mien'),
    ['analyze', '--json', '--landmarks', '--rotate', '0', SAMPLE], { encoding: 'utf8' }));
  assert.equal(ours.width, native.width);
  ours.faces.forEach((face, i) => {
    for (const side of ['x', 'y', 'width', 'height'])
      assert.ok(Math.abs(face.box[side] - native.faces[i].box[side]) < 2, `${side} of face ${i}`);
    face.landmarks.forEach((p, k) => assert.ok(
      Math.hypot(p[0] - native.faces[i].landmarks[k][0],
        p[1] - native.faces[i].landmarks[k][1]) < 4, `point ${k} of face ${i}`));
    assert.equal(face.age, undefined);
  });
  const csv = (await saved(page, 'Save CSV')).bytes.toString().trim().split('\n');
  assert.equal(csv.length, 4);
  assert.match(csv[1], /^three\.jpg,face,\d/);
  const picture = await saved(page, 'Save picture');
  assert.equal(picture.name, 'three-marked.jpg');
  assert.equal(picture.bytes.readUInt16BE(0), 0xffd8);
  await page.done();
});

test('age, gender and expression only when asked for, with what they are worth', async () => {
  const page = await site.open('#/photo');
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  await page.getByRole('button', { name: '1 · Face' }).click();
  assert.equal(await page.getByText('Expression', { exact: true }).count(), 0);
  const guesses = page.getByRole('switch', { name: 'Age, gender, expression' });
  await page.getByText('often wrong for a single person').waitFor();
  await guesses.check();
  await page.getByText(/ · later ones \d+ ms/).waitFor();
  await page.getByRole('button', { name: '1 · Face' }).click();
  await page.getByText(/^about \d+$/).waitFor();
  await page.getByText(/happy \d+ %/).waitFor();
  await page.getByText(/^Loaded in \d+ ms · first answer \d+ ms/).waitFor();
  await page.done();
});

test('several at once, chosen; each detector; one is removed', async () => {
  const page = await site.open('#/photo');
  await page.locator('input[type=file]').first().setInputFiles([
    { name: 'a.jpg', mimeType: 'image/jpeg', buffer: bytes },
    { name: 'b.jpg', mimeType: 'image/jpeg', buffer: bytes }]);
  await page.getByRole('button', { name: 'b.jpg' }).click();
  let last;
  for (const detector of ['yunet', 'tiny', 'ssd']) {
    await page.getByLabel('Faces are found by').selectOption(detector);
    last = await until(page, (old) => { // each gives other scores
      const text = document.querySelector('ol.found')?.textContent;
      return text !== old && text;
    }, last);
    await found(page, 'Faces: 3');
  }
  const lines = (await saved(page, 'Save JSON')).bytes.toString().trim().split('\n');
  assert.deepEqual(lines.map((line) => JSON.parse(line).file), ['a.jpg', 'b.jpg']);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.locator('.strip').waitFor({ state: 'detached' });
  await page.done();
});

test('objects, all and by name', async () => {
  const page = await site.open('#/photo');
  await drop(page, [PHOTO]);
  await page.getByRole('switch', { name: 'Objects' }).check();
  await found(page, /Objects: \d/);
  await page.locator('.things').getByText('person').first().waitFor();
  await page.getByLabel('Which objects').selectOption('dog');
  await page.locator('.things').waitFor({ state: 'detached' });
  await page.getByLabel('Which objects').selectOption('person');
  await page.locator('.things').getByText('person').first().waitFor();
  const dog = page.getByRole('button', { name: 'Leave out dog' });
  await dog.click();
  await dog.waitFor({ state: 'detached' });
  await found(page, /Objects: \d/);
  await page.done();
});

test('people who are enrolled have their names under their boxes', async () => {
  const page = await site.open('#/people');
  await drop(page, [PHOTO]);
  await page.getByRole('list', { name: 'Faces in these photos' }).getByRole('button').first()
    .click();
  const form = page.locator('.who');
  await form.getByLabel('Name').fill('\u0e2d\u0e32\u0e23\u0e35');
  await form.getByLabel('What for').fill('tests');
  await form.getByRole('button', { name: 'Enrol' }).click();
  await page.getByText('is stored.').first().waitFor();
  await page.goto(`${site.address}#/photo`);
  await page.getByRole('heading', { name: 'Photo' }).waitFor();
  await drop(page, [PHOTO]);
  await page.getByRole('button', { name: '\u0e2d\u0e32\u0e23\u0e35' }).click();
  await page.getByText('\u0e2d\u0e32\u0e23\u0e35 (distance 0.0').waitFor();
  const { faces } = JSON.parse((await saved(page, 'Save JSON')).bytes);
  assert.deepEqual(faces.map((f) => f.name).filter(Boolean), ['\u0e2d\u0e32\u0e23\u0e35']);
  assert.equal(faces.filter((f) => f.name === null).length, 2);
  assert.ok(faces.every((f) => f.descriptor === undefined));
  await page.getByRole('switch', { name: 'Names' }).uncheck();
  await page.getByRole('button', { name: '1 · Face' }).waitFor();
  await page.done();
});

test('a cascade that is dropped, with scale and neighbours', async () => {
  const page = await site.open('#/photo');
  const xml = readFileSync(join(ROOT, 'models/face_cascade.xml'));
  await drop(page, [PHOTO, { name: 'faces.xml', type: 'text/xml', bytes: xml }]);
  await page.getByText('faces.xml: haar').or(page.getByText('faces.xml: lbp')).waitFor();
  await found(page, /agrees: [1-9]/);
  const many = async () => Number((await page.getByRole('region', { name: 'Found' })
    .getByRole('status').textContent()).replace(/\D/g, ''));
  const few = await many();
  await page.getByLabel('Windows that must agree').fill('0');
  await until(page, (n) => Number(document.querySelector('[aria-label=Found] p')
    ?.textContent.replace(/\D/g, '')) > n, few);
  await drop(page, [{ name: 'bad.xml', type: 'text/xml', bytes: Buffer.from('<a><b></a>') }]);
  await page.getByRole('alert').filter({ hasText: 'bad.xml' }).waitFor();
  await page.done();
});

test('empty, damaged and huge files: said, and the page goes on', async () => {
  const page = await site.open('#/photo');
  await drop(page, [{ name: 'none.jpg', type: 'image/jpeg', bytes: Buffer.alloc(0) },
    { name: 'cut.jpg', type: 'image/jpeg', bytes: bytes.subarray(0, 200) },
    { name: 'huge.png', type: 'image/png', bytes: png(10000, 5000) }]);
  await page.getByRole('alert').filter({ hasText: 'none.jpg is empty' }).waitFor();
  await page.getByRole('alert').filter({ hasText: 'cut.jpg is no picture' }).waitFor();
  await page.getByText('huge.png has 50.0 megapixels and was read at 16.0').waitFor();
  await found(page, 'Faces: 0');
  await drop(page, [PHOTO]);
  await page.getByRole('button', { name: 'three.jpg' }).click();
  await found(page, 'Faces: 3');
  await page.done();
});

test('many large photos are made smaller, so that all have room', async () => {
  const page = await site.open('#/photo');
  const large = png(4000, 4000);
  await drop(page, Array.from({ length: 9 }, (_, i) =>
    ({ name: `${i}.png`, type: 'image/png', bytes: large })));
  await page.getByRole('button', { name: '8.png' }).click();
  await page.getByText(/^8\.png has 16\.0 megapixels and was read at [4-9]\.\d/).waitFor();
  await found(page, 'Faces: 0');
  await page.done();
});

test('a photo that is pasted, and one that is taken', async () => {
  const page = await site.open('#/photo');
  await page.evaluate((text) => {
    const transfer = new DataTransfer();
    const all = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    transfer.items.add(new File([all], 'pasted.jpg', { type: 'image/jpeg' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer,
      bubbles: true }));
  }, bytes.toString('base64'));
  await found(page, 'Faces: 3');
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByRole('button', { name: 'Take it' }).click();
  await page.getByRole('button', { name: 'camera.png' }).waitFor();
  await page.locator('video').waitFor({ state: 'detached' });
  await page.done();
});

test('a camera that is refused is said', async () => {
  const page = await site.open('#/photo', { before: (p) => p.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('denied', 'NotAllowedError'));
  }) });
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByRole('alert').filter({ hasText: 'may not be used' }).waitFor();
  await page.done();
});

test('a network of another digest, or none: said, and tried again', async () => {
  const page = await site.open('#/photo', { serviceWorkers: 'block' });
  await page.route('**/yunet_n_dynamic.onnx', (route) => route.fulfill({ body: 'not a network' }));
  await drop(page, [PHOTO]);
  await page.getByRole('alert').filter({ hasText: /yunet/ }).waitFor();
  await page.unroute('**/yunet_n_dynamic.onnx');
  await page.getByRole('button', { name: 'Try again' }).click();
  await found(page, 'Faces: 3');
  await page.done();
});

test('no room for what is kept: the page works all the same', async () => {
  const page = await site.open('#/photo', { before: (p) => p.addInitScript(() => {
    Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  }) });
  await drop(page, [PHOTO]);
  await found(page, 'Faces: 3');
  await page.getByLabel('Colours').selectOption('dark');
  await page.done();
});

test('a browser without SIMD is told so', async () => {
  const page = await site.open('#/photo', { before: (p) => p.addInitScript(() => {
    WebAssembly.validate = () => false;
  }) });
  await page.getByRole('alert').filter({ hasText: 'lacks WebAssembly SIMD' }).waitFor();
  await page.done();
});

test('with photos on a phone nothing sticks out', async () => {
  const page = await site.open('#/photo', { viewport: PHONE });
  await drop(page, [PHOTO, { ...PHOTO, name: 'a-name-that-is-very-long-'.repeat(6) + '.jpg' }]);
  await found(page, 'Faces: 3');
  await page.getByRole('switch', { name: 'Objects' }).check();
  await found(page, /Objects: \d/);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.done();
});
