// The start screen of a kiosk opens without a connection: after a reload, after a restart of the
// machine. The page itself puts what it runs on into the cache (kiosk.js); this only gives it out.
// Pages of interviews are never in it, so nothing that somebody answered can come from here.
const MARK = "Surveylab-Kiosk";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(screen(request));
  else if (new URL(request.url).pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

// From the server where it answers; else as it was when it last did.
async function screen(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  try {
    const response = await fetch(request);
    if (!kept || (response.status < 500 && response.headers.has(MARK))) return response;
  } catch (error) {
    if (!kept) throw error;
  }
  return kept;
}

async function asset(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
