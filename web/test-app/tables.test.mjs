// tables.test.mjs: the Tables page: the quartet, a dropped CSV, how columns go together, and the
// rows that stand out by a model which the command trains here, held to the command's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { BUILD, PHONE, drop, openSite, saved, seriousIn } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'mien-tables-'));
const at = (name) => join(folder, name);
const run = (...args) => execFileSync(join(BUILD, 'bin/mien'), args, { encoding: 'utf8',
  cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });

/** A machine that breaks when it is fast and its paper thin. */
function paper(rows, seed, kinds) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lines = ['speed,grade,kind,break'];
  for (let i = 0; i < rows; i++) {
    const [speed, grade] = [random(), random()];
    lines.push(`${(100 * speed).toFixed(3)},${i % 50 ? (10 * grade).toFixed(3) : ''},` +
      `${kinds[i % kinds.length]},${speed + grade > 1.7 ? 1 : 0}`);
  }
  return `${lines.join('\n')}\n`;
}

let site;
before(async () => {
  writeFileSync(at('learn.csv'), paper(1200, 3, ['red', 'blue']));
  writeFileSync(at('new.csv'), paper(600, 4, ['red', 'blue', 'blue', 'violet']));
  run('train', 'logistic', 'learn.csv', '-l', 'break', '--missing', 'mean', '-q', '-o', 'm');
  run('demo', 'anscombe', '-o', folder);
  site = await openSite();
});
after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

const csv = (name, text) => ({ name, type: 'text/csv', bytes: Buffer.from(text) });
const file = (name) => ({ name, type: '', bytes: readFileSync(at(name)) });
const cells = (table) => table.locator('tbody tr').evaluateAll((rows) =>
  rows.map((row) => [...row.children].map((cell) => cell.textContent)));
const panel = (page, name) => page.locator('section.panel').filter({
  has: page.getByRole('heading', { name }) });

test('the quartet: one r and one line, four pictures', async () => {
  const page = await site.open('#/tables');
  await page.getByRole('button', { name: 'Anscombe' }).click();
  const pictures = panel(page, 'Pictures');
  await pictures.locator('.chart svg').nth(3).waitFor();
  assert.deepEqual(await pictures.locator('figcaption strong').allTextContents(),
    ['set I', 'set II', 'set III', 'set IV']);
  assert.match(await pictures.locator('svg').first().getAttribute('aria-label'),
    /set I; x across, y up; 3 \+ 0\.5 x/);
  const fits = await cells(pictures.locator('table'));
  assert.deepEqual(fits.map((row) => row[2]), ['0.816', '0.816', '0.816', '0.817']);
  assert.deepEqual(fits.map((row) => row[4]), ['0.500', '0.500', '0.500', '0.500']);
  // Eleven points each, one of which lies where no line of the first set would look for it.
  const dots = await pictures.locator('svg .points').evaluateAll((all) =>
    all.map((path) => path.getAttribute('d').split('M').length - 1));
  assert.deepEqual(dots, [11, 11, 11, 11]);
  await pictures.getByRole('switch', { name: 'Line of least squares' }).uncheck();
  await pictures.locator('.chart .line').first().waitFor({ state: 'detached' });
  await pictures.getByLabel('Robust line').check();
  await pictures.getByText('robust: 4 + 0.346 x').waitFor();
  for (const [kind, mark] of [['histogram', '.bars'], ['box', '.box'], ['line', '.line'],
    ['matrix', '.bars']]) {
    await pictures.getByRole('combobox', { name: 'Picture' }).selectOption(kind);
    await pictures.locator(`.chart ${mark}`).first().waitFor();
  }
  await page.done();
});

test('a dropped table is described as the command does', async () => {
  const page = await site.open('#/tables');
  await drop(page, [file('quartet.csv')]);
  await page.getByText('44 rows, 3 columns, 0 values missing.').waitFor();
  const described = JSON.parse((await saved(page, 'Save the description')).bytes);
  assert.deepEqual(described, JSON.parse(run('table', 'describe', '--json', 'quartet.csv')));
  const rows = await cells(page.locator('.figures').first());
  assert.deepEqual(rows[2].slice(0, 6), ['y', '44', '0', '43', '7.50068', '1.95893']);
  await page.getByRole('combobox', { name: 'Describe' }).selectOption('set');
  await page.getByRole('heading', { name: 'set = III: 11 rows' }).waitFor();
  await page.getByText('The first 10 rows').click();
  await page.getByRole('cell', { name: '8.04' }).waitFor();
  await page.done();
});

test('correlations are those of the command, for the columns that are chosen', async () => {
  const page = await site.open('#/tables');
  await drop(page, [file('learn.csv')]);
  await page.getByRole('combobox', { name: 'Correlation' }).selectOption('spearman');
  await page.locator('.correlation').waitFor();
  const { correlation } = JSON.parse(run('table', 'describe', '--json', '--correlation',
    'spearman', 'learn.csv'));
  const given = JSON.parse((await saved(page, 'Save the correlations')).bytes);
  assert.deepEqual(given, correlation);
  const shown = await cells(page.locator('.correlation'));
  assert.deepEqual(shown.map((row) => row.slice(1)),
    correlation.matrix.map((row) => row.map((r) => r.toFixed(2))));
  await page.getByText('Columns shown: 4 of 4').click();
  await page.getByRole('checkbox', { name: 'grade' }).uncheck();
  await page.locator('.correlation th[scope=row]', { hasText: 'grade' })
    .waitFor({ state: 'detached' });
  assert.deepEqual((await cells(page.locator('.correlation'))).map((row) => row[0]),
    ['speed', 'break']);
  await page.getByRole('button', { name: 'None' }).click();
  await page.getByText('Choose two columns of numbers').waitFor();
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const row = (k) => names.map((_, i) => (i * 7 + k * k) % 13).join(',');
  await drop(page, [csv('wide.csv', `${names.join(',')}\n${[1, 2, 3, 4].map(row).join('\n')}\n`)]);
  await page.getByText('Columns shown: 12 of 1000').click();
  await page.locator('.correlation th[scope=row]').nth(11).waitFor();
  assert.equal((await cells(page.locator('.correlation'))).length, 12);
  await page.getByLabel('Name has').fill('c99');
  await page.getByRole('checkbox', { name: 'c999' }).check();
  await page.getByText('Columns shown: 13 of 1000').waitFor();
  await page.locator('.correlation th[scope=row]').nth(12).waitFor();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByText('1000 columns of numbers are chosen').waitFor();
  await page.done();
});

test('a trained model tells the rows that stand out, as the command does', async () => {
  const page = await site.open('#/tables');
  await page.getByText('mien train logistic').waitFor();
  await drop(page, [file('new.csv'), { name: 'model.onnx', type: '',
    bytes: readFileSync(at('m/model.onnx')) }]);
  const standing = page.locator('.standing');
  await standing.waitFor();
  const native = JSON.parse(run('predict', '--json', '--highest', '50', 'm/model.onnx',
    'new.csv'));
  await page.getByText(`${native.alarms} of 600 rows are alarms`).waitFor();
  const rows = await cells(standing);
  assert.deepEqual(rows.map((row) => Number(row[0])), native.highest.map((r) => r.row));
  assert.deepEqual(rows.map((row) => Number(row[1])),
    native.highest.map((r) => Number(r.score.toPrecision(6))));
  assert.deepEqual(await standing.locator('tbody tr').first().locator('.tops strong')
    .allTextContents(), native.highest[0].top.map((c) => c.name));
  await page.getByText('Column grade: 12 values are missing').waitFor();
  await page.getByText('Column kind: 150 texts that the model has never seen').waitFor();
  await page.getByText(/Column break has the answers.*AUC 0\.9/).waitFor();
  const scores = await saved(page, 'Save all scores');
  assert.equal(scores.name, 'new-scores.csv');
  assert.equal(String(scores.bytes), run('predict', 'm/model.onnx', 'new.csv'));
  const found = JSON.parse((await saved(page, 'Save these rows')).bytes);
  const { roles, ...told } = native; // the command has roles of data, the page none
  assert.equal(roles.model_sha256.length, 64);
  assert.deepEqual(found, told);
  await page.getByLabel('Alarms from a score of').fill('0.9');
  await page.keyboard.press('Enter');
  const fewer = JSON.parse(run('predict', '--json', '--threshold', '0.9', 'm/model.onnx',
    'new.csv'));
  await page.getByText(`${fewer.alarms} of 600 rows are alarms, at a threshold of 0.9.`).waitFor();
  await page.done();
});

test('what cannot be read is said by line, and the page goes on', async () => {
  const page = await site.open('#/tables');
  await drop(page, [csv('bad.csv', 'a,b\n1,2\n1,2,3\n')]);
  await page.getByRole('alert').filter({ hasText: /bad\.csv: .*line 3/ }).waitFor();
  await drop(page, [csv('none.csv', '')]);
  await page.getByRole('alert').filter({ hasText: /none\.csv: .*empty/ }).waitFor();
  await drop(page, [{ name: 'x.onnx', type: '', bytes: Buffer.from('not a model') }]);
  await page.getByRole('alert').filter({ hasText: 'x.onnx: ' }).waitFor();
  await drop(page, [{ name: 'model.onnx', type: '', bytes: readFileSync(at('m/model.onnx')) },
    file('quartet.csv')]);
  await page.getByRole('alert').filter({ hasText: 'speed' }).waitFor();
  await drop(page, [{ name: 'x.onnx', type: '', bytes: Buffer.from('not a model') },
    csv('three.csv', 'a\n1\n2\n3\n'), csv('more.csv', 'a\n1\n')]);
  await page.getByText('3 rows, 1 columns').waitFor();
  await page.getByRole('alert').filter({ hasText: /x\.onnx: .* at a time: more\.csv/ }).waitFor();
  await drop(page, [csv('odd.csv', 'a,a,c\n1,5,5\n2,5,5\n2,5,5\n')]);
  await page.getByText('1 rows are exact duplicates').waitFor();
  await page.getByText('column a.2 is constant').waitFor();
  await drop(page, [{ name: 'q.csv.gz', type: '',
    bytes: gzipSync(readFileSync(at('quartet.csv'))) }]);
  await page.getByText('44 rows, 3 columns').waitFor();
  await drop(page, [csv('german.csv', 'when;much\n1.5.2020;2,5\n2.5.2020;3,5\n')]);
  await page.getByText('2 rows, 2 columns').waitFor();
  await page.getByText('How the file is read').click();
  await page.getByRole('combobox', { name: 'Numbers look like' }).selectOption(',');
  await page.getByRole('cell', { name: 'dates, 2020-05-01 to 2020-05-02' }).waitFor();
  await page.getByRole('cell', { name: '3', exact: true }).first().waitFor();
  await page.done();
});

test('a table of many rows does not hold up the page', async (context) => {
  const page = await site.open('#/tables');
  const bytes = await page.evaluate(() => {
    let text = 'speed,grade,kind,break\n';
    for (let i = 0; i < 500000; i++)
      text += `${i},${(i * 7919) % 1000},${i % 2 ? 'red' : 'blue'},${i % 99 ? 0 : 1}\n`;
    globalThis.began = performance.now();
    globalThis.longest = 0;
    let last = 0;
    setInterval(() => {
      const now = performance.now();
      globalThis.longest = Math.max(globalThis.longest, last ? now - last : 0);
      last = now;
    }, 10);
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'many.csv', { type: 'text/csv' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true,
      cancelable: true }));
    return text.length;
  });
  await page.getByText(/^500.000 rows, 4 columns/).waitFor();
  await page.locator('.correlation').waitFor();
  await page.locator('.chart svg').first().waitFor();
  const [longest, took] = await page.evaluate(() =>
    [globalThis.longest, performance.now() - globalThis.began]);
  context.diagnostic(`SPEED tables: ${(bytes / 1e6).toFixed(1)} MB read, described, drawn and ` +
    `correlated in ${Math.round(took)} ms; the page answered within ${Math.round(longest)} ms`);
  assert.ok(longest < took / 2, `of ${took} ms the page was held up for ${longest} at once`);
  await drop(page, [{ name: 'model.onnx', type: '', bytes: readFileSync(at('m/model.onnx')) }]);
  await page.getByText(/of 500.000 rows are alarms/).waitFor();
  await page.getByRole('button', { name: 'Measure the model' }).click();
  await page.getByText(/Column break has the answers.*AUC/).waitFor({ timeout: 120000 });
  await page.done();
});

test('full of numbers it still fits a phone and pleases axe-core', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await site.open('#/tables', { viewport: PHONE, colorScheme, bypassCSP: true });
    await drop(page, [file('new.csv'), { name: 'model.onnx', type: '',
      bytes: readFileSync(at('m/model.onnx')) }]);
    await page.locator('.standing').waitFor();
    await page.locator('.correlation').waitFor();
    await page.locator('.chart svg').first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    assert.deepEqual(await seriousIn(page), []);
    await page.done();
  }
});
