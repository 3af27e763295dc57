// people.test.mjs: people are enrolled, recognised, corrected, kept and erased, as a person does it
// on the People page; what lies in IndexedDB is looked at.
//
//   MIEN_SHARED  shared data: the profiles and the photo of article 13; not there: not tried
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { DESKTOP, PHONE, PHOTO, drop, openSite, saved, seriousIn } from './harness.mjs';

const BNK48 = join(process.env.MIEN_SHARED ?? '', 'data/bnk48/src');
const UNKNOWN = 'Nobody who is known';
const SECRET = 'correct horse';

let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

const open = async (options) => {
  const page = await site.open('#/people', options);
  await page.getByRole('heading', { name: /Known people|are locked/ }).waitFor();
  return page;
};

const file = (path, type = 'image/jpeg') =>
  ({ name: path.split('/').at(-1), type, bytes: readFileSync(path) });
const json = (value, name = 'profiles.json') => ({ name, type: 'application/json',
  bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) });
const says = (page, text) =>
  page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: text }).first().waitFor();
const person = (page, name) =>
  page.locator('.people > li', { has: page.locator('strong', { hasText: name }) });
const names = (page) => page.locator('.people strong').allTextContents();
const faces = (page) => page.getByRole('list', { name: 'Faces in these photos' })
  .getByRole('button');

/** Drop the photo of three people; their faces, as buttons. */
async function dropSample(page) {
  await drop(page, [PHOTO]);
  await faces(page).nth(2).waitFor();
  return faces(page);
}

async function consent(at, { purpose = 'tests', expiry } = {}) {
  await at.getByLabel('What for').fill(purpose);
  if (expiry)
    await at.getByLabel('Until').fill(expiry);
}

async function enrol(page, n, name, options) {
  const form = page.locator('.who');
  await faces(page).nth(n).click();
  await form.getByLabel('Name').fill(name);
  await consent(form, options);
  await form.getByRole('button', { name: 'Enrol' }).click();
  await says(page, `${name} is stored.`);
}

/** Descriptors on a line: distances are differences. */
const at = (v) => [v, ...new Array(127).fill(0)];
const line = (all) => Object.entries(all).map(([label, list]) =>
  ({ label, descriptors: list.map(at) }));

async function take(page, profiles, options) {
  await drop(page, [json(profiles)]);
  const form = page.locator('form', { has: page.getByRole('heading', { name: /people in/ }) });
  await consent(form, options);
  await form.getByRole('button', { name: /^Take/ }).click();
  await says(page, 'are stored');
}

/** Everything in IndexedDB, as text: bytes as Latin-1. */
const stored = (page) => page.evaluate(async () => {
  const list = await indexedDB.databases();
  if (!list.some((d) => d.name === 'mien'))
    return { databases: list.map((d) => d.name), people: [], vault: [] };
  const db = await new Promise((done, fail) => {
    const request = indexedDB.open('mien');
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const all = (name) => new Promise((done) => {
    const request = db.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => done(request.result);
  });
  const text = (key, value) => value instanceof Uint8Array || value instanceof Float32Array
    ? String.fromCharCode(...new Uint8Array(value.buffer)) : value;
  const out = { databases: ['mien'], people: await all('people'), vault: await all('vault') };
  db.close();
  return JSON.parse(JSON.stringify(out, text));
});

/** Put a record into IndexedDB that is made of the first. */
const edit = (page, change) => page.evaluate(({ merge, open }) => new Promise((done) => {
  const request = indexedDB.open('mien');
  request.onsuccess = () => {
    const all = request.result.transaction('people', 'readwrite').objectStore('people');
    all.getAll().onsuccess = (e) => {
      const old = { ...e.target.result[0] };
      all.put({ ...old, ...merge, ...(open && { open: { ...old.open, ...open } }) });
    };
    all.transaction.oncomplete = () => {
      request.result.close();
      done();
    };
  };
}), change);

test('enrol from a photo of three, recognise in it, after a reload too', async () => {
  const page = await open();
  const found = await dropSample(page);
  assert.deepEqual(await found.allTextContents(), Array(3).fill(UNKNOWN));
  await found.nth(0).click();
  await page.locator('.who').getByLabel('Name').fill('Ada');
  await page.locator('.who').getByRole('button', { name: 'Enrol' }).click();
  await says(page, 'what for');
  assert.deepEqual((await stored(page)).people, []);
  await enrol(page, 0, 'Ada', { expiry: '2099-01-31' });
  await enrol(page, 1, '\u0e27\u0e35');
  assert.match(await found.nth(0).textContent(), /^Ada \(0\.00\)/);
  await found.filter({ hasText: UNKNOWN }).waitFor();
  const [ada] = (await stored(page)).people.filter((p) => p.open.name === 'Ada');
  assert.equal(ada.open.consent.purpose, 'tests');
  assert.equal(ada.open.consent.basis, 'agreed');
  assert.equal(ada.expiry, '2099-01-31');
  assert.equal(ada.open.pictures[0].descriptor.length, 512);
  assert.ok(ada.open.pictures[0].chip.length > 500, 'a small picture is kept');
  await page.reload();
  await person(page, 'Ada').waitFor();
  assert.deepEqual((await names(page)).sort(), ['Ada', '\u0e27\u0e35']);
  const again = await dropSample(page);
  assert.deepEqual((await again.allTextContents()).sort(),
    ['Ada (0.00)', UNKNOWN, '\u0e27\u0e35 (0.00)']);
  await page.done();
});

test('one more picture goes to who is there; a face that has a wrong name', async () => {
  const page = await open();
  await dropSample(page);
  await enrol(page, 0, 'Ada');
  await faces(page).nth(1).click();
  await page.locator('.who').getByLabel('Name').fill('Ada');
  await page.getByRole('button', { name: 'Add to Ada' }).click();
  await says(page, 'One more picture of Ada');
  await page.getByRole('button', { name: 'This is not Ada' }).click();
  await page.getByText('nearest is picture 2, 0.00 away').waitFor();
  assert.equal(await faces(page).nth(1).textContent(), UNKNOWN);
  await page.getByRole('button', { name: 'Remove that picture of Ada' }).click();
  await says(page, 'removed from Ada');
  assert.equal((await stored(page)).people[0].open.pictures.length, 1);
  await page.done();
});

test('rename, merge, not this person, delete, and all of it undone', async () => {
  const page = await open();
  await take(page, line({ Ada: [0, 0.1], Bob: [1], Cy: [2] }));
  const undo = () => page.getByRole('button', { name: /^Undo/ }).click();
  await person(page, 'Ada').locator('.face').click();
  const details = person(page, 'Ada').locator('.details');
  await details.getByLabel('Name').fill('Bob');
  await details.getByRole('button', { name: 'Rename' }).click();
  await says(page, 'Bob is there already');
  await details.getByLabel('Name').fill('  Ada   Lovelace ');
  await details.getByRole('button', { name: 'Rename' }).click();
  await says(page, 'The name is now');
  assert.deepEqual(await names(page), ['Ada Lovelace', 'Bob', 'Cy']);
  await details.getByRole('button', { name: 'Picture 2 is not Ada Lovelace' }).click();
  await says(page, 'removed from Ada Lovelace');
  await details.getByLabel('Is the same person as').selectOption({ label: 'Cy' });
  await details.getByRole('button', { name: 'Merge' }).click();
  await says(page, 'Ada Lovelace was merged');
  assert.deepEqual(await names(page), ['Bob', 'Cy']);
  assert.match(await person(page, 'Cy').textContent(), /Pictures: 2 /);
  await person(page, 'Bob').locator('.face').click();
  await person(page, 'Bob').getByRole('button', { name: 'Delete' }).click();
  await says(page, 'Bob is deleted');
  assert.equal((await stored(page)).people.length, 1);
  await undo();
  await says(page, 'Taken back: delete Bob');
  await undo();
  await says(page, 'Taken back: merge');
  await undo();
  await says(page, 'Taken back: a picture');
  await undo();
  await says(page, 'Taken back: rename');
  assert.deepEqual(await names(page), ['Ada', 'Bob', 'Cy']);
  assert.match(await person(page, 'Ada').textContent(), /Pictures: 2 /);
  const { people } = await stored(page);
  assert.deepEqual(people.map((p) => p.open.name).sort(), ['Ada', 'Bob', 'Cy']);
  await undo();
  await page.getByText('Nobody yet').waitFor();
  assert.deepEqual((await stored(page)).people, []);
  await page.done();
});

test('under a passphrase nothing can be read; a wrong one opens nothing', async () => {
  const page = await open();
  await page.getByText('are NOT encrypted').waitFor();
  await take(page, line({ Adalovelace: [0, 0.25], Bob: [1] }), { purpose: 'holidayphotos' });
  const protection = page.getByRole('region', { name: 'Passphrase and deletion' });
  await protection.getByLabel('New passphrase').fill('short');
  await protection.getByRole('button', { name: 'Encrypt' }).click();
  await says(page, 'at least 8 characters');
  assert.match(JSON.stringify(await stored(page)), /Adalovelace/);
  await protection.getByLabel('New passphrase').fill(SECRET);
  await protection.getByRole('button', { name: 'Encrypt' }).click();
  await says(page, 'Everything is encrypted');
  await page.getByText('are encrypted under your passphrase').waitFor();
  const sealed = await stored(page);
  assert.doesNotMatch(JSON.stringify(sealed), /Adalovelace|Bob|holidayphotos|correct/);
  assert.equal(sealed.vault[0].lock.iterations, 600000);
  const [one, two] = sealed.people;
  assert.ok(!one.open && one.sealed.bytes.length > 600);
  assert.equal(one.sealed.nonce.length, 12);
  assert.notEqual(one.sealed.nonce, two.sealed.nonce);
  assert.notEqual(one.sealed.salt, two.sealed.salt);
  await page.reload();
  await page.getByRole('heading', { name: '2 people are locked' }).waitFor();
  assert.equal(await page.getByText('Adalovelace').count(), 0);
  await page.getByRole('textbox', { name: 'Passphrase' }).fill('wrong horse');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await says(page, 'This is not the passphrase');
  await page.getByRole('textbox', { name: 'Passphrase' }).fill(SECRET);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await person(page, 'Adalovelace').waitFor();
  assert.match(await person(page, 'Adalovelace').textContent(), /Pictures: 2 /);
  await person(page, 'Bob').locator('.face').click();
  await person(page, 'Bob').getByRole('button', { name: 'Delete' }).click();
  await says(page, 'Bob is deleted');
  await page.getByRole('button', { name: 'Undo: delete Bob' }).click();
  await says(page, 'Taken back');
  assert.ok((await stored(page)).people.every((p) => p.sealed && !p.open));
  await page.getByRole('button', { name: 'Lock now' }).click();
  await page.getByRole('heading', { name: '2 people are locked' }).waitFor();
  await page.getByRole('textbox', { name: 'Passphrase' }).fill(SECRET);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('button', { name: 'Remove encryption' }).click();
  await says(page, 'Nothing is encrypted');
  assert.match(JSON.stringify(await stored(page)), /Adalovelace/);
  await page.done();
});

test('a sealed record that was given a later day does not open, the others do', async () => {
  const page = await open();
  await take(page, line({ Ada: [0], Bob: [1] }));
  await page.getByRole('textbox', { name: 'New passphrase' }).fill(SECRET);
  await page.getByRole('button', { name: 'Encrypt' }).click();
  await says(page, 'Everything is encrypted');
  await edit(page, { merge: { expiry: '2999-01-01' } });
  await page.reload();
  await page.getByRole('textbox', { name: 'Passphrase' }).fill(SECRET);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await says(page, 'cannot be opened: 1');
  assert.equal((await names(page)).length, 1);
  assert.equal((await stored(page)).people.length, 2);
  await page.done();
});

test('delete everything: the database is gone', async () => {
  const page = await open();
  await take(page, line({ Ada: [0], Bob: [1] }));
  await page.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByText('Delete 2 people').waitFor();
  await page.getByRole('button', { name: 'Keep them' }).click();
  assert.equal((await stored(page)).people.length, 2);
  await page.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByRole('button', { name: 'Yes, delete everything' }).click();
  await says(page, 'Everything is deleted');
  const { people, vault } = await stored(page);
  assert.deepEqual({ people, vault }, { people: [], vault: [] });
  assert.equal(await page.getByRole('button', { name: /^Undo/ }).count(), 0);
  await page.reload();
  await page.getByText('Nobody yet').waitFor();
  await page.done();
});

test('a consent that has ended erases who gave it, and that is said', async () => {
  const page = await open();
  await take(page, line({ Ada: [0] }), { expiry: '2099-12-31' });
  const past = page.locator('form', { has: page.getByRole('heading', { name: /people in/ }) });
  await drop(page, [json(line({ Eve: [3] }))]);
  await past.getByLabel('Until').fill('2001-01-01');
  await past.getByLabel('What for').fill('tests');
  await past.evaluate((form) => { form.noValidate = true; });
  await past.getByRole('button', { name: /^Take/ }).click();
  await says(page, 'would end on 2001-01-01');
  await past.getByRole('button', { name: 'Leave them' }).click();
  await edit(page, { merge: { id: 'old', expiry: '2020-02-29' }, // as time would
    open: { id: 'old', name: 'Zoe' } });
  await page.reload();
  await says(page, 'consent had ended: 1 (Zoe)');
  assert.deepEqual(await names(page), ['Ada']);
  assert.deepEqual((await stored(page)).people.map((p) => p.open.name), ['Ada']);
  await page.done();
});

test('a page that stays open erases who gave a consent when its last day is over', async () => {
  const page = await open({ before: (blank) => blank.clock.install() });
  const today = await page.evaluate(() => new Date().toLocaleDateString('sv'));
  await take(page, line({ Ada: [0] }), { expiry: today });
  await take(page, line({ Bob: [1] }));
  await page.clock.fastForward('24:00:00');
  await says(page, 'consent had ended: 1 (Ada)');
  assert.deepEqual(await names(page), ['Bob']);
  assert.deepEqual((await stored(page)).people.map((p) => p.open.name), ['Bob']);
  await page.done();
});

test('what the browser deletes is gone from the page, which goes on', async () => {
  const page = await open();
  await take(page, line({ Ada: [0] }));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin',
    { origin: new URL(site.address).origin, storageTypes: 'indexeddb' });
  await page.getByText('Nobody yet').waitFor();
  await take(page, line({ Bob: [1] }));
  assert.deepEqual((await stored(page)).people.map((p) => p.open.name), ['Bob']);
  await page.done();
});

test('profiles out and in again, in three forms; bad ones are named', async () => {
  const page = await open();
  await take(page, { a: { name: 'Ada', descriptors: [at(0), at(0.25)] } });
  for (const form of ['labeled', 'matcher', 'keyed']) {
    await page.getByLabel('Form').selectOption(form);
    const text = String((await saved(page, 'Save', true)).bytes);
    const value = JSON.parse(text);
    const [one] = form === 'keyed' ? [value.a]
      : form === 'matcher' ? value.labeledDescriptors : value;
    assert.equal(one.label ?? one.name, 'Ada');
    assert.deepEqual(one.descriptors, [at(0), at(0.25)]);
    assert.equal(one.consent.purpose, 'tests');
    const other = await open();
    await drop(other, [json(text)]);
    await other.getByLabel('What for').fill('x');
    await other.getByRole('button', { name: 'Take 1 people' }).click();
    await says(other, 'are stored');
    assert.equal((await stored(other)).people[0].open.consent.purpose, 'tests');
    await other.done();
  }
  const good = at(1);
  for (const [text, words] of [
    ['', 'p.json: 0 bytes'],
    [JSON.stringify({ Wee: { name: 'W', descriptors: [good.slice(64)] } }),
      'profile "Wee", descriptor 1: 64 numbers; wanted are 128'],
    [JSON.stringify(line({ Bob: [1] })).replace('[1,', '[NaN,'),
      'profile "Bob", descriptor 1: number 1 is NaN'],
    [JSON.stringify(line({ Bob: [1] })).slice(0, -20), 'profile "Bob": the text ends early'],
  ]) {
    await drop(page, [json(text, 'p.json')]);
    await says(page, words);
  }
  await drop(page, [{ name: 'bad.jpg', type: 'image/jpeg', bytes: Buffer.from('no picture') }]);
  await says(page, 'bad.jpg is no picture');
  assert.deepEqual(await names(page), ['Ada']);
  await page.done();
});

test('two files at once; consent that ended in a file; undo of all that came', async () => {
  const page = await open();
  const basis = { basis: 'agreed', purpose: 'tests', date: '2020-01-01' };
  const [ada, bob] = line({ Ada: [0], Bob: [1] });
  const labeledDescriptors = [{ ...ada, consent: { ...basis, expiry: '2020-12-31' } },
    { ...bob, consent: { ...basis, expiry: '2099-12-31' } }];
  await drop(page, [json({ distanceThreshold: 0.3, labeledDescriptors }, 'a.json'),
    json(line({ Cy: [2] }), 'b.json')]);
  await page.getByRole('heading', { name: '1 people in b.json' }).waitFor();
  const form = page.locator('form', { has: page.getByRole('heading', { name: /in a\.json/ }) });
  await consent(form);
  await form.getByRole('button', { name: 'Take 2 people' }).click();
  await says(page, '1 people of a.json are stored. Left out, since their consent in the file ' +
    'has ended: Ada.');
  const { people, vault } = await stored(page);
  assert.deepEqual(people.map((p) => [p.open.name, p.open.consent.expiry]),
    [['Bob', '2099-12-31']]);
  assert.deepEqual([vault[0].threshold, vault[0].rule], [0.3, 'mean']);
  await page.getByRole('heading', { name: '1 people in b.json' }).waitFor();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await page.getByText('Nobody yet').waitFor();
  const after = await stored(page);
  assert.deepEqual([after.people, after.vault[0].threshold, after.vault[0].rule],
    [[], undefined, undefined]);
  await page.done();
});

test('the threshold moves, stays, and tells what it means', async () => {
  const page = await open();
  await take(page, line({ Ada: [0, 0.3], Bob: [0.5] }));
  const panel = page.getByRole('region', { name: 'How near is near enough' });
  await panel.getByText('one person: 1 of 1').waitFor();
  await panel.getByLabel('A name is given').fill('0.25');
  await panel.getByText('one person: 0 of 1').waitFor();
  await panel.getByText('two people: 1 of 2').waitFor();
  assert.match(await panel.locator('#strangers').textContent(), /: hardly any\.|1 in \d+/);
  await panel.getByRole('button', { name: 'Choose automatically' }).waitFor();
  assert.equal((await stored(page)).vault[0].threshold, 0.25);
  await page.reload();
  await panel.getByText('one person: 0 of 1').waitFor();
  await panel.getByRole('button', { name: 'Choose automatically' }).click();
  await panel.getByText('one person: 1 of 1').waitFor();
  await page.done();
});

test('no room left: it is said, and nothing is lost', async () => {
  const origin = new URL(site.address).origin;
  let devtools;
  const page = await open({ before: async (blank) => {
    devtools = await blank.context().newCDPSession(blank);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 400000 });
  } });
  await take(page, line({ Ada: [0] }));
  await drop(page, [json(line({ Bob: Array.from({ length: 2000 }, (_, i) => i / 1000) }))]);
  await page.getByLabel('What for').fill('x');
  await page.getByRole('button', { name: 'Take 1 people' }).click();
  await says(page, 'no room left');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  assert.deepEqual(await names(page), ['Ada']);
  await page.reload();
  await person(page, 'Ada').waitFor();
  assert.deepEqual(await names(page), ['Ada']);
  await page.done();
});

/** A browser of its own folder, which can be killed. */
async function startBrowser(folder, started) {
  const child = spawn(process.env.CHROMIUM ?? 'chromium', ['--headless=new', '--no-sandbox',
    '--disable-gpu', '--no-first-run', '--lang=en-GB',
    '--remote-debugging-port=0', `--user-data-dir=${folder}`,
    'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  started(child);
  let said = '';
  let address;
  for await (const chunk of child.stderr) {
    said += chunk;
    [, address] = /DevTools listening on (\S+)/.exec(said) ?? [];
    if (address)
      break;
  }
  assert.ok(address, said);
  const require = createRequire(new URL('../app/package.json', import.meta.url));
  const browser = await require('playwright-core').chromium.connectOverCDP(address);
  const page = await browser.contexts()[0].newPage();
  await page.goto(`${site.address}#/people`);
  await page.getByRole('heading', { name: /Known people/ }).waitFor();
  return page;
}

async function kill(child) {
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
    await once(child, 'exit');
}

test('who was said to be stored is there after the browser was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mien-'));
  const browsers = [];
  const start = () => startBrowser(folder, (child) => browsers.push(child));
  try {
    const first = await start();
    await take(first, line({ Ada: [0] }));
    await kill(browsers[0]);
    await person(await start(), 'Ada').waitFor();
  } finally {
    for (const child of browsers)
      await kill(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** Targets that are too small for a finger, and what sticks out. */
const misfits = () => [...document.querySelectorAll('main button, main select, main input')]
  .filter((at) => at.checkVisibility() && !at.hidden)
  .map((at) => [at, (at.closest('label') ?? at).getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 43.5 || box.right > innerWidth)
  .map(([at, box]) => `${at.textContent || at.type}: ${box.width} x ${box.height}`);

test('a full page fits a phone, and axe-core finds nothing serious', async () => {
  for (const [viewport, colorScheme] of [[PHONE, 'dark'], [DESKTOP, 'light']]) {
    const page = await open({ viewport, colorScheme, bypassCSP: true });
    await take(page, line({ Ada: [0, 0.1], [`B${'o'.repeat(190)}b`]: [1] }));
    await dropSample(page);
    await enrol(page, 0, 'Cy');
    await page.getByRole('button', { name: 'This is not Cy' }).click();
    await page.locator('.people .face').first().click();
    await page.getByRole('textbox', { name: 'New passphrase' }).fill(SECRET);
    await page.getByRole('button', { name: 'Encrypt' }).click();
    await says(page, 'Everything is encrypted');
    await drop(page, [json(line({ Dee: [2] }))]);
    await page.getByRole('heading', { name: '1 people in' }).waitFor();
    await page.getByRole('button', { name: 'Delete everything' }).click();
    assert.deepEqual(await page.evaluate(misfits), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
    assert.deepEqual(await seriousIn(page), []);
    await page.done();
  }
});

test('two windows: one sees what the other did and overwrites nothing', async () => {
  const page = await open();
  await take(page, line({ Ada: [0], Bob: [1] }));
  const other = await page.context().newPage();
  await other.goto(page.url());
  await person(other, 'Bob').locator('.face').click();
  await person(other, 'Bob').getByRole('button', { name: 'Delete' }).click();
  await says(other, 'Bob is deleted');
  await person(page, 'Bob').waitFor({ state: 'detached' });
  assert.deepEqual(await names(page), ['Ada']);
  await other.getByRole('button', { name: 'Delete everything' }).click();
  await other.getByRole('button', { name: 'Yes, delete everything' }).click();
  await says(other, 'Everything is deleted');
  await page.getByText('Nobody yet').waitFor();
  await page.done();
});

test('the people of article 13 are recognised in its photo', {
  skip: !existsSync(BNK48) && 'no shared data',
}, async () => {
  const page = await open({ viewport: PHONE });
  await drop(page, [file(join(BNK48, 'descriptors/bnk48.json'), 'application/json')]);
  await page.getByRole('heading', { name: '51 people in bnk48.json' }).waitFor();
  await page.getByLabel('What for').fill('tests');
  await page.getByRole('button', { name: 'Take 51 people' }).click();
  await says(page, '51 people of bnk48.json are stored');
  await drop(page, [file(join(BNK48, 'img/example.jpg'))]);
  await faces(page).first().waitFor();
  const profiles = JSON.parse(readFileSync(join(BNK48, 'descriptors/bnk48.json'), 'utf8'));
  const there = ['Tarwaan', 'Pupe', 'Kate', 'Jane', 'Mind', 'Namsai', 'Izurina', 'Satchan']
    .map((key) => profiles[key].name).sort();
  const said = async () => (await faces(page).allTextContents())
    .map((text) => text.replace(/ \(.*/, '')).filter((name) => name !== UNKNOWN).sort();
  assert.deepEqual(await said(), there.filter((name) => name !== profiles.Mind.name));
  await page.getByLabel('A name is given').fill('0.53'); // the photo has a text over that face
  await faces(page).filter({ hasText: profiles.Mind.name }).waitFor();
  assert.deepEqual(await said(), there);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await page.done();
});
