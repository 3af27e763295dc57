// vault.ts: what is stored under a passphrase.
//
//   passphrase --PBKDF2, salt of the lock--> key --HKDF, salt of the record--> its own key
//     --AES-GCM, nonce of the record--> sealed bytes
//
// The key never leaves WebCrypto. A record is sealed together with its name and the day on which
// it ends, which lie beside it in the open: one that was moved or given another day does not open.
import { t } from './text';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Sealed {
  salt: Bytes;
  nonce: Bytes;
  bytes: Bytes;
}

/** What lies beside sealed records: it tells the right passphrase from others. */
export interface Lock {
  salt: Bytes;
  iterations: number;
  check: Sealed;
}

/** Rounds of PBKDF2 with SHA-256; OWASP's advice of 2023. */
const ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000;
const SHORTEST = 8;
const CHECK = 'mien';

const utf8 = new TextEncoder();
const random = (n: number): Bytes => crypto.getRandomValues(new Uint8Array(n));

/** Whether this page may encrypt; pages that came over plain HTTP may not. */
export const canLock = () => typeof crypto !== 'undefined' && !!crypto.subtle;

async function keyOf(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const words = utf8.encode(passphrase.normalize('NFC'));
  const base = await crypto.subtle.importKey('raw', words, 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, 256);
  return crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']);
}

const recordKey = (key: CryptoKey, salt: Bytes, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info: utf8.encode(CHECK) }, key,
    { name: 'AES-GCM', length: 256 }, false, [use]);

/** Seal bytes; `place` is what they belong to. */
export async function seal(key: CryptoKey, place: string, bytes: Bytes): Promise<Sealed> {
  const salt = random(16);
  const nonce = random(12);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: utf8.encode(place) },
    await recordKey(key, salt, 'encrypt'), bytes);
  return { salt, nonce, bytes: new Uint8Array(sealed) };
}

/** Open what was sealed; undefined: by another key, for another place, or damaged. */
export async function unseal(
  key: CryptoKey, place: string, sealed: Sealed,
): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.nonce, additionalData: utf8.encode(place) },
      await recordKey(key, sealed.salt, 'decrypt'), sealed.bytes));
  } catch {
    return undefined;
  }
}

/** A lock of a new passphrase. */
export async function newLock(passphrase: string): Promise<{ lock: Lock; key: CryptoKey }> {
  if ([...passphrase].length < SHORTEST)
    throw new Error(t('store.short', { n: SHORTEST }));
  const salt = random(16);
  const key = await keyOf(passphrase, salt, ITERATIONS);
  const check = await seal(key, CHECK, utf8.encode(CHECK));
  return { lock: { salt, iterations: ITERATIONS, check }, key };
}

/** The key of a lock; fails for another passphrase. */
export async function openLock(passphrase: string, lock: Lock): Promise<CryptoKey> {
  if (!(lock.iterations >= 1 && lock.iterations <= MOST_ITERATIONS))
    throw new Error(t('store.damaged', { n: 1 }));
  const key = await keyOf(passphrase, lock.salt, lock.iterations);
  if (!await unseal(key, CHECK, lock.check))
    throw new Error(t('store.wrong'));
  return key;
}
