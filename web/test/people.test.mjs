// people.test.mjs: profiles of files, and what a threshold means for the people in them.
//
//   MIEN_MODELS  folder of the networks   MIEN_SHARED  shared data, or nothing
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { FORMS, Mien, readProfiles, writeProfiles } from '../package/mien.js';
import { failsWith } from './frames.mjs';

const { MIEN_MODELS, MIEN_SHARED = '' } = process.env;
const BNK48 = join(MIEN_SHARED, 'data/bnk48/src/descriptors/bnk48.json');
const THAI = '\u0e27\u0e35';
const JAPANESE = '\u5b88\u5c4b';

let mien;
before(async () => {
  mien = await Mien.load({ models: MIEN_MODELS });
});
after(() => mien.free());

/** A descriptor on a line: distances are differences. */
function at(v) {
  const d = new Float32Array(128);
  d[0] = v;
  return d;
}

const known = () => [
  { label: THAI, key: 'Wee', descriptors: [at(0), at(0.25)],
    consent: { basis: 'agreed', purpose: 'test', expiry: '2030-01-01' } },
  { label: JAPANESE, key: 'Moriya', descriptors: [at(0.5)] },
];

for (const form of FORMS)
  test(`${form}: what is written is read`, () => {
    const text = writeProfiles(known(), { form, threshold: 0.5 });
    const read = readProfiles(text, 'a.json');
    assert.equal(read.form, form);
    assert.equal(read.threshold, form === 'matcher' ? 0.5 : undefined);
    assert.deepEqual(read.profiles, known().map(({ key, ...p }) =>
      form === 'keyed' ? { ...p, key } : p));
    assert.deepEqual(readProfiles(JSON.parse(text)), read);
  });

test('one profile alone, the same label twice, numbers by index, keys that are equal', () => {
  const one = { label: 'A', descriptors: [Array.from(at(1))] };
  assert.equal(readProfiles(JSON.stringify(one)).profiles.length, 1);
  const { profiles } = readProfiles(JSON.stringify([one, { label: 'B', descriptors: [] }, one]));
  assert.deepEqual(profiles.map((p) => [p.label, p.descriptors.length]), [['A', 2], ['B', 0]]);
  const typed = { label: 'A', descriptors: [at(1)] }; // JSON of a Float32Array is an object
  assert.deepEqual(readProfiles(JSON.stringify([typed])).profiles[0].descriptors, [at(1)]);
  const twice = [{ ...typed, key: 'k' }, { ...typed, label: 'B', key: 'k' }];
  const read = readProfiles(writeProfiles(twice, { form: 'keyed' }));
  assert.deepEqual(read.profiles.map((p) => [p.key, p.label]), [['k', 'A'], ['k 2', 'B']]);
  const odd = readProfiles('{"__proto__": {"descriptors": []}}').profiles;
  assert.deepEqual(odd, [{ label: '__proto__', key: '__proto__', descriptors: [] }]);
  assert.throws(() => writeProfiles([], { form: 'xml' }), failsWith('EARG', /xml; it may be/));
});

test('a profile that cannot be used is named, with what was found and wanted', () => {
  const bad = (descriptors) => JSON.stringify({ Wee: { name: THAI, descriptors } });
  const good = Array.from(at(1));
  const cases = [
    ['', /b.json: 0 bytes; wanted is JSON/],
    ['<html>', /b.json: the text ends early|no JSON: it begins with "<html>"/],
    ['[]x', /b.json: .*wanted is a whole file/],
    ['[1, 2]', /profile 1: 1; wanted is an object with descriptors/],
    ['null', /b.json: null; wanted are profiles/],
    ['{}', /an object with nothing/],
    ['{"label": {"name": 7, "descriptors": []}}', /profile "label": the name is 7/],
    ['[{"label": "", "descriptors": []}]', /the name is ""; wanted is a text/],
    [bad(), /profile "Wee": descriptors is undefined; wanted is a list/],
    [bad([good, good.slice(64)]), /profile "Wee", descriptor 2: 64 numbers; wanted are 128/],
    [bad([[...good.slice(1), null]]), /descriptor 1: number 128 is null; wanted is a finite/],
    [bad([[...good.slice(1), '7']]), /number 128 is "7"/],
    [bad([[...good.slice(1), 1e300]]), /number 128 is 1e\+300/],
    [bad([good]).replace('[1,', '[NaN,'), /"Wee", descriptor 1: number 1 is NaN; wanted/],
    [bad([good]).replace('[1,', '[-Infinity,'), /number 1 is -Infinity/],
    [bad([good]).replace('[1,', '[1e999,'), /number 1 is Infinity/],
    [bad([7]), /descriptor 1: 7; wanted are 128 numbers/],
    [bad([good]).slice(0, -40), new RegExp(`"${THAI}": the text ends early, after \\d+ char`)],
    ['{"distanceThreshold": -1, "labeledDescriptors": []}', /distanceThreshold: -1; wanted is 0/],
    ['[{"label": "A", "descriptors": [], "consent": 1}]', /profile "A", consent: 1; wanted/],
    [`[{"label": "${'x'.repeat(201)}", "descriptors": []}]`, /has 201 characters; at most/],
  ];
  for (const [text, words] of cases)
    assert.throws(() => readProfiles(text, 'b.json'), failsWith('EFORMAT', words), text);
});

test('votes are told; the picture that gave a name is found', () => {
  const people = mien.matcher(known(), { threshold: 0.2 });
  const vote = people.vote([at(0.05), at(0.5), at(0.3), at(3)]);
  assert.equal(vote.name, THAI);
  assert.equal(vote.distance.toFixed(3), '0.050');
  assert.deepEqual(vote.votes, [{ name: THAI, votes: 2 }, { name: JAPANESE, votes: 1 },
    { name: null, votes: 1 }]);
  assert.deepEqual(people.closest(THAI, at(0.5)), { picture: 1, distance: 0.25 });
  assert.throws(() => people.closest('Eve', at(0)), failsWith('EARG', /nobody has this name/));
  people.free();
});

test('what a threshold means for these people', () => {
  const people = mien.matcher(known());
  const rates = people.rates(0.375);
  assert.deepEqual(rates, { threshold: 0.375, strangers: rates.strangers, same: 1, sameNear: 1,
    different: 2, differentNear: 1 });
  assert.ok(Math.abs(rates.strangers - mien.strangers(3, 0.375)) < 1e-9);
  const own = people.rates();
  assert.equal(own.threshold.toFixed(6), people.best(at(0)).threshold.toFixed(6));
  assert.ok(own.strangers > 0 && own.strangers <= 0.01);
  assert.equal(mien.matcher([]).rates().strangers, 0);
  people.free();
});

test('the profiles of article 13 are read as they are', {
  skip: !existsSync(BNK48) && 'no shared data',
}, () => {
  const { form, profiles } = readProfiles(readFileSync(BNK48, 'utf8'), 'bnk48.json');
  assert.equal(form, 'keyed');
  assert.equal(profiles.length, 51);
  assert.equal(profiles[0].key, 'Wee');
  assert.equal(profiles[0].label, THAI);
  const people = mien.matcher(profiles);
  assert.equal(people.count, 51);
  for (const { label, descriptors } of profiles)
    assert.deepEqual(people.best(descriptors[0]).name, label);
  const { same, different } = people.rates(0.5);
  const { same: bins } = people.histogram();
  assert.equal(bins.reduce((a, b) => a + b), same);
  assert.ok(different > same);
  const again = readProfiles(writeProfiles(profiles, { form: 'keyed' }));
  assert.deepEqual(again.profiles, profiles);
  people.free();
});
