// store_local.ts: the people who agreed to be known, kept in this browser and nowhere else.
//
//     const { profiles, options, locked } = await people();
//     const matcher = (await mien).matcher(profiles, options);
//     const stop = gallery.watch(() => ...);                    // they changed
//
// A change is told when it is on the disk, not before. What can be undone lies in memory and
// ends with the page.
import type { Profile } from 'mien';

import {
  NEW_VAULT, Outdated, type Row, type Rule, type Vault, destroy, openDatabase, readRows, writeRows,
} from './database';
import {
  BASES, type Consent, type Person, type Picture, bytesOf, checked, consentOf, dayText, personOf,
  profileOf, tidy,
} from './person';
import type { Found, Store } from './store';
import { t } from './text';
import { newLock, openLock, seal, unseal } from './vault';

/** What a person was before a change and is after it; undefined: is not there. */
interface Change {
  before?: Person;
  after?: Person;
}

/** How faces are compared. */
type Options = Pick<Vault, 'threshold' | 'rule'>;

/** What undo takes back. */
interface Done {
  what: string;
  changes: Change[];
  options?: Options; // as they were
}

const EACH_MINUTE = 60_000;
const placeOf = (row: { id: string; expiry: string }) => `${row.id} ${row.expiry}`;

class Gallery implements Store {
  readonly terms = { bases: BASES, days: 365 };
  /** By name. */
  people: readonly Person[] = [];
  state: 'unread' | 'locked' | 'open' = 'unread';
  /** How many people lie under a passphrase that was not given. */
  locked = 0;
  /** Records that do not open though the passphrase is right. */
  damaged = 0;
  /** Whose consent had ended when they were read; '' for a name that was sealed. */
  erased: string[] = [];
  #db: IDBDatabase | undefined;
  #vault: Vault = NEW_VAULT;
  #key: CryptoKey | undefined;
  #undo: Done[] = [];
  #watchers = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();
  #reading = Promise.resolve();
  #day = ''; // of that reading
  #others = new BroadcastChannel('mien-people');

  constructor() {
    this.#others.onmessage = () => this.#again();
    setInterval(() => this.#day && void this.load().catch(() => undefined), EACH_MINUTE);
  }

  get encrypted() {
    return !!this.#vault.lock;
  }

  /** A face farther from everybody is nobody; undefined: by how many are known. */
  get threshold() {
    return this.#vault.threshold;
  }

  get rule(): Rule {
    return this.#vault.rule ?? 'nearest';
  }

  /** What undo would take back, in words. */
  get undoable() {
    return this.#undo.at(-1)?.what;
  }

  /** Call when something changed, until the function that this gives is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Read who is there: once a day, since with a day consents end. */
  load(): Promise<void> {
    const today = dayText();
    if (this.#day !== today) {
      this.#day = today;
      this.#reading = this.#inTurn(() => this.#read()).catch((e) => {
        this.#day = '';
        throw e;
      });
    }
    return this.#reading;
  }

  async unlock(passphrase: string) {
    await this.load();
    await this.#inTurn(async () => {
      if (this.#vault.lock)
        this.#key = await openLock(passphrase, this.#vault.lock);
      await this.#read();
    });
  }

  /** Forget the passphrase until it is given again. */
  lock() {
    return this.#inTurn(async () => {
      this.#key = undefined;
      this.#undo = [];
      this.erased = [];
      await this.#read();
    });
  }

  /** Keep everything under a passphrase from now on; undefined: in the open. */
  protect(passphrase: string | undefined) {
    return this.#inTurn(async () => {
      const made = passphrase === undefined ? undefined : await newLock(passphrase);
      const vault: Vault = { ...this.#vault, lock: made?.lock };
      await this.#write(vault, await this.#rows(this.people, made?.key), []);
      this.#key = made?.key;
    });
  }

  /** How faces are compared from now on. */
  set(options: { [K in keyof Options]: Options[K] | undefined }) {
    return this.#inTurn(() => this.#write({ ...this.#vault, ...options }, [], []));
  }

  /** A new person. */
  enrol(name: string, consent: Consent, faces: Found[]) {
    const pictures = faces.map((face) => face.picture);
    return this.#change(t('undo.enrol', { name }), () => [{ after: {
      id: crypto.randomUUID(), name: this.#free(name), consent: checked(consent), pictures } }]);
  }

  add(id: string, faces: Found[]) {
    const pictures = faces.map((face) => face.picture);
    return this.#edit(id, 'undo.add', (p) => ({ pictures: [...p.pictures, ...pictures] }));
  }

  rename(id: string, name: string) {
    return this.#edit(id, 'undo.rename', () => ({ name: this.#free(name, id) }));
  }

  agree(id: string, consent: Consent) {
    return this.#edit(id, 'undo.agree', () => ({ consent: checked(consent) }));
  }

  /** One picture is not of this person; with the last the person goes. */
  removePicture(id: string, picture: Picture) {
    return this.#edit(id, 'undo.picture', (p) => {
      const pictures = p.pictures.filter((one) => one !== picture);
      if (pictures.length === p.pictures.length)
        throw new Outdated();
      return pictures.length ? { pictures } : undefined;
    });
  }

  remove(id: string) {
    return this.#edit(id, 'undo.remove', () => undefined);
  }

  /** Two were one person: the first name stays, and of what was agreed the shorter time. */
  merge(into: string, from: string) {
    const names = { name: this.#of(from).name, into: this.#of(into).name };
    return this.#change(t('undo.merge', names), () => {
      const [stays, goes] = [this.#of(into), this.#of(from)];
      const [a, b] = [stays.consent, goes.consent];
      const consent = { ...a, expiry: a.expiry < b.expiry ? a.expiry : b.expiry,
        purpose: a.purpose === b.purpose ? a.purpose : `${a.purpose}; ${b.purpose}` };
      const pictures = [...stays.pictures, ...goes.pictures];
      return [{ before: stays, after: { ...stays, consent, pictures } }, { before: goes }];
    });
  }

  /**
   * People of a file, and how faces are compared from then on; a name that is there gets more
   * pictures. Gives the names that were left out, since their consent in the file has ended.
   */
  async take(profiles: Profile[], consent: Consent, file: string, options: Options) {
    const today = dayText();
    const ended: string[] = [];
    await this.#change(t('undo.take', { file }), () => {
      const all = new Map<string, Change & { after: Person }>();
      for (const p of profiles) {
        const name = tidy(p.label);
        const own = consentOf(p.consent);
        if (own && own.expiry < today) {
          ended.push(name);
          continue;
        }
        const before = this.people.find((one) => one.name === name);
        const old = all.get(name)?.after ?? before ?? { id: crypto.randomUUID(), name,
          ...(p.key && { key: p.key }), pictures: [], consent: own ?? checked(consent) };
        const more = p.descriptors.map((d) => ({ descriptor: Float32Array.from(d) }));
        all.set(name, { before, after: { ...old, pictures: [...old.pictures, ...more] } });
      }
      return [...all.values()];
    }, options);
    return ended;
  }

  /** Take back the last change. */
  undo() {
    return this.#inTurn(async () => {
      const last = this.#undo.at(-1);
      if (!last)
        return;
      await this.#apply(last.changes.map(({ before, after }) => ({ before: after,
        after: before && before.consent.expiry >= dayText() ? before : undefined })), last.options);
      this.#undo.pop();
    });
  }

  /** Everybody, the passphrase and all settings of people; it cannot be undone. */
  clear() {
    return this.#inTurn(async () => {
      const db = await this.#open();
      await destroy(db);
      this.#others.postMessage('changed');
      this.#forget();
      await this.#read();
    });
  }

  /** Whoever can open the page may do everything. */
  may() {
    return true;
  }

  /** One after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #tell() {
    for (const watcher of this.#watchers)
      watcher();
  }

  #forget() {
    this.#db = undefined;
    this.#key = undefined;
    this.#vault = NEW_VAULT;
    this.#undo = [];
    this.people = [];
    this.erased = [];
  }

  async #open() {
    this.#db ??= await openDatabase(() => {
      this.#forget();
      this.#again();
    });
    return this.#db;
  }

  /** Another window changed something. */
  #again() {
    if (this.state !== 'unread')
      void this.#inTurn(() => {
        this.#undo = [];
        return this.#read();
      }).catch(() => undefined);
  }

  async #read() {
    const { vault, rows, erased } = await readRows(await this.#open());
    if (String(vault.lock?.salt) !== String(this.#vault.lock?.salt) && this.state !== 'unread')
      this.#key = undefined;
    this.#vault = vault;
    const people = await Promise.all(rows.map((row) => this.#personOf(row)));
    const known = people.filter((p) => p !== undefined);
    this.#show(known);
    this.locked = vault.lock && !this.#key ? rows.length : 0;
    this.damaged = this.locked ? 0 : rows.length - known.length;
    this.state = vault.lock && !this.#key ? 'locked' : 'open';
    this.erased = [...this.erased, ...erased.map((row) => row.open?.name ?? '')];
    this.#tell();
  }

  async #personOf(row: Row): Promise<Person | undefined> {
    if (row.open)
      return row.open;
    const bytes = this.#key && row.sealed && await unseal(this.#key, placeOf(row), row.sealed);
    return bytes && personOf(bytes);
  }

  #show(people: readonly Person[]) {
    this.people = [...people].sort((a, b) => a.name.localeCompare(b.name));
  }

  #rows(people: readonly Person[], key: CryptoKey | undefined): Promise<Row[]> {
    return Promise.all(people.map(async (person) => {
      const row = { id: person.id, expiry: person.consent.expiry };
      return key ? { ...row, sealed: await seal(key, placeOf(row), bytesOf(person)) }
        : { ...row, open: person };
    }));
  }

  async #write(vault: Vault, put: Row[], remove: string[]) {
    if (this.state !== 'open')
      throw new Error(t('store.locked'));
    try {
      await writeRows(await this.#open(), vault, put, remove);
    } catch (e) {
      if (e instanceof Outdated) {
        this.#undo = [];
        await this.#read();
      }
      throw e;
    }
    this.#vault = { ...vault, revision: vault.revision + 1 };
    this.#others.postMessage('changed');
    this.#tell();
  }

  async #apply(changes: Change[], options: Options = {}) {
    const put = changes.flatMap(({ after }) => after ? [after] : []);
    const gone = changes.flatMap(({ before, after }) => before && !after ? [before.id] : []);
    const vault = { ...this.#vault, ...options };
    await this.#write(vault, await this.#rows(put, this.#key), gone);
    const ids = new Set([...gone, ...put.map((p) => p.id)]);
    this.#show([...this.people.filter((p) => !ids.has(p.id)), ...put]);
    this.#tell();
  }

  #change(what: string, changes: () => Change[], options?: Options) {
    return this.#inTurn(async () => {
      if (!this.people.length)
        void navigator.storage?.persist?.().catch(() => undefined);
      const all = changes();
      const { threshold, rule } = this.#vault;
      await this.#apply(all, options);
      this.#undo.push({ what, changes: all, ...(options && { options: { threshold, rule } }) });
      this.#tell();
    });
  }

  #edit(
    id: string, what: 'undo.add' | 'undo.rename' | 'undo.agree' | 'undo.picture' | 'undo.remove',
    edit: (person: Person) => Partial<Person> | undefined,
  ) {
    return this.#change(t(what, { name: this.#of(id).name }), () => {
      const before = this.#of(id);
      const changed = edit(before);
      return [changed ? { before, after: { ...before, ...changed } } : { before }];
    });
  }

  #of(id: string): Person {
    const found = this.people.find((p) => p.id === id);
    if (!found)
      throw new Outdated();
    return found;
  }

  /** A name that nobody else has: a matcher tells people by their names. */
  #free(name: string, id?: string): string {
    const text = tidy(name);
    if (this.people.some((p) => p.name === text && p.id !== id))
      throw new Error(t('store.taken', { name: text }));
    return text;
  }
}

export const gallery = new Gallery();

/** Who a matcher of any page may know, its options, and how many people are locked. */
export async function people(): Promise<{
  profiles: Profile[]; options: { threshold?: number; rule: Rule }; locked: number;
}> {
  await gallery.load();
  const today = dayText();
  const { rule, threshold, locked } = gallery;
  const known = gallery.people.filter((p) => p.consent.expiry >= today);
  return { profiles: known.map(profileOf), locked,
    options: { rule, ...(threshold !== undefined && { threshold }) } };
}
