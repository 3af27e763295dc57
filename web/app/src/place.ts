// place.ts: where people are kept: on this device, or on the server that shows the page, if it
// has a gallery.
import { useEffect, useState } from 'preact/hooks';

import { setSetting, setting } from './settings';

export const PLACES = ['device', 'server'] as const;
export type Place = typeof PLACES[number];

/** Does a server of mien with a gallery show this page?  Others have a file that says no. */
const asked: Promise<boolean> = fetch(new URL('server.json', document.baseURI))
  .then(async (answer) => answer.ok && (await answer.json()).people === true)
  .catch(() => false);

let place: Place = 'device';
let served = false;
const watchers = new Set<() => void>();

const tell = () => watchers.forEach((watcher) => watcher());
void asked.then((is) => {
  served = is;
  place = is && setting('people') === 'server' ? 'server' : 'device';
  tell();
});

function choose(to: Place) {
  place = to;
  setSetting('people', to);
  tell();
}

/** The place that was chosen, whether there is a choice, and how to choose. */
export function usePlace() {
  const [, again] = useState(0);
  useEffect(() => {
    const watcher = () => again((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return { place, served, choose };
}
