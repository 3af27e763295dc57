// engine.ts: the one library of the app, started when the first page wants it; its networks
// lie in models/ beside the page.
import { Mien } from 'mien';

export const mien: Promise<Mien> = Mien.load({
  models: new URL('models/', document.baseURI).href,
});
mien.catch(() => undefined); // each page says it where it waits
