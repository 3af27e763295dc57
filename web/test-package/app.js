// app.js: the ten lines that every page of bundlers.test.mjs runs.
import { Mien } from 'mien';

async function main() {
  const photo = document.querySelector('img');
  await photo.decode();
  const mien = await Mien.load({ models: 'models/' });
  const faces = await mien.detect(photo, { landmarks: true, descriptor: true });
  const known = [{ label: 'Ada', descriptors: [faces[0].descriptor] }];
  const who = mien.matcher(known, { threshold: 0.5 }).best(faces[0].descriptor);
  document.querySelector('output').value = `${faces.length} faces, the first is ${who.name}`;
}

main().catch((e) => (document.querySelector('output').value = `failed: ${e.message}`));
