// shots.mjs: a picture of every page, light and dark, on a desktop and a phone; with photos, each
// named after who is on it, the pages show what they make of them. NAME.jpg has the four of a
// page in one, NAME-SIZE-COLOURS.jpg the page down to its end.
//
//     node web/test-app/shots.mjs FOLDER [PAGE] [PHOTO]... [MODEL]
//
// PAGE is all or one; MODEL a folder of `mien train faces`, for the Faces page.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, parse } from 'node:path';

import { DESKTOP, PHONE, drop, openSite, pathsOf } from './harness.mjs';
import { fakeCamera } from './video.mjs';

const [folder = 'shots', only, ...given] = process.argv.slice(2);
const fileOf = (path) => ({ name: basename(path), bytes: readFileSync(path),
  type: /\.(png|jpe?g)$/.test(path) ? 'image/png' : '' });
const isModel = (path) => statSync(path).isDirectory();
const photos = given.filter((path) => !isModel(path)).map(fileOf);
const [file] = photos;
const model = given.filter(isModel).flatMap((path) => ['model.onnx', 'codes.json', 'concepts.json']
  .map((name) => join(path, name)).filter((name) => existsSync(name)).map(fileOf));

/** What a person would do on a page to see something. */
const SCENES = {
  async photo(page) {
    await page.getByRole('switch', { name: /Age|年龄/ }).check();
    await page.getByRole('switch', { name: /Objects|物体/ }).check();
    await drop(page, [file]);
    await page.locator('.things').waitFor();
  },
  async people(page) {
    await drop(page, photos);
    const form = page.locator('.who');
    const faces = page.getByRole('list', { name: 'Faces in these photos' }).getByRole('button');
    for (const [i, photo] of photos.entries()) {
      const { name } = parse(photo.name);
      await faces.nth(i).click();
      await form.getByLabel('Name').fill(name);
      await form.getByLabel('What for').fill('the pictures of this page');
      await form.getByRole('button', { name: 'Enrol' }).click();
      await page.getByText(`${name} is stored.`).waitFor();
    }
    await page.getByRole('button', { name: 'Close' }).first().click();
    await faces.first().click();
  },
  async faces(page) {
    if (!model.length)
      return;
    await drop(page, model);
    await page.getByRole('button', { name: 'Sliders' }).waitFor();
    await drop(page, photos.slice(0, 2));
    await page.locator('figcaption').nth(photos.length > 1 ? 1 : 0).waitFor();
    await page.getByRole('slider').first().fill('1.5');
  },
  async tables(page) {
    await page.getByRole('button', { name: /quartet/ }).click();
    await page.locator('.chart svg').first().waitFor();
  },
  async camera(page) {
    await page.getByRole('switch', { name: /Age|年龄/ }).check();
    await page.getByRole('switch', { name: /Objects|物体/ }).check();
    await page.locator('.live-bar .main').click();
    await page.locator('li.thing').first().waitFor();
    await page.waitForTimeout(2000);
  },
  async smile(page) {
    await page.locator('.smile-settings select').first().selectOption('expression');
    await page.locator('.live-bar .main').click();
    await page.locator('.over-time tbody td').first().waitFor();
    await page.waitForTimeout(6000);
  },
};

/** The pixels of a photo, three bytes each. */
async function pixelsOf(bytes) {
  const site = await openSite();
  const page = await site.open();
  const { width, height, text } = await page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let out = '';
    for (let i = 0; i < data.length; i += 4)
      out += String.fromCharCode(data[i], data[i + 1], data[i + 2]);
    return { width: bitmap.width, height: bitmap.height, text: btoa(out) };
  }, bytes.toString('base64'));
  await page.context().close();
  await site.close();
  return { width, height, data: Buffer.from(text, 'base64') };
}

async function shoot(site, path, look) {
  const name = path.slice(2) || 'landing';
  const page = await site.open(path, look);
  await page.locator('main h1').waitFor();
  if (file)
    await SCENES[name]?.(page);
  await page.waitForTimeout(800);
  await page.evaluate(() => scrollTo(0, 0));
  const size = look.viewport === PHONE ? 'phone' : 'desktop';
  const to = join(folder, `${name}-${size}-${look.colorScheme}`);
  const bytes = await page.screenshot({ path: `${to}.png` });
  await page.screenshot({ path: `${to}.jpg`, type: 'jpeg', quality: 82, fullPage: true });
  await page.context().close();
  return bytes;
}

/** Four pictures in one. */
async function together(site, name, pictures) {
  const page = await site.browser.newPage({ viewport: { width: 1700, height: 480 } });
  const image = (bytes, width) => `<img width="${width}" style="flex:none"
    src="data:image/png;base64,${bytes.toString('base64')}">`;
  await page.setContent(`<body style="margin:0;background:#888"><div id="all"
    style="display:flex;width:max-content;align-items:flex-start;padding:16px;gap:16px">
    ${pictures.map((bytes, i) => image(bytes, i % 2 ? 186 : 620)).join('')}</div>`);
  await page.locator('#all').screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg',
    quality: 82 });
  await page.close();
}

mkdirSync(folder, { recursive: true });
const camera = file && fakeCamera(await pixelsOf(file.bytes));
const site = await openSite({ camera: true, args: camera?.args });
const first = await site.open();
const paths = await pathsOf(first);
await first.context().close();
for (const path of paths) {
  const name = path.slice(2) || 'landing';
  if (only && only !== 'all' && only !== name)
    continue;
  const pictures = [];
  for (const colorScheme of ['light', 'dark'])
    for (const viewport of [DESKTOP, PHONE])
      pictures.push(await shoot(site, path, { viewport, colorScheme }));
  await together(site, name, pictures);
}
await site.close();
camera?.done();
