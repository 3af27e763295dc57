// profiles.js: known people as files have them: face-api.js' LabeledFaceDescriptors and
// FaceMatcher, and {key: {name, descriptors}}. What comes in is checked here, and nowhere else.
//
//     const { profiles, threshold } = readProfiles(await file.text(), file.name);
//     const text = writeProfiles(profiles, { form: 'matcher', threshold });

import { DESCRIPTOR } from './faces.js';
import { MienError } from './library.js';

/**
 * @typedef {object} Profile a person who is known; face-api.js' LabeledFaceDescriptors
 *   and its JSON have this shape
 * @property {string} label
 * @property {ArrayLike<number>[]} descriptors
 * @property {string} [key] how a file of keys calls this person
 * @property {Record<string, string>} [consent] what was agreed; face-api.js does not read it
 */

/** @typedef {'labeled'|'matcher'|'keyed'} Form of a file of profiles */
/** @typedef {{form: Form, profiles: Profile[], threshold?: number}} Profiles */

/** Forms of a file of profiles. */
export const FORMS = Object.freeze(/** @type {const} */ (['labeled', 'matcher', 'keyed']));

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_TEXT = 200; // of a label

/** @param {string} place @param {string} words @returns {never} */
function fail(place, words) {
  throw new MienError('EFORMAT', `${place}: ${words}`);
}

/** A value in words: what was found. @param {unknown} v */
function found(v) {
  if (Array.isArray(v))
    return `a list of ${v.length}`;
  if (v === null || typeof v !== 'object')
    return typeof v === 'string' ? JSON.stringify(v.slice(0, 40)) : String(v);
  return `an object with ${Object.keys(v).slice(0, 4).join(', ') || 'nothing'}`;
}

/** @param {any} v */
const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

/**
 * Where a text stops being JSON, in words. Its own words differ from browser to browser.
 * @param {string} text @param {string} file @returns {never}
 */
function failText(text, file) {
  const names = [...text.matchAll(/"(?:label|name)"\s*:\s*("(?:[^"\\]|\\.)*")/g)];
  const last = names.at(-1)?.[1];
  const place = last ? `${file}: profile ${last}` : file;
  if (/[\]}]\s*$/.test(text) && !last)
    fail(file, `no JSON: it begins with ${JSON.stringify(text.trim().slice(0, 20))}`);
  if (!/[\]}]\s*$/.test(text))
    fail(place, `the text ends early, after ${text.length} characters; wanted is a whole file`);
  fail(place, 'no JSON in what follows; wanted are lists of numbers');
}

/**
 * JSON; numbers that Python writes and JSON does not know, NaN and Infinity, become texts, so
 * that the profile which has them can be named.
 * @param {string} text @param {string} file @returns {any}
 */
function parse(text, file) {
  if (text.length > MOST_BYTES)
    throw new MienError('ELIMIT', `${file}: ${text.length} characters, at most are ${MOST_BYTES}`);
  if (!text.trim())
    fail(file, `${text.length} bytes; wanted is JSON with profiles`);
  try {
    return JSON.parse(text);
  } catch {
    const words = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g,
      (word) => word.startsWith('"') ? word : `"${word}"`);
    try {
      return JSON.parse(words);
    } catch {
      return failText(text, file);
    }
  }
}

/** @param {any} numbers @param {string} place */
function readDescriptor(numbers, place) {
  const list = isObject(numbers) && Object.hasOwn(numbers, '0') ? Object.values(numbers) : numbers;
  if (!Array.isArray(list))
    fail(place, `${found(numbers)}; wanted are ${DESCRIPTOR} numbers`);
  if (list.length !== DESCRIPTOR)
    fail(place, `${list.length} numbers; wanted are ${DESCRIPTOR}`);
  return Float32Array.from(list, (v, i) => {
    const value = typeof v === 'string' && /^-?(NaN|Infinity)$/.test(v) ? Number(v) : v;
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
      fail(place, `number ${i + 1} is ${typeof value === 'number' ? value : found(v)}; ` +
        'wanted is a finite number');
    return value;
  });
}

/** @param {any} consent @param {string} place */
function readConsent(consent, place) {
  if (!isObject(consent) || !Object.values(consent).every((v) => typeof v === 'string'))
    fail(`${place}, consent`, `${found(consent)}; wanted are texts by name`);
  return consent;
}

/**
 * @param {any} one @param {unknown} label @param {string} place @returns {Profile}
 */
function readProfile(one, label, place) {
  if (!isObject(one))
    fail(place, `${found(one)}; wanted is an object with descriptors`);
  if (typeof label !== 'string' || !label.trim())
    fail(place, `the name is ${found(label)}; wanted is a text`);
  if (label.length > MOST_TEXT)
    fail(place, `the name has ${label.length} characters; at most are ${MOST_TEXT}`);
  if (!Array.isArray(one.descriptors))
    fail(place, `descriptors is ${found(one.descriptors)}; wanted is a list of descriptors`);
  const descriptors = one.descriptors.map((/** @type {any} */ d, /** @type {number} */ i) =>
    readDescriptor(d, `${place}, descriptor ${i + 1}`));
  /** @type {Profile} */
  const profile = { label, descriptors };
  if (one.consent !== undefined)
    profile.consent = readConsent(one.consent, place);
  return profile;
}

/** The place of a profile in a file. @param {string} file @param {unknown} name */
const placeOf = (file, name) => `${file}: profile ${typeof name === 'string'
  ? JSON.stringify(name.slice(0, 60)) : name}`;

/** @param {any[]} list @param {string} file */
const readLabeled = (list, file) => list.map((one, i) =>
  readProfile(one, one?.label, placeOf(file, one?.label ?? i + 1)));

/** @param {Record<string, any>} all @param {string} file */
const readKeyed = (all, file) => Object.entries(all).map(([key, one]) => ({
  ...readProfile(one, one?.name ?? key, placeOf(file, key)), key }));

/**
 * People of the same label become one, as a matcher takes them.
 * @param {Profile[]} profiles
 */
function joined(profiles) {
  /** @type {Map<string, Profile>} */
  const all = new Map();
  for (const one of profiles) {
    const old = all.get(one.label);
    all.set(one.label, old
      ? { ...old, descriptors: [...old.descriptors, ...one.descriptors] } : one);
  }
  return [...all.values()];
}

/**
 * Profiles of a file, in any of the three forms.
 * @param {unknown} source its text, or what JSON.parse made of it
 * @param {string} [file] its name, for messages
 * @returns {Profiles}
 */
export function readProfiles(source, file = 'profiles') {
  const value = typeof source === 'string' ? parse(source.replace(/^\ufeff/, ''), file) : source;
  if (Array.isArray(value))
    return { form: 'labeled', profiles: joined(readLabeled(value, file)) };
  if (!isObject(value))
    fail(file, `${found(value)}; wanted are profiles`);
  const all = /** @type {Record<string, any>} */ (value);
  if (Array.isArray(all.labeledDescriptors)) {
    const threshold = all.distanceThreshold;
    if (threshold !== undefined && !(threshold >= 0 && threshold <= 4))
      fail(`${file}: distanceThreshold`, `${found(threshold)}; wanted is 0 to 4`);
    return { form: 'matcher', profiles: joined(readLabeled(all.labeledDescriptors, file)),
      threshold };
  }
  if (Array.isArray(all.descriptors) && typeof all.label === 'string')
    return { form: 'labeled', profiles: readLabeled([all], file) };
  if (!Object.keys(all).length)
    fail(file, 'an object with nothing; wanted are profiles');
  return { form: 'keyed', profiles: joined(readKeyed(all, file)) };
}

/** @param {Profile} p */
const rest = ({ descriptors, consent }) => ({
  descriptors: descriptors.map((d) => Array.from(d)), ...(consent && { consent }) });

/**
 * Profiles as the text of a file.
 * @param {Profile[]} profiles
 * @param {{form?: Form, threshold?: number}} [options] threshold: stands in the form 'matcher'
 * @returns {string}
 */
export function writeProfiles(profiles, { form = 'labeled', threshold = 0.6 } = {}) {
  const labeled = () => profiles.map((p) => ({ label: p.label, ...rest(p) }));
  if (form === 'labeled')
    return JSON.stringify(labeled());
  if (form === 'matcher')
    return JSON.stringify({ distanceThreshold: threshold, labeledDescriptors: labeled() });
  if (form !== 'keyed')
    throw new MienError('EARG', `form: ${form}; it may be ${FORMS.join(', ')}`);
  /** @type {Map<string, unknown>} */
  const all = new Map();
  for (const p of profiles) {
    let key = p.key ?? p.label;
    for (let n = 2; all.has(key); n++)
      key = `${p.key ?? p.label} ${n}`;
    all.set(key, { name: p.label, ...rest(p) });
  }
  return JSON.stringify(Object.fromEntries(all));
}
