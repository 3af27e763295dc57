// smile.test.mjs: the Smile page: photos, and a camera that sees three people.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { PHONE, PHOTO, drop, until } from './harness.mjs';
import { openWatching, start } from './video.mjs';

let site;
before(async () => {
  site = await openWatching();
});
after(() => site?.close());

const time = (page) => page.getByRole('region', { name: 'Over time' });

/** How many faces the photo has, and how many smile, by these options. */
async function countsOf(page, by = 'cascade 30') {
  const caption = page.locator(`figure[data-by="${by}"] figcaption`);
  await caption.waitFor();
  const [, ...counts] = /three.jpg: faces (\d+), smiling (\d+)/.exec(await caption.textContent());
  return counts.map(Number);
}

test('a photo: faces, and smiles by fewer windows or by the network', async () => {
  const page = await site.open('#/smile');
  await drop(page, [PHOTO]);
  const [faces, usual] = await countsOf(page);
  assert.ok(faces >= 1 && usual <= faces);
  const slider = page.getByRole('slider', { name: /Windows that must agree/ });
  await slider.fill('1');
  const [same, loose] = await countsOf(page, 'cascade 1');
  assert.equal(same, faces);
  assert.ok(loose >= usual && loose >= 1 && loose <= faces, `${loose} smile`);
  await page.getByLabel('A smile is told by').selectOption('expression');
  const [still, happy] = await countsOf(page, 'expression 1');
  assert.equal(still, faces);
  assert.ok(happy >= 1 && happy <= faces, `${happy} are happy`);
  assert.equal(await slider.count(), 0);
  await page.done();
});

test('live: votes over time, and when who smiled', async () => {
  const page = await site.open('#/smile');
  await page.getByLabel('A smile is told by').selectOption('expression');
  await start(page);
  await time(page).getByText(/Faces: \d, smiling: [1-3]/).waitFor();
  await time(page).getByRole('row', { name: /\d+ \d+\.\d to \d+\.\d/ }).first().waitFor();
  await until(page, () => // the row is there as soon as one smiles, the line grows with each frame
    document.querySelector('polyline')?.getAttribute('points').split(' ').length > 3);
  await time(page).getByText(/\d ms for the last frame/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Start the camera' }).waitFor();
  assert.ok(await time(page).getByRole('table').isVisible(), 'what was seen can still be read');
  await page.done();
});

test('live with the cascades, on a phone', async () => {
  const page = await site.open('#/smile', { viewport: PHONE });
  await start(page);
  await time(page).getByText(/Faces: [1-3]/).waitFor();
  await page.getByRole('img', { name: /Votes of [1-9]/ }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.equal(await page.locator('video').evaluate((v) => v.playsInline), true);
  await page.done();
});

test('a damaged photo is named, and the page goes on', async () => {
  const page = await site.open('#/smile');
  await drop(page, [{ ...PHOTO, name: 'bad.jpg', bytes: Buffer.from('no picture') },
    { ...PHOTO, name: 'nothing.jpg', bytes: Buffer.alloc(0) }]);
  await page.getByRole('alert').getByText(/nothing.jpg is empty/).waitFor();
  await drop(page, [PHOTO]);
  await countsOf(page);
  await page.done();
});
