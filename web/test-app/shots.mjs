// shots.mjs: a picture of every page, light and dark, on a desktop and a phone; with a photo the
// pages show what they make of it. Beside the pictures NAME.jpg has the four of a page in one.
//
//     node web/test-app/shots.mjs FOLDER [PAGE] [PHOTO]
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { DESKTOP, PHONE, drop, openSite, pathsOf } from './harness.mjs';
import { fakeCamera } from './video.mjs';

const [folder = 'shots', only, photo] = process.argv.slice(2);
const file = photo && { name: basename(photo), type: 'image/png', bytes: readFileSync(photo) };

/** What a person would do on a page to see something. */
const SCENES = {
  async photo(page) {
    await page.getByRole('switch', { name: /Age|年龄/ }).check();
    await page.getByRole('switch', { name: /Objects|物体/ }).check();
    await drop(page, [file]);
    await page.locator('.things').waitFor();
  },
  async people(page) {
    await drop(page, [file]);
    const form = page.locator('.who');
    await page.locator('.faces button, [aria-label="Faces in these photos"] button').first()
      .click();
    await form.getByLabel('Name').fill('Eileen Collins');
    await form.getByLabel('What for').fill('the pictures of this page');
    await form.getByRole('button', { name: 'Enrol' }).click();
    await page.getByText('is stored.').first().waitFor();
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
  const bytes = await page.screenshot({ path: join(folder,
    `${name}-${size}-${look.colorScheme}.png`) });
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
