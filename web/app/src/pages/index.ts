// index.ts: the pages, in the order of the navigation. A page is one file here, NAME.tsx,
// that exports NAMEPage; its address is #/name; en.json has name.title and name.about.
import type { ComponentType } from 'preact';

import type { Key } from '../text';

const ORDER = ['Photo', 'Camera', 'People', 'Smile', 'Faces', 'Tables'] as const;

export interface Page {
  /** Behind the #. */
  path: string;
  title: Key;
  about: Key;
  load: () => Promise<ComponentType>;
}

type File = () => Promise<Record<string, ComponentType>>;
const files: Record<string, File> =
  import.meta.glob<Record<string, ComponentType>>(['./*.tsx', '!./Landing.tsx']);

function pageOf(name: typeof ORDER[number]): Page[] {
  const file = files[`./${name}.tsx`];
  const key = name.toLowerCase() as Lowercase<typeof name>;
  return file ? [{
    path: `/${key}`, title: `${key}.title`, about: `${key}.about`,
    load: async () => (await file())[`${name}Page`],
  }] : [];
}

/** Those that are there. */
export const PAGES: readonly Page[] = ORDER.flatMap(pageOf);
