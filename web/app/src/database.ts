// database.ts: the rows of IndexedDB, and one writing of them: whole, or not at all.
import { type Person, dayText } from './person';
import { t } from './text';
import type { Lock, Sealed } from './vault';

const NAME = 'mien';
const STORES = ['people', 'vault'];
const REOPENS = 500; // milliseconds after the browser closed it; at once it would not

/** A person, open or sealed; the last day stands beside it, so that it ends without a key. */
export interface Row {
  id: string;
  expiry: string;
  open?: Person;
  sealed?: Sealed;
}

/** Of a person's pictures the nearest counts, or their mean distance. */
export type Rule = 'nearest' | 'mean';

/** What holds for all rows; `revision` grows with each writing. */
export interface Vault {
  id: 'vault';
  revision: number;
  threshold?: number | undefined;
  rule?: Rule | undefined;
  lock?: Lock;
}

export const NEW_VAULT: Vault = { id: 'vault', revision: 0 };

/** Another window wrote first: read again, then do it again. */
export class Outdated extends Error {
  constructor() {
    super(t('store.outdated'));
  }
}

function words(error: DOMException | null): Error {
  if (error?.name === 'QuotaExceededError')
    return new Error(t('store.full'));
  return new Error(t('store.failed', { error: error?.message || error?.name || '?' }));
}

/** Open the database; `gone` is called when another window, or the browser, deletes it. */
export function openDatabase(gone: () => void): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () =>
      STORES.forEach((name) => request.result.createObjectStore(name, { keyPath: 'id' }));
    request.onerror = () => fail(words(request.error));
    request.onsuccess = () => {
      request.result.onclose = () => setTimeout(gone, REOPENS);
      request.result.onversionchange = () => {
        request.result.close();
        gone();
      };
      done(request.result);
    };
  });
}

/** Do some work in one transaction; it is done when it is on the disk. */
function transact(
  db: IDBDatabase, work: (people: IDBObjectStore, vault: IDBObjectStore) => void,
): Promise<void> {
  return new Promise((done, fail) => {
    const all = db.transaction(STORES, 'readwrite', { durability: 'strict' });
    all.oncomplete = () => done();
    all.onabort = () => fail(words(all.error));
    work(all.objectStore('people'), all.objectStore('vault'));
  });
}

/** Read everything; rows whose last day is over are erased on the way. */
export async function readRows(db: IDBDatabase) {
  const today = dayText();
  const out = { vault: NEW_VAULT, rows: [] as Row[], erased: [] as Row[] };
  await transact(db, (people, vaults) => {
    const vault: IDBRequest<Vault | undefined> = vaults.get('vault');
    vault.onsuccess = () => out.vault = vault.result ?? NEW_VAULT;
    const rows: IDBRequest<Row[]> = people.getAll();
    rows.onsuccess = () => {
      out.erased = rows.result.filter((row) => row.expiry < today);
      out.rows = rows.result.filter((row) => row.expiry >= today);
      out.erased.forEach((row) => people.delete(row.id));
    };
  });
  return out;
}

/** Write a vault, rows to put and rows to delete, if nobody wrote since `vault` was read. */
export async function writeRows(db: IDBDatabase, vault: Vault, put: Row[], remove: string[]) {
  let outdated = false;
  await transact(db, (people, vaults) => {
    const old: IDBRequest<Vault | undefined> = vaults.get('vault');
    old.onsuccess = () => {
      if ((old.result?.revision ?? 0) !== vault.revision) {
        outdated = true;
        people.transaction.abort();
        return;
      }
      vaults.put({ ...vault, revision: vault.revision + 1 });
      remove.forEach((id) => people.delete(id));
      put.forEach((row) => people.put(row));
    };
  }).catch((error) => {
    throw outdated ? new Outdated() : error;
  });
}

/** Erase everything, then the database itself. */
export async function destroy(db: IDBDatabase) {
  await transact(db, (people, vaults) => {
    people.clear();
    vaults.clear();
  });
  db.close();
  await new Promise<void>((done) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = () => done(); // it is empty
  });
}
