// sw.js: the app without a network. Every file that was built is kept; networks are kept by
// the package, under their digests. What another origin has is never asked for.

const OWN = `mien-app ${self.registration.scope} `; // others of this origin have theirs
const CACHE = OWN + 'VERSION';
const FILES = ['FILES'];
const POLICY = 'POLICY';

/** A file with the page's policy, which a worker would not have otherwise. */
async function withPolicy(response) {
  const headers = new Headers(response.headers);
  headers.set('content-security-policy', POLICY);
  return new Response(await response.blob(), { headers });
}

self.addEventListener('install', (event) => {
  const requests = FILES.map((name) => new Request(name, { cache: 'no-cache' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests))
    .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names
    .filter((name) => name.startsWith(OWN) && name !== CACHE)
    .map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

/** The page itself comes from the network where there is one: it names the newest files. */
async function answer(request) {
  const cache = await caches.open(CACHE);
  if (request.mode === 'navigate') {
    try {
      return await fetch(request);
    } catch {
      return await cache.match('./') ?? Response.error();
    }
  }
  if (request.url.endsWith('/server.json')) // who shows the page now, if anybody
    return fetch(request).catch(() => Response.json({ people: false }));
  const kept = await cache.match(request, { ignoreSearch: true });
  if (!kept)
    return fetch(request);
  return new URL(request.url).pathname.endsWith('.js') ? withPolicy(kept) : kept;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && new URL(request.url).origin === self.location.origin)
    event.respondWith(answer(request));
});
