// shell.test.mjs: what holds for every page of the navigation: its address, its size on a phone,
// both languages, both colours, and what axe-core finds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { DESKTOP, PHONE, go, openSite, pathsOf, seriousIn, until } from './harness.mjs';

let site;
let paths;
before(async () => {
  site = await openSite();
  const page = await site.open();
  paths = await pathsOf(page);
  await page.done();
});
after(() => site.close());

const ready = (page) => page.locator('main h1').waitFor();

/** Every page of the navigation, one after the other. */
async function eachPage(options, look) {
  const page = await site.open(paths[0], options);
  for (const path of paths) {
    await go(page, path);
    await look(page, path);
  }
  await page.done();
}

const read = (name) =>
  JSON.parse(readFileSync(new URL(`../app/src/messages/${name}.json`, import.meta.url), 'utf8'));

test('every language has every message, with the same values in it', () => {
  const [english, chinese] = [read('en'), read('zh')];
  const values = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    assert.ok(text && chinese[key], `${key} is empty`);
    assert.deepEqual(values(chinese[key]), values(text), key);
  }
});

test('an address survives a reload under /sub/', async () => {
  await eachPage({}, async (page, path) => {
    const title = await page.locator('main h1').textContent();
    await page.reload();
    await page.locator('main h1').waitFor();
    assert.equal(await page.locator('main h1').textContent(), title, path);
    assert.ok(page.url().endsWith(`/sub/${path}`), page.url());
  });
});

test('an unknown address is named', async () => {
  const page = await site.open('#/nowhere');
  await page.getByRole('alert').filter({ hasText: '/nowhere' }).waitFor();
  await page.done();
});

/** What sticks out to the side, and what is too small for a finger. */
function misfits() {
  const bad = [];
  if (document.documentElement.scrollWidth > innerWidth)
    bad.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const scrolls = (at) => at && at !== document.body &&
    (/auto|scroll|hidden/.test(getComputedStyle(at).overflowX) || scrolls(at.parentElement));
  for (const at of document.querySelectorAll('a, button, select, input, textarea, summary')) {
    const own = at.getBoundingClientRect();
    if (!at.checkVisibility({ visibilityProperty: true }) || !own.width ||
        at.closest('.skip, [hidden]'))
      continue;
    const label = at.closest('label')?.getBoundingClientRect() ?? own;
    const inText = at.tagName === 'A' && at.parentElement.closest('p, li:not(.cards li), td');
    const name = `${at.tagName} ${(at.textContent || at.ariaLabel || at.name || '').slice(0, 30)}`;
    if (!inText && (Math.max(own.height, label.height) < 43.5 ||
        Math.max(own.width, label.width) < 43.5))
      bad.push(`${name}: ${own.width} x ${own.height}`);
    if ((own.left < -0.5 || own.right > innerWidth + 0.5) && !scrolls(at.parentElement))
      bad.push(`${name}: cut off at ${own.left} to ${own.right}`);
  }
  return bad;
}

test('a phone of 360 x 740: nothing to the side, targets of 44 px', async () => {
  for (const locale of ['en-GB', 'zh-CN'])
    await eachPage({ viewport: PHONE, locale }, async (page, path) => {
      assert.deepEqual(await page.evaluate(misfits), [], path);
      await page.locator('header .menu').click();
      assert.deepEqual(await page.evaluate(misfits), [], `${path}, the menu open`);
    });
});

test('axe-core finds nothing serious, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await eachPage({ viewport: DESKTOP, colorScheme, bypassCSP: true }, async (page, path) => {
      assert.deepEqual(await seriousIn(page), [], `${path} ${colorScheme}`);
    });
});

test('a language and colours that were chosen stay', async () => {
  const page = await site.open();
  await page.getByLabel('Language').selectOption('zh');
  await page.getByLabel('颜色').selectOption('dark');
  await page.reload();
  await ready(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    'rgb(20, 24, 22)');
  await page.done();
});

test('a language that does not come is said, and the page goes on', async () => {
  const page = await site.open('#/', { serviceWorkers: 'block' });
  await page.route(/\/(zh|en)-[^/]*\.js$/, (route) => route.abort());
  await page.getByLabel('Language').selectOption('zh');
  await page.getByText('This page could not be loaded:').waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.reload();
  await page.getByText('mien could not be loaded').waitFor();
  page.wrong.length = 0; // the requests that were cut
  await page.done();
});

test('colours follow the system while none are chosen', async () => {
  const page = await site.open('', { colorScheme: 'dark' });
  const is = (theme) => until(page, (wanted) =>
    document.documentElement.dataset.theme === wanted, theme);
  await is('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await is('light');
  await page.getByLabel('Colours').selectOption('dark');
  await is('dark');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByLabel('Colours').selectOption('light');
  await is('light');
  await page.getByLabel('Colours').selectOption('auto');
  await is('dark');
  await page.done();
});

test('all is reached by the keyboard', async () => {
  const page = await site.open();
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'MAIN');
  await page.done();
});
