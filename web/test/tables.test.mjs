// tables.test.mjs: tables and their models in the package, held to `mien table` and `mien predict`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { Mien } from '../package/mien.js';
import { failsWith } from './frames.mjs';

const MIEN = join(process.env.MIEN_BUILD, 'bin/mien');
const folder = mkdtempSync(join(tmpdir(), 'mien-tables-'));
const at = (name) => join(folder, name);
const run = (...args) => execFileSync(MIEN, args, { encoding: 'utf8', cwd: folder });
const json = (...args) => JSON.parse(run(...args));

/** Pulp that breaks now and then: two numbers and a kind tell of it. */
function pulp(rows, seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let text = 'speed,grade,kind,break\n';
  for (let i = 0; i < rows; i++) {
    const speed = random();
    const grade = random();
    const rare = speed + grade > 1.7 ? 1 : 0;
    text += `${(100 * speed).toFixed(3)},${i % 41 ? (10 * grade).toFixed(3) : ''},` +
      `${['red', 'blue', 'green'][i % 3]},${rare}\n`;
  }
  return text;
}

let mien;
let quartet;
before(async () => {
  mien = await Mien.load({ models: folder });
  run('demo', 'anscombe', '-o', folder);
  quartet = readFileSync(at('quartet.csv'));
  writeFileSync(at('learn.csv'), pulp(1500, 7));
  writeFileSync(at('new.csv'), pulp(700, 8).replace('blue', 'violet'));
  run('train', 'logistic', 'learn.csv', '-l', 'break', '--missing', 'mean', '-q', '-o', 'm');
  run('train', 'autoencoder', 'learn.csv', '-l', 'break', '--missing', 'mean', '-e', '3', '-q',
    '-o', 'a');
});
after(() => {
  mien.free();
  rmSync(folder, { recursive: true });
});

test('a table is described as the command does', async () => {
  const t = await mien.table(quartet);
  assert.equal(t.info.rows, 44);
  assert.deepEqual(t.info.columns.map((c) => [c.name, c.type, c.missing]),
    [['set', 'text', 0], ['x', 'number', 0], ['y', 'number', 0]]);
  assert.deepEqual(await t.rows([43, 0]), [['IV', 8, 6.89], ['I', 10, 8.04]]);
  assert.deepEqual((await t.describe()).columns,
    json('table', 'describe', '--json', 'quartet.csv'));
  assert.deepEqual(await t.describe({ by: 'set', correlation: 'spearman' }),
    json('table', 'describe', '--json', '--by', 'set', '--correlation', 'spearman', 'quartet.csv'));
  const { correlation } = await t.describe({ correlation: 'pearson', columns: ['y', 'x'] });
  assert.deepEqual(correlation.columns, ['y', 'x']);
  await assert.rejects(t.describe({ correlation: 'pearson', columns: ['set'] }),
    failsWith('EARG', /set/));
  t.free();
  await assert.rejects(t.describe(), failsWith('EARG', /table: it was freed/));
});

test('pictures are drawn from the numbers of the command', async () => {
  const t = await mien.table(new Blob([quartet]));
  const plots = [
    [{ x: 'x', y: 'y', by: 'set', fit: ['linear', 'robust'] },
      ['--x', 'x', '--y', 'y', '--by', 'set', '--fit', 'linear,robust']],
    [{ kind: 'histogram', x: 2 }, ['-k', 'hist', '--x', 'y']],
    [{ kind: 'box', x: 'y', by: 'set' }, ['-k', 'box', '--x', 'y', '--by', 'set']],
    [{ kind: 'line', y: 'y', width: 300, height: 200 },
      ['-k', 'line', '--y', 'y', '--width', '300', '--height', '200']],
    [{ kind: 'matrix' }, ['-k', 'matrix']],
  ];
  for (const [wish, options] of plots) {
    run('table', 'plot', 'quartet.csv', ...options, '-o', 'p.json');
    assert.deepEqual(await t.plot(wish), JSON.parse(readFileSync(at('p.json'), 'utf8')));
  }
  const { fits } = await t.plot(plots[0][0]);
  assert.deepEqual(fits.map((f) => f.r.toFixed(2)), ['0.82', '0.82', '0.82', '0.82']);
  await assert.rejects(t.plot({ x: 'x', y: 'z' }), failsWith('EARG', /no column 'z'/));
  await assert.rejects(t.plot({ x: 'set', y: 'y' }), failsWith('EARG', /set holds texts/));
  await assert.rejects(t.plot({ kind: 'pie' }), failsWith('EARG', /kind: pie; it may be/));
  t.free();
});

test('what is odd in a table or its file is said', async () => {
  const t = await mien.table('a,b,c\n1,5,1\n2,5,2\n2,5,2\n');
  assert.deepEqual(await t.remarks(), ['warning: column b is constant',
    'warning: column c is a copy of a', 'warning: 1 rows are exact duplicates of others']);
  t.free();
  const german = await mien.table('a;b\n1,5;x\n2,5;y\n', { delimiter: ';', decimal: ',' });
  assert.deepEqual(await german.rows([1]), [[2.5, 'y']]);
  german.free();
  const mended = await mien.table('a,a\n1,2\n,inf\n');
  assert.deepEqual(mended.info.columns.map((c) => c.name), ['a', 'a.2']);
  assert.equal(mended.info.notes.length, 1);
  assert.deepEqual(await mended.rows([1]), [[null, 'inf']]);
  await assert.rejects(mended.rows([2]), failsWith('EARG', /row 2, wanted 0 to 1/));
  mended.free();
});

test('packed tables are unpacked', async () => {
  let told = 0;
  const t = await mien.table(gzipSync(quartet), {}, ({ loaded }) => {
    told = loaded;
  });
  assert.equal(t.info.rows, 44);
  assert.equal(told, quartet.length);
  t.free();
  const cut = gzipSync(quartet).subarray(0, 60);
  await assert.rejects(mien.table(cut), failsWith('EFORMAT', /^table: byte \d+: /));
});

test('tables that are none are refused by line and column', async () => {
  const refused = [
    ['', 'EFORMAT', /empty/],
    ['a,b\n1,2\n1,2,3\n', 'EFORMAT', /line 3/],
    ['a\0b,c\n1,2\n', 'EFORMAT', /NUL|line 1/],
    [`a\n"${'x'.repeat(1 << 21)}"\n`, 'ELIMIT', /./],
    [new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3, 4]), 'EFORMAT', /./],
  ];
  for (const [file, code, text] of refused)
    await assert.rejects(mien.table(file), failsWith(code, text));
  await assert.rejects(mien.table(quartet, { delimiter: '::' }), failsWith('EARG', /delimiter/));
  await assert.rejects(mien.table(quartet, { encoding: 'ebcdic' }), failsWith('EARG', /encoding/));
  await assert.rejects(mien.table(7), failsWith('EARG', /table/));
  const t = await mien.table(quartet);
  assert.equal(t.info.rows, 44);
  t.free();
});

test('a model scores a table as the command does', async () => {
  for (const which of ['m', 'a']) {
    const model = await mien.tabular(readFileSync(at(`${which}/model.onnx`)));
    assert.deepEqual(model.info.columns.map((c) => c.name), ['speed', 'grade', 'kind']);
    assert.deepEqual(model.info.columns[2].levels, ['blue', 'green', 'red']);
    const t = await mien.table(readFileSync(at('new.csv')));
    const steps = [];
    const found = await model.predict(t, { highest: 20, csv: true }, (s) => steps.push(s.loaded));
    const { csv, ...rest } = found;
    // Roles of data are the command's.
    const { roles, ...native } = json('predict', '--json', `${which}/model.onnx`, 'new.csv');
    assert.equal(roles.model_sha256.length, 64);
    // Kernels of another width add up in another order.
    const near = which === 'm' ? 0 : 1e-4;
    assert.deepEqual(rest.highest.map((r) => r.row), native.highest.map((r) => r.row));
    rest.highest.forEach((row, i) => {
      const other = native.highest[i];
      assert.ok(Math.abs(row.score - other.score) <= near * other.score, `row ${row.row}`);
      assert.deepEqual(row.top.map((c) => c.name), other.top.map((c) => c.name));
    });
    assert.deepEqual({ ...rest, highest: [] }, { ...native, highest: [] });
    assert.deepEqual(rest.columns.map((c) => [c.name, c.missing, c.unseen]),
      [['speed', 0, 0], ['grade', 18, 0], ['kind', 0, 1]]);
    if (which === 'm')
      assert.equal(await csv.text(), run('predict', 'm/model.onnx', 'new.csv'));
    assert.equal((await csv.text()).split('\n').length, 702);
    assert.equal(steps.at(-1), readFileSync(at('new.csv')).length);
    const verdict = await model.judge(t);
    const said = json('evaluate', '--json', `${which}/model.onnx`, 'new.csv');
    if (which === 'm')
      assert.deepEqual(verdict, said);
    assert.equal(verdict.rows, 700);
    t.free();
    model.free();
  }
});

test('alarms are those of the threshold that is asked for', async () => {
  const model = await mien.tabular(new Blob([readFileSync(at('m/model.onnx'))]));
  const t = await mien.table(readFileSync(at('new.csv')));
  const some = await model.predict(t, { threshold: 0.5, highest: 700, top: 1 });
  assert.equal(some.highest.filter((r) => r.score >= 0.5).length, some.alarms);
  assert.equal(some.highest.length, 700);
  assert.equal(some.highest[0].top.length, 1);
  await assert.rejects(model.predict(t, { top: 99 }), failsWith('EARG', /0 to 16/));
  t.free();
  const other = await mien.table(quartet);
  await assert.rejects(model.predict(other), failsWith('EARG', /speed/));
  await assert.rejects(mien.tabular(quartet), failsWith('EFORMAT', /./));
  other.free();
  model.free();
});

test('a large table is read in pieces, and its memory comes back', async () => {
  const model = await mien.tabular(readFileSync(at('m/model.onnx')));
  const large = new TextEncoder().encode(pulp(400000, 9));
  let most = 0;
  for (let i = 0; i < 3; i++) {
    const t = await mien.table(large);
    const steps = [];
    const found = await model.predict(t, { highest: 5 }, (s) => steps.push(s.loaded));
    assert.equal(found.rows, 400000);
    assert.ok(steps.length > 1 && steps.every((s, k) => !k || s > steps[k - 1]));
    t.free();
    const memory = await mien.memory();
    assert.ok(i < 1 || memory <= most, `${memory} bytes after ${most}`);
    most = memory;
  }
  model.free();
});
