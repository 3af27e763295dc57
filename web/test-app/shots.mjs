// shots.mjs: a picture of every page as it opens, light and dark, on a desktop and a phone.
//
//     node web/test-app/shots.mjs FOLDER [PAGE]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { DESKTOP, PHONE, openSite, pathsOf } from './harness.mjs';

const [folder = 'shots', only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const site = await openSite({ camera: true });
for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE }))
  for (const colorScheme of ['light', 'dark']) {
    const page = await site.open('', { viewport, colorScheme });
    for (const path of await pathsOf(page)) {
      const name = path.slice(2) || 'landing';
      if (only && name !== only)
        continue;
      await page.goto(site.address + path);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
    }
    await page.close();
  }
await site.close();
