// camera.test.mjs: the Camera page with a camera that sees three people, and without one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { PHONE, PHOTO, drop, openSite, seriousIn, until } from './harness.mjs';
import { openWatching, start } from './video.mjs';

let site;
before(async () => {
  site = await openWatching();
});
after(() => site?.close());

const seen = (page) => page.getByRole('region', { name: 'Seen now' });
const idsOf = (page) => seen(page).locator('li[data-id]')
  .evaluateAll((all) => all.map((li) => li.dataset.id));

/** Keep the tracks that a page gets, to see when they end. */
const spy = (page) => page.addInitScript(() => {
  globalThis.tracks = [];
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await real(wish);
    globalThis.tracks.push(...stream.getTracks());
    return stream;
  };
});
const live = (page) => page.evaluate(() =>
  globalThis.tracks.filter((track) => track.readyState === 'live').length);

test('three people keep their numbers', async () => {
  const page = await site.open('#/camera');
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  const ids = await idsOf(page);
  assert.equal(ids.length, 3);
  for (let i = 0; i < 20; i++) {
    await page.waitForTimeout(100);
    const now = await idsOf(page);
    assert.ok(now.every((id) => ids.includes(id)), `${now} after ${ids}`);
  }
  await page.getByRole('img', { name: /picture: 3 faces and 0 objects/ }).waitFor();
  const speed = page.getByRole('region', { name: 'Speed' });
  await speed.getByText(/\d frames a second/).waitFor();
  assert.match(await speed.getByRole('row', { name: /Faces, in all/ }).textContent(), /\d ms/);
  assert.equal(await page.locator('video').evaluate((v) => v.playsInline && v.muted), true);
  await page.done();
});

test('the marks lie over the people that are seen', async () => {
  const page = await site.open('#/camera');
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  const painted = await page.locator('.stage canvas').evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4)
      n += data[i] === 0x38 && data[i + 1] === 0xd3 && data[i + 2] === 0x9f;
    return n / (width * height);
  });
  assert.ok(painted > 0.005 && painted < 0.2, `${painted} of the canvas has marks`);
  await page.done();
});

test('guesses and objects are there when they are asked for', async () => {
  const page = await site.open('#/camera');
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  await page.getByRole('switch', { name: 'Age, gender, expression' }).check();
  await seen(page).getByText(/\d+ · (fe)?male · \w+/).first().waitFor();
  await page.getByRole('switch', { name: 'Objects' }).check();
  await seen(page).locator('li.thing').getByText('person').first().waitFor();
  await page.getByRole('row', { name: /Objects, when looked for/ }).waitFor();
  await page.getByRole('switch', { name: 'Objects' }).uncheck();
  await until(page, () => !document.querySelector('li.thing'));
  await page.done();
});

test('pause, go on, stop', async () => {
  const page = await site.open('#/camera', { before: spy });
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  assert.equal(await page.locator('video').evaluate((v) => v.paused), true);
  assert.equal(await live(page), 1);
  await page.getByRole('button', { name: 'Go on' }).click();
  await until(page, () => !document.querySelector('video').paused);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Start the camera' }).waitFor();
  assert.equal(await live(page), 0);
  await seen(page).waitFor({ state: 'detached' });
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  assert.equal(await live(page), 1);
  await page.getByRole('link', { name: 'Photo' }).first().click();
  await page.getByRole('heading', { name: 'Photo' }).waitFor();
  assert.equal(await live(page), 0, 'another page is shown: the camera is off');
  await page.done();
});

test('a hidden tab stops the camera and says so', async () => {
  const page = await site.open('#/camera', { before: spy });
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  const hide = (hidden) => page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  assert.equal(await live(page), 0);
  await hide(false);
  await page.getByText('stopped while this tab was hidden').waitFor();
  assert.equal(await live(page), 0, 'it does not come back by itself');
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  assert.equal(await page.getByText('stopped while this tab was hidden').count(), 0);
  await page.done();
});

test('who is enrolled has a name that stays, and loses it when erased', async () => {
  const page = await site.open('#/people');
  await drop(page, [PHOTO]);
  await page.getByRole('list', { name: 'Faces in these photos' }).getByRole('button').nth(0)
    .click();
  const form = page.locator('.who');
  await form.getByLabel('Name').fill('\u0e27\u0e35 Ada');
  await form.getByLabel('What for').fill('tests');
  await form.getByRole('button', { name: 'Enrol' }).click();
  await page.getByText('\u0e27\u0e35 Ada is stored.').waitFor();
  await page.getByRole('link', { name: 'Camera' }).first().click();
  await page.getByText(/Of the 1 people who are enrolled/).waitFor();
  await start(page);
  const ada = seen(page).locator('li[data-id]', { hasText: '\u0e27\u0e35 Ada' });
  await ada.waitFor();
  const id = await ada.getAttribute('data-id');
  for (let i = 0; i < 20; i++) {
    await page.waitForTimeout(100);
    const names = await seen(page).locator('li[data-id]').evaluateAll((all) =>
      Object.fromEntries(all.map((li) => [li.dataset.id, li.querySelector('strong').textContent])));
    assert.equal(names[id], '\u0e27\u0e35 Ada', 'a name does not flicker');
    assert.equal(Object.values(names).filter((name) => name === '\u0e27\u0e35 Ada').length, 1);
  }
  await page.getByRole('switch', { name: 'Names' }).uncheck();
  await ada.waitFor({ state: 'detached' });
  await seen(page).getByText('Faces: 3').waitFor();
  await page.done();
});

test('axe-core finds nothing serious while the camera is on', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await site.open('#/camera', { colorScheme, bypassCSP: true });
    await start(page);
    await seen(page).getByText('Faces: 3').waitFor();
    assert.deepEqual(await seriousIn(page), [], colorScheme);
    await page.done();
  }
});

test('a phone: nothing is cut off while the camera is on', async () => {
  const page = await site.open('#/camera', { viewport: PHONE });
  await start(page);
  await seen(page).getByText('Faces: 3').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  for (const box of await page.locator('main button, main label:has(input)').evaluateAll((all) =>
    all.map((e) => e.getBoundingClientRect().height)))
    assert.ok(box >= 44, `a target of ${box} px`);
  await page.done();
});

test('two cameras can be switched', async () => {
  const other = await openSite({ camera: true,
    args: ['--use-fake-device-for-media-stream=device-count=2'] });
  try {
    const page = await other.open('#/camera', { before: spy });
    await start(page);
    const button = page.getByRole('button', { name: 'Other camera' });
    await button.waitFor();
    const first = await page.evaluate(() => globalThis.tracks[0].getSettings().deviceId);
    await button.click();
    await until(page, () => globalThis.tracks.length === 2);
    await button.waitFor();
    assert.notEqual(await page.evaluate(() => globalThis.tracks[1].getSettings().deviceId), first);
    assert.equal(await live(page), 1);
    await page.done();
  } finally {
    await other.close();
  }
});

test('a camera that is denied, and none', async () => {
  const denied = await openSite({ args: ['--use-fake-device-for-media-stream',
    '--deny-permission-prompts'] });
  try {
    const page = await denied.open('#/camera');
    await start(page);
    await page.getByRole('alert').getByText(/may not be used/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Start the camera' }).isEnabled());
    await page.done();
  } finally {
    await denied.close();
  }
  const none = await openSite({ args: ['--use-fake-ui-for-media-stream'] });
  try {
    const page = await none.open('#/camera');
    await start(page);
    await page.getByRole('alert').getByText('No camera was found').waitFor();
    await page.done();
  } finally {
    await none.close();
  }
});
