// store.ts: what the People page asks of whoever keeps the people: this browser
// (store_local.ts) or the server that shows the page (store_server.ts).
//
// What a store cannot do it does not have: the page shows no button for it.
import type { Consent, Person, Picture } from './person';

export type Box = { x: number; y: number; width: number; height: number };

/** A face of a photo that was dropped. */
export interface Found {
  id: number;
  shot: Shot;
  box: Box;
  picture: Picture & { chip: Uint8Array<ArrayBuffer> };
}

export interface Shot {
  file: File;
  bitmap: ImageBitmap;
  /** Of the bitmap's pixels to the file's. */
  scale: number;
}

/** Who a face is; undefined: nobody was asked.  unread: whoever was asked could not find or
 *  describe it. */
export type Named = { name: string | null; distance: number; unread?: boolean } | undefined;

/** What may be agreed to here. */
export interface Terms {
  bases: readonly Consent['basis'][];
  /** What for; undefined: whatever is said. */
  purpose?: string | undefined;
  /** How long, unless another day is said. */
  days: number;
}

export interface Store {
  /** By name. */
  readonly people: readonly Person[];
  /** locked: a passphrase or a key is to be given first. */
  readonly state: 'unread' | 'locked' | 'open';
  readonly erased: readonly string[];
  readonly damaged: number;
  readonly undoable: string | undefined;
  readonly terms: Terms;
  /** Call when something changed, until the function that this gives is called. */
  watch(watcher: () => void): () => void;
  load(): Promise<void>;
  enrol(name: string, consent: Consent, faces: Found[]): Promise<unknown>;
  add(id: string, faces: Found[]): Promise<unknown>;
  rename(id: string, name: string): Promise<unknown>;
  /** Erase somebody; what is to be said of that, if more than that it was done. */
  remove(id: string): Promise<string | void>;
  agree?(id: string, consent: Consent): Promise<unknown>;
  removePicture?(id: string, picture: Picture): Promise<unknown>;
  merge?(into: string, from: string): Promise<unknown>;
  undo?(): Promise<unknown>;
  /** All that is held of somebody, as a file's text. */
  exported?(id: string): Promise<string>;
  /** false: whoever is logged in may not do that. */
  may(what: 'people' | 'recognize' | 'enroll' | 'erase' | 'export'): boolean;
}

/** How many pictures of somebody are kept. */
export const countOf = ({ count, pictures }: Person) => count ?? pictures.length;
