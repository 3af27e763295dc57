// store_server.ts: the people of the gallery behind the server that shows this page, as whoever is
// logged in may see and change them.
//
// A photo is sent when its faces are to be recognised, a part of it when one is enrolled.
import { type Consent, GALLERY_BASES, type Person, checked, tidy } from './person';
import { type Asked, Over, type Session, ask } from './server';
import type { Box, Found, Named, Shot, Store, Terms } from './store';
import { t, tOf } from './text';

const API = 'api/v1/';
const FACES = `${API}recognition/faces`;
const DAYS = 365;
/** Of a face's own size, around it: the server finds it in what is sent. */
const MARGIN = 0.6;
const LEAST_OVERLAP = 0.3;

type Answer = { box: { x_min: number; y_min: number; x_max: number; y_max: number };
  /** null: not known, since a gallery of another server did not answer. */
  subjects: { subject: string; distance: number }[] | null; described: boolean };

/** How many galleries were asked, where a server has peers. */
type Shards = { asked: number; answered: number };

/** Of so many people so many were compared; the rest were described by another network. */
export type Compared = { compared: number; enrolled: number };
/** The day of a photo, and who was born after it; undefined: no birth date is kept. */
export type Taken = { day: string | null; from: 'caller' | 'exif' | null; born: number;
  born_later: number } | undefined;
type Searched = Compared & { result: Answer[]; opt_out?: Compared; taken?: Taken;
  shards?: Shards };

/** A file that shows why somebody may be recognised. */
export interface Evidence {
  name: string;
  day: string;
  size: number;
}

/** How much of two boxes lies in both, of what lies in either. */
function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const both = Math.max(0, w) * Math.max(0, h);
  return both / (a.width * a.height + b.width * b.height - both);
}

const boxOf = ({ box }: Answer, scale: number): Box => ({ x: box.x_min * scale,
  y: box.y_min * scale, width: (box.x_max - box.x_min) * scale,
  height: (box.y_max - box.y_min) * scale });

/** A face with what is around it, as JPEG. */
async function cropOf({ shot, box }: Found): Promise<Blob> {
  const { bitmap } = shot;
  const left = Math.max(0, Math.floor(box.x - MARGIN * box.width));
  const top = Math.max(0, Math.floor(box.y - MARGIN * box.height));
  const right = Math.min(bitmap.width, Math.ceil(box.x + (1 + MARGIN) * box.width));
  const bottom = Math.min(bitmap.height, Math.ceil(box.y + (1 + MARGIN) * box.height));
  const canvas = new OffscreenCanvas(right - left, bottom - top);
  canvas.getContext('2d')!.drawImage(bitmap, -left, -top);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}

class ServerStore implements Store {
  people: readonly Person[] = [];
  state: 'unread' | 'locked' | 'open' = 'unread';
  readonly erased = [];
  readonly damaged = 0;
  readonly undoable = undefined;
  session: Session | undefined;
  /** Of the last search: who is enrolled for its purpose, and who is never to be matched; the
   *  days of the photos that leave somebody out. */
  searched: { wanted: Compared; denied: Compared; days: NonNullable<Taken>[] } | undefined;
  #names = new Map<number, Named>();
  #watchers = new Set<() => void>();

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  may(what: 'people' | 'recognize' | 'enroll' | 'erase' | 'export') {
    return this.session?.scopes.includes(what) ?? false;
  }

  get terms(): Terms {
    const { basis = null, purpose = null, days = null } = this.session ?? {};
    const first = GALLERY_BASES.filter((one) => one === basis);
    return { bases: [...first, ...GALLERY_BASES.filter((one) => one !== basis)],
      purpose: purpose ?? undefined, days: days ?? DAYS };
  }

  /** Who is logged in, and who is enrolled. */
  async load() {
    await this.#begin(JSON.parse(await ask('session', '')));
  }

  async logIn(key: string) {
    await this.#begin(JSON.parse(await ask('session', '', { method: 'POST',
      json: { key: key.trim() } })));
  }

  async logOut() {
    await this.#ask('session', { method: 'DELETE' });
    this.#end();
  }

  async enrol(name: string, consent: Consent, faces: Found[]) {
    const { basis, purpose, expiry } = checked(consent);
    for (const face of faces)
      await this.#ask(FACES, { method: 'POST', photo: await cropOf(face),
        query: { subject: tidy(name), basis, purpose, expires: expiry } });
    await this.#list();
  }

  async add(id: string, faces: Found[]) {
    for (const face of faces)
      await this.#ask(FACES, { method: 'POST', photo: await cropOf(face),
        query: { subject: this.#of(id).name } });
    await this.#list();
  }

  async rename(id: string, name: string) {
    await this.#ask(this.#subject(id), { method: 'PUT', json: { subject: tidy(name) } });
    await this.#list();
  }

  async remove(id: string) {
    const { name } = this.#of(id);
    const { certificate } = JSON.parse(await this.#ask(this.#subject(id), { method: 'DELETE' }));
    await this.#list();
    return t('server.erased', { name, n: certificate.faces, entry: certificate.entry });
  }

  exported(id: string) {
    return this.#ask(`${API}people/${encodeURIComponent(this.#of(id).name)}`);
  }

  /** The files of evidence of somebody, without their bytes. */
  async evidence(id: string): Promise<Evidence[]> {
    return JSON.parse(await this.#ask(`${API}evidence`,
      { query: { subject: this.#of(id).name } })).evidence;
  }

  /** Keep a file as evidence of somebody. */
  attach(id: string, file: File) {
    return this.#ask(`${API}evidence`, { method: 'POST', photo: file,
      query: { subject: this.#of(id).name, name: file.name } });
  }

  /** Keep a face as one that is not somebody. */
  async deny(id: string, face: Found) {
    await this.#ask(`${API}negatives`, { method: 'POST', photo: await cropOf(face),
      query: { subject: this.#of(id).name } });
  }

  /** Take back the gallery's last change; what it was. */
  async takeBack() {
    const { undone, subject: name, other } =
      JSON.parse(await this.#ask(`${API}undo`, { method: 'POST' }));
    await this.#list();
    return t('server.undone', { what: tOf('server.did', undone), name: name ?? '',
      other: other ? `(${other})` : '' });
  }

  /** Ask who the faces of photos are, for a purpose: it is in the gallery's log. */
  async identify(found: Found[], purpose: string) {
    const shots = new Set(found.map((face) => face.shot));
    let silent: Shards | undefined;
    const days: NonNullable<Taken>[] = [];
    for (const shot of shots) {
      const text = await this.#ask(`${API}recognition/recognize`, { method: 'POST',
        photo: shot.file, query: { purpose: purpose.trim() } });
      const { result, compared, enrolled, opt_out: denied, taken, shards } =
        JSON.parse(text) as Searched;
      if (taken?.born_later)
        days.push(taken);
      this.#name(found.filter((face) => face.shot === shot), shot, result);
      if (denied) // a server may have no gallery of its own
        this.searched = { wanted: { compared, enrolled }, denied, days };
      if (shards && shards.answered < shards.asked)
        silent = shards;
    }
    this.#tell();
    if (silent)
      throw new Error(t('server.silent', { asked: silent.asked, answered: silent.answered }));
  }

  /** Who a face is, as the server said. */
  nameOf(face: Found): Named {
    return this.#names.get(face.id);
  }

  /** Give faces the names of those boxes that lie where they do; none at all to one of whom
   *  it is not known. */
  #name(faces: Found[], { scale }: Shot, answers: Answer[]) {
    for (const face of faces) {
      const [best] = answers.map((answer) => ({ answer,
        shared: overlap(face.box, boxOf(answer, scale)) })).sort((a, b) => b.shared - a.shared);
      const answer = best && best.shared > LEAST_OVERLAP ? best.answer : undefined;
      if (answer?.subjects === null) {
        this.#names.delete(face.id);
        continue;
      }
      const [subject] = answer?.subjects ?? [];
      this.#names.set(face.id, subject ? { name: subject.subject, distance: subject.distance }
        : { name: null, distance: NaN, unread: !answer?.described });
    }
  }

  #of(id: string): Person {
    const found = this.people.find((p) => p.id === id);
    if (!found)
      throw new Error(t('server.gone'));
    return found;
  }

  #subject(id: string) {
    return `${API}recognition/subjects/${encodeURIComponent(this.#of(id).name)}`;
  }

  /** What was asked before is not so any more. */
  #forget() {
    this.#names.clear();
    this.searched = undefined;
  }

  #tell() {
    for (const watcher of this.#watchers)
      watcher();
  }

  async #begin({ session }: { session: Session | null }) {
    if (!session)
      return this.#end();
    this.session = session;
    await this.#list();
    this.state = 'open';
    return this.#tell();
  }

  #end() {
    this.session = undefined;
    this.people = [];
    this.#forget();
    this.state = 'locked';
    this.#tell();
  }

  /** Read who is there; names that faces got before may be wrong from now on. */
  async #list() {
    this.#forget();
    if (this.may('people')) {
      const { people } = JSON.parse(await this.#ask(`${API}people`));
      this.people = people.map((p: Record<string, never>): Person => ({ id: String(p.person),
        name: p.subject!, pictures: [], count: p.faces!, consent: { basis: p.basis!,
          purpose: p.purpose!, date: p.date!, expiry: p.expires! } }))
        .sort((a: Person, b: Person) => a.name.localeCompare(b.name));
    }
    this.#tell();
  }

  async #ask(path: string, asked?: Asked) {
    try {
      return await ask(path, this.session?.csrf ?? '', asked);
    } catch (e) {
      if (e instanceof Over)
        this.#end();
      throw e;
    }
  }
}

export const served = new ServerStore();
