// side.ts: what the People page shows of a place where people are kept: the same page, another
// store.
import type { Matcher, Profiles } from 'mien';
import { type ComponentChild, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { Person } from '../person';
import type { Found, Named, Store } from '../store';

/** Do something and say how it went. */
export type Act = (work: () => Promise<unknown>, done?: string | (() => string | undefined)) =>
Promise<boolean>;

/** How faces get names here. */
export interface Tools {
  who: (face: Found) => Named;
  matcher?: Matcher | undefined;
}

type Part<P> = (props: P) => ComponentChild;

export interface Side {
  store: Store;
  /** Faces are described by this page. */
  describes: boolean;
  lead: () => string;
  useTools: () => Tools;
  /** Before it is open. */
  Gate: Part<{ act: Act }>;
  /** Below the list. */
  More: Part<{ tools: Tools; act: Act }>;
  /** Who is logged in. */
  Head?: Part<{ act: Act }>;
  /** Beside a photo, where names are to be asked for. */
  Ask?: Part<{ found: Found[]; act: Act }>;
  /** A file of profiles. */
  Import?: Part<{ read: Profiles; file: string; act: Act; onDone: () => void }>;
  /** What else is kept of somebody. */
  Files?: Part<{ person: Person; act: Act }>;
  /** Why a face got a wrong name. */
  Denied?: Part<{ face: Found; person: Person; tools: Tools; act: Act }>;
}

export const SideContext = createContext<Side | undefined>(undefined);

/** The side that is shown. */
export function useSide(): Side {
  return useContext(SideContext)!;
}

/** Draw again whenever a store changes. */
export function useStore(store: Store) {
  const [, again] = useState(0);
  useEffect(() => store.watch(() => again((n) => n + 1)), [store]);
  return store;
}

export const distanceText = (d: number) => d.toFixed(2);
