// served.test.mjs: the app as `mien serve` shows it, with a gallery behind it: a person logs in
// with a key, enrols, identifies, renames, withdraws, and sees that it is gone: on the page, over
// HTTP and for `mien gallery list`.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { serve } from '../serve.mjs';
import { BUILD, DIST, PHONE, PHOTO, ROOT, drop, openSite, saved, seriousIn } from './harness.mjs';

const MIEN = join(BUILD, 'bin/mien');
const MODELS = join(BUILD, 'share/mien/models');
const skip = existsSync(join(MODELS, 'face_recognition.onnx')) ? false : 'no networks';
const skipSecond = skip || (existsSync(join(MODELS, 'mobilefacenet.onnx')) ? false
  : 'mobilefacenet is not installed: tools/get_models.sh BUILD --with mobilefacenet');
const FACE = join(ROOT, 'docs/sample.jpg');
const WRONG = '0'.repeat(64);
const NEW = 'Not looked for yet';

let folder, served, site, keys;

const mien = (...args) => execFileSync(MIEN, args, { encoding: 'utf8', cwd: folder,
  env: { ...process.env, MIEN_MODELS: MODELS } });

/** A server with a gallery; its log, as text. */
async function begin(...more) {
  const child = spawn(MIEN, ['serve', '--listen', '127.0.0.1:0', '--jobs', '1', '--app', DIST,
    '--db', 'people.db', '--db-key-file', 'secret', '--key-file', 'keys', ...more],
  { cwd: folder, env: { ...process.env, MIEN_MODELS: MODELS } });
  let log = '';
  child.stderr.on('data', (data) => { log += data; });
  const ended = new Promise((done) => child.once('exit', done));
  const address = await new Promise((done, fail) => {
    child.stdout.once('data', (data) => done(`${String(data).trim()}/`));
    child.once('exit', () => fail(new Error(log)));
  });
  return { address, log: () => log, close: async () => {
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  } };
}

before(async () => {
  if (skip)
    return;
  folder = mkdtempSync(join(tmpdir(), 'mien-served-'));
  writeFileSync(join(folder, 'secret'), randomBytes(40));
  mien('gallery', 'init', '--key-file', 'secret', 'people.db');
  const key = (role, ...more) =>
    mien('key', 'add', '--key-file', 'keys', '--role', role, ...more, role).trim();
  keys = { admin: key('admin', '--purpose', 'door', '--basis', 'consent'),
    all: mien('key', 'add', '--key-file', 'keys', '--role', 'admin', 'all').trim(),
    operator: key('operator'), viewer: key('viewer'), enroller: key('enroller') };
  served = await begin();
  site = await openSite({ served });
});
after(async () => {
  await site?.browser.close();
  await served?.close();
  if (folder)
    rmSync(folder, { recursive: true });
});

const says = (page, text) =>
  page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: text }).first().waitFor();
const faces = (page) => page.getByRole('list', { name: 'Faces in these photos' })
  .getByRole('button');
const person = (page, name) =>
  page.locator('.people > li', { has: page.locator('strong', { hasText: name }) });

async function open(options) {
  const page = await site.open('#/people', options);
  await page.getByLabel('Where people are kept').selectOption('server');
  return page;
}

async function logIn(page, key) {
  await page.getByRole('textbox', { name: 'Key' }).fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** The faces of the photo of three, as buttons. */
async function dropSample(page) {
  await drop(page, [PHOTO]);
  await faces(page).nth(2).waitFor();
  return faces(page);
}

async function enrol(page, n, name, purpose) {
  const form = page.locator('.who');
  await faces(page).nth(n).click();
  await form.getByLabel('Name').fill(name);
  if (purpose)
    await form.getByLabel('What for').fill(purpose);
  await form.getByRole('button', { name: 'Enrol' }).click();
  await says(page, `${name} is stored.`);
}

async function withdraw(page, name) {
  await person(page, name).locator('.face').click();
  await person(page, name).getByRole('button', { name: 'Withdraw and erase' }).click();
  await page.getByText('This cannot be undone').waitFor();
  await person(page, name).getByRole('button', { name: 'Yes, erase' }).click();
  await says(page, `${name} is erased, with`);
}

/** What a program with a key gets. */
const asProgram = async (key, path, options = {}) => {
  const answer = await fetch(served.address + path, { ...options, headers: { 'x-api-key': key } });
  return { status: answer.status, body: await answer.json() };
};

/** What a script in a page gets. */
const asScript = (page, path, options) => page.evaluate(async ([to, how]) => {
  const answer = await fetch(to, how);
  return { status: answer.status, text: await answer.text() };
}, [path, options]);

test('log in, enrol with consent, identify, rename, withdraw, gone', { skip }, async () => {
  const page = await open();
  await logIn(page, WRONG);
  await says(page, 'does not know this key');
  assert.match(page.wrong.splice(0).join(), /401/);
  await logIn(page, keys.admin);
  await page.getByText('Logged in as admin for door').waitFor();
  const everything = await page.evaluate(() => JSON.stringify([{ ...localStorage },
    { ...sessionStorage }, document.cookie, location.href, document.body.innerHTML]));
  assert.ok(!everything.includes(keys.admin) && !everything.includes('mien-session'));
  await page.getByText('but for what the People page sends to').waitFor();

  const found = await dropSample(page);
  assert.deepEqual(await found.allTextContents(), Array(3).fill(NEW));
  assert.ok(!await page.locator('.who').getByLabel('What for').isEditable());
  await enrol(page, 0, 'Ada');
  assert.match(await person(page, 'Ada').textContent(), /Pictures: 1 /);
  await page.getByRole('button', { name: 'Identify' }).click();
  await found.filter({ hasText: 'Ada' }).waitFor();
  assert.match(await found.nth(0).textContent(), /^Ada \(0\.[0-2]\d\)$/);
  assert.equal(await found.filter({ hasText: 'Nobody who is known' }).count(), 2);

  await person(page, 'Ada').locator('.face').click();
  const details = person(page, 'Ada').locator('.details');
  await details.getByText('Consent. What for: door.').waitFor();
  await details.getByLabel('Name').fill('Ada L.');
  await details.getByRole('button', { name: 'Rename' }).click();
  await says(page, 'The name is now Ada L.');
  const { name, bytes } = await saved(page, 'Save all that is held');
  assert.equal(name, 'Ada L..json');
  assert.match(String(bytes), /"Ada L\."/);
  assert.deepEqual((await asProgram(keys.viewer, 'api/v1/recognition/subjects')).body,
    { subjects: ['Ada L.'] });

  await page.reload(); // the cookie stays, and a fresh token comes
  await page.getByText('Logged in as admin for door').waitFor();
  await person(page, 'Ada L.').waitFor();
  await withdraw(page, 'Ada L.');
  await page.getByText('Nobody yet').waitFor();
  const again = await dropSample(page);
  await page.getByRole('button', { name: 'Identify' }).click();
  await again.filter({ hasText: 'Nobody who is known' }).nth(2).waitFor();
  assert.deepEqual((await asProgram(keys.viewer, 'api/v1/people')).body, { people: [] });
  assert.equal((await asProgram(keys.admin, 'api/v1/people/Ada%20L.')).status, 404);

  await page.getByRole('button', { name: 'Log out' }).click();
  await says(page, 'Logged out.');
  const { status } = await asScript(page, 'api/v1/people', {});
  assert.equal(status, 401);
  assert.match(page.wrong.splice(0).join(), /401/);
  assert.deepEqual(await page.context().cookies(), []);
  await page.done();
});

test('a script without the token, and a page of another origin, change nothing', { skip },
  async () => {
    const page = await open();
    await logIn(page, keys.admin);
    await dropSample(page);
    await enrol(page, 0, 'Bob');
    const path = 'api/v1/recognition/subjects/Bob';
    for (const headers of [{}, { 'x-csrf-token': WRONG }]) {
      const { status, text } = await asScript(page, path, { method: 'DELETE', headers });
      assert.equal(status, 403);
      assert.match(text, /x-csrf-token/);
    }
    const blank = mkdtempSync(join(tmpdir(), 'mien-other-'));
    writeFileSync(join(blank, 'index.html'), '<!doctype html><title>other</title>');
    const other = await serve(blank);
    const stranger = await page.context().newPage();
    await stranger.goto(other.address);
    const seen = served.log().length;
    await stranger.evaluate(async (address) => {
      const form = new FormData();
      form.append('file', new Blob(['x']));
      for (const to of ['api/v1/recognition/faces?subject=Eve', 'session'])
        await fetch(address + to, { method: 'POST', body: form, mode: 'no-cors',
          credentials: 'include' }).catch(() => undefined);
      await fetch(`${address}session`, { mode: 'no-cors', credentials: 'include' })
        .catch(() => undefined);
    }, served.address);
    await stranger.close();
    await other.close();
    rmSync(blank, { recursive: true });
    const refused = served.log().slice(seen).trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(refused.map((r) => r.status), [403, 403, 403]);
    page.wrong.length = 0; // refusals
    await page.reload();
    await person(page, 'Bob').waitFor();
    assert.deepEqual(await page.locator('.people strong').allTextContents(), ['Bob']);
    await withdraw(page, 'Bob');
    await page.getByRole('button', { name: 'Log out' }).click();
    await says(page, 'Logged out.');
    await page.done();
  });

test('each role sees what it may do', { skip }, async () => {
  const page = await open();
  await logIn(page, keys.enroller);
  await dropSample(page);
  await page.getByText('may not have faces recognised').waitFor();
  await page.locator('.who').getByLabel('Name').fill('Cy');
  await page.locator('.who').getByRole('button', { name: 'Enrol' }).click();
  await says(page, 'what for');
  await enrol(page, 1, 'Cy', 'tests');
  await person(page, 'Cy').locator('.face').click();
  await person(page, 'Cy').getByRole('button', { name: 'Rename' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Withdraw' }).count(), 0);
  await page.getByRole('button', { name: 'Log out' }).click();

  await logIn(page, keys.viewer);
  await person(page, 'Cy').locator('.face').click();
  await page.getByText('What for: tests.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Rename' }).count(), 0);
  await page.getByRole('button', { name: 'Log out' }).click();

  await logIn(page, keys.operator);
  await page.getByText('may not see who is enrolled').waitFor();
  const found = await dropSample(page);
  assert.equal(await page.locator('.who').count(), 0);
  await page.getByLabel('Look for people').fill('tests');
  await page.getByRole('button', { name: 'Identify' }).click();
  await found.filter({ hasText: 'Cy' }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await says(page, 'Logged out.');
  await page.done();
});

test('evidence is kept and listed, a face is not somebody, the last change is undone', { skip },
  async () => {
    const page = await open();
    await logIn(page, keys.all);
    const found = await dropSample(page);
    await enrol(page, 0, 'Eva', 'tests');
    await person(page, 'Eva').locator('.face').click();
    const details = person(page, 'Eva').locator('.details');
    await details.getByText('Files of evidence: 0').waitFor();
    await details.getByLabel('Add a file of evidence').setInputFiles(
      { name: 'form.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(2500, 'form') });
    await says(page, 'form.pdf is kept with Eva, encrypted.');
    await details.getByText('Files of evidence: 1').waitFor();
    assert.match(await details.getByRole('listitem').textContent(),
      /^form\.pdf, \d{4}-\d\d-\d\d, 3 kB$/);
    const { body } = await asProgram(keys.viewer, 'api/v1/evidence?subject=Eva');
    assert.deepEqual(body.evidence.map(({ name, size }) => [name, size]), [['form.pdf', 2500]]);

    await page.getByLabel('Look for people').fill('tests');
    const named = found.filter({ hasText: 'Eva' });
    await page.getByRole('button', { name: 'Identify' }).click();
    await named.waitFor();
    await page.getByRole('button', { name: 'This is not Eva' }).click();
    await page.getByRole('button', { name: 'Keep as not this person' }).click();
    await says(page, 'The face is kept as not Eva.');
    assert.equal((await asProgram(keys.viewer, 'api/v1/negatives?subject=Eva'))
      .body.negatives.length, 1);

    if (process.env.SHOTS)
      await page.screenshot({ path: join(process.env.SHOTS, 'served-held.png'), fullPage: true });
    const undo = async (text) => {
      await page.getByRole('button', { name: 'Undo the last change' }).click();
      await page.getByRole('group').getByRole('button', { name: 'Undo the last change' }).click();
      await says(page, text);
    };
    await page.getByRole('button', { name: 'Undo the last change' }).click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await undo('Taken back: what was added to Eva');
    assert.deepEqual((await asProgram(keys.viewer, 'api/v1/negatives?subject=Eva')).body,
      { negatives: [] });
    await page.getByRole('button', { name: 'Close' }).click();
    await undo('Taken back: what was added to Eva');
    assert.deepEqual((await asProgram(keys.viewer, 'api/v1/evidence?subject=Eva')).body,
      { evidence: [] });
    await undo('Taken back: the enrolment of Eva');
    assert.equal(await person(page, 'Eva').count(), 0);
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn(page, keys.admin);
    await page.getByText('Logged in as admin').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
    await page.getByRole('button', { name: 'Log out' }).click();
    await says(page, 'Logged out.');
    await page.done();
  });

test('a key that is revoked logs out who used it', { skip }, async () => {
  const page = await open();
  const key = mien('key', 'add', '--key-file', 'keys', '--role', 'admin', 'brief').trim();
  await page.waitForTimeout(1500); // the server reads its file again
  await logIn(page, key);
  await person(page, 'Cy').waitFor();
  const [id] = mien('key', 'list', '--key-file', 'keys').split('\n')
    .find((line) => line.endsWith('brief')).split(' ');
  mien('key', 'revoke', '--key-file', 'keys', id);
  await page.waitForTimeout(1500);
  await person(page, 'Cy').locator('.face').click(); // asks for evidence
  await says(page, 'the session or its key has ended');
  await page.getByRole('textbox', { name: 'Key' }).waitFor();
  assert.equal(await page.getByText('Cy').count(), 0);
  page.wrong.length = 0;
  await page.done();
});

test('a tab is not answered as whoever logged in in another one', { skip }, async () => {
  const page = await open();
  await logIn(page, keys.enroller);
  await person(page, 'Cy').locator('.face').click();
  const other = await page.context().newPage();
  await other.goto(`${served.address}#/people`);
  await other.getByRole('button', { name: 'Log out' }).click();
  await logIn(other, keys.viewer);
  await other.getByText('Logged in as viewer').waitFor();
  await person(page, 'Cy').getByRole('button', { name: 'Rename' }).click();
  await says(page, 'Please log in again');
  await page.getByRole('textbox', { name: 'Key' }).waitFor();
  assert.match(page.wrong.splice(0).join(), /403/);
  await page.done();
});

test('a phone of 360 pixels, and axe-core finds nothing serious', { skip }, async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ viewport: PHONE, colorScheme, bypassCSP: true });
    const look = async (what) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= PHONE.width, `${what}: ${wide} wide`);
      assert.deepEqual(await seriousIn(page), [], `${what}, ${colorScheme}`);
      if (process.env.SHOTS)
        await page.screenshot({ path: join(process.env.SHOTS, `served-${what}-${colorScheme}.png`),
          fullPage: true });
    };
    await page.getByRole('textbox', { name: 'Key' }).waitFor();
    await look('login');
    await logIn(page, keys.admin);
    await dropSample(page);
    await enrol(page, 0, 'Dora');
    await page.getByRole('button', { name: 'Identify' }).click();
    await faces(page).filter({ hasText: 'Dora' }).waitFor();
    await person(page, 'Dora').locator('.face').click();
    await look('open');
    await page.setViewportSize({ width: 1000, height: 800 });
    if (process.env.SHOTS)
      await page.screenshot({ path: join(process.env.SHOTS, `served-wide-${colorScheme}.png`),
        fullPage: true });
    await person(page, 'Dora').locator('.face').first().click();
    await withdraw(page, 'Dora');
    await page.getByRole('button', { name: 'Log out' }).click();
    await says(page, 'Logged out.');
    await page.done();
  }
});

test('what the gallery has at the end', { skip }, async () => {
  await served.close();
  served = undefined;
  const list = mien('gallery', 'list', '--key-file', 'secret', 'people.db');
  assert.match(list, /Cy/);
  assert.doesNotMatch(list, /Ada|Bob|Dora|Eve/);
  const log = readFileSync(join(folder, 'keys'), 'utf8');
  assert.ok(!log.includes(keys.admin));
});

test('that somebody is left out is said: of another network, born later', { skip: skipSecond },
  async () => {
    mien('gallery', 'optout', 'people.db', '--key-file', 'secret', '--name', 'Gus', FACE);
    mien('gallery', 'enroll', 'people.db', '--key-file', 'secret', '--name', 'Ida', '--born',
      '2015-03-02', '--basis', 'consent', '--purpose', 'nursery', '--descriptor', 'mobilefacenet',
      FACE);
    served = await begin('--descriptor', 'mobilefacenet');
    await site.browser.close();
    site = await openSite({ served });
    const { descriptor } = (await (await fetch(`${served.address}server.json`)).json());
    assert.deepEqual([descriptor.name, descriptor.numbers], ['mobilefacenet', 512]);
    assert.match(served.log(), /1 of 2 people enrolled have no face described by mobilefacenet/);
    const page = await open();
    await logIn(page, keys.enroller);
    await person(page, 'Cy').waitFor();
    await dropSample(page);
    await enrol(page, 1, 'Flo', 'tests');
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn(page, keys.operator);
    const found = await dropSample(page);
    await page.getByLabel('Look for people').fill('tests');
    await page.getByRole('button', { name: 'Identify' }).click();
    await found.filter({ hasText: 'Flo' }).waitFor();
    assert.equal(await found.filter({ hasText: 'Nobody who is known' }).count(), 2);
    await says(page, '1 of 2 people enrolled for this were described by another network');
    await says(page, '1 of 1 people who are never to be matched were described by another');

    const dated = { name: 'dated.jpg', type: 'image/jpeg', bytes: execFileSync('python3',
      [join(ROOT, 'tests/cli/taken.py'), FACE, '2014:01:01 12:00:00']) };
    await drop(page, [dated]);
    await faces(page).nth(1).waitFor({ state: 'detached' });
    await page.getByLabel('Look for people').fill('nursery');
    await page.getByRole('button', { name: 'Identify' }).click();
    await says(page, 'taken on 2014-01-01: 1 of 1 people whose birth date is kept were born later');
    await page.setViewportSize(PHONE);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `${wide} wide`);
    if (process.env.SHOTS) {
      await page.screenshot({ path: join(process.env.SHOTS, 'served-other.png'), fullPage: true });
      await page.setViewportSize({ width: 1000, height: 800 });
      await page.screenshot({ path: join(process.env.SHOTS, 'served-other-wide.png'),
        fullPage: true });
    }
    await page.done();
  });
