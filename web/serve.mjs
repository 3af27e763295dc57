// serve.mjs: a static file server for what `make web` built.
//
//     node web/serve.mjs FOLDER [PORT]
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript',
  '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json',
  '.jpg': 'image/jpeg', '.png': 'image/png', '.xml': 'text/xml',
};

/**
 * Serve a folder; as hosts do it, no special headers.
 * @param {string} folder
 * @param {{port?: number, under?: string, headers?: Record<string, string>}} [options]
 *   under: the path that the folder lies at, such as /sub/
 * @returns {Promise<{address: string, close: () => Promise<void>}>}
 */
export async function serve(folder, { port = 0, under = '/', headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const fail = (/** @type {number} */ code) => response.writeHead(code).end(String(code));
    try {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return fail(405);
      if (!path.startsWith(under))
        return fail(404);
      const inside = normalize(`/${path.slice(under.length)}`);
      const file = join(folder, inside.endsWith('/') ? `${inside}index.html` : inside);
      const info = await stat(file).catch(() => undefined);
      if (!info?.isFile())
        return fail(404);
      response.writeHead(200, {
        'content-type': TYPES[/** @type {'.js'} */ (extname(file))] ?? 'application/octet-stream',
        'content-length': info.size, 'cache-control': 'no-cache', ...headers,
      });
      return request.method === 'HEAD' ? response.end()
        : createReadStream(file).on('error', () => response.destroy()).pipe(response);
    } catch {
      return fail(400);
    }
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done(undefined));
  });
  const at = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${at.port}${under}`,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder = '.', port = '8080'] = process.argv.slice(2);
  try {
    const { address } = await serve(folder, { port: Number(port) });
    console.log(`mien is at ${address} (end with Ctrl-C)`);
  } catch (e) {
    console.error(`serve: port ${port}: ${/** @type {Error} */ (e).message}`);
    process.exitCode = 1;
  }
}
