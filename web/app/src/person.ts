// person.ts: a person who agreed to be known, and the same as bytes.
import type { Profile } from 'mien';

import { t } from './text';

export const BASES = ['agreed', 'self', 'guardian', 'other'] as const;
/** Those of a gallery (mien/record_basis.h). */
export const GALLERY_BASES = ['consent', 'employment', 'vital-interests', 'members', 'made-public',
  'legal-claims', 'public-interest', 'health', 'public-health', 'research', 'household'] as const;

/** What a person agreed to. */
export type Consent = {
  basis: typeof BASES[number] | typeof GALLERY_BASES[number];
  purpose: string;
  /** Days as YYYY-MM-DD: when it was given, and the last one on which it holds. */
  date: string;
  expiry: string;
};

export interface Picture {
  descriptor: Float32Array<ArrayBuffer>;
  /** JPEG, 96 x 96 pixels; none of imported ones. */
  chip?: Uint8Array<ArrayBuffer>;
}

export interface Person {
  id: string;
  name: string;
  /** How a file of keys calls this person. */
  key?: string;
  consent: Consent;
  pictures: Picture[];
  /** How many there are, where they are not here. */
  count?: number;
}

const DESCRIPTOR_BYTES = 512;
const LONGEST = 200;

/** A day of this machine's calendar, so many days from now. */
export function dayText(from = 0): string {
  const day = new Date();
  day.setDate(day.getDate() + from);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** A name as it is kept. */
export function tidy(name: string): string {
  const text = name.normalize('NFC').trim().replace(/\s+/g, ' ');
  if (!text)
    throw new Error(t('store.nameless'));
  if (text.length > LONGEST)
    throw new Error(t('store.long', { n: text.length, most: LONGEST }));
  return text;
}

/** A consent that says what for and has not ended. */
export function checked(consent: Consent): Consent {
  const purpose = consent.purpose.trim();
  if (!purpose)
    throw new Error(t('store.purposeless'));
  if (!(consent.expiry >= dayText()))
    throw new Error(t('store.over', { day: consent.expiry || '?' }));
  return { ...consent, purpose };
}

/** A consent that came with a profile, if it is whole; it may have ended. */
export function consentOf(from: Record<string, string> | undefined): Consent | undefined {
  const basis = BASES.find((b) => b === from?.basis);
  if (!from || !basis || !from.purpose?.trim() || !isDay(from.date) || !isDay(from.expiry))
    return undefined;
  return { basis, purpose: from.purpose, date: from.date, expiry: from.expiry };
}

/** A person as a matcher and files take them. */
export const profileOf = ({ name, key, consent, pictures }: Person): Profile => ({
  label: name, ...(key && { key }), consent, descriptors: pictures.map((p) => p.descriptor) });

/** A person as bytes: the length of a header, the header, then descriptors and chips. */
export function bytesOf({ pictures, ...rest }: Person): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify(
    { ...rest, chips: pictures.map((p) => p.chip?.length ?? 0) }));
  const parts = [new Uint8Array(Uint32Array.of(header.length).buffer), header,
    ...pictures.flatMap((p) => [new Uint8Array(p.descriptor.slice().buffer),
      p.chip ?? new Uint8Array()])];
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The person of such bytes. */
export function personOf(bytes: Uint8Array<ArrayBuffer>): Person {
  let at = 0;
  const take = (n: number) => bytes.slice(at, at += n);
  const [length] = new Uint32Array(take(4).buffer);
  const { chips, ...rest } = JSON.parse(new TextDecoder().decode(take(length!)));
  const pictures = (chips as number[]).map((n) => {
    const descriptor = new Float32Array(take(DESCRIPTOR_BYTES).buffer);
    return n ? { descriptor, chip: take(n) } : { descriptor };
  });
  return { ...rest, pictures };
}
