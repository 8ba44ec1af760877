// The service worker of the steps of sending (ADR 0076). The server puts VERSION, KEPT and OFFLINE before this text.
// It keeps public files alone: style, script, font and a page that says that there is no network. What somebody typed goes from
// the form into the page that is shown in place of the answer, and is stored nowhere.
"use strict";
const NAME = `pakn-steps-${VERSION}`;

self.addEventListener("install", (event) => {
  const wanted = KEPT.map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("pakn-steps-") && name !== NAME;
  const removed = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(removed.then(() => self.clients.claim()));
});

const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

async function waitingForm(address, sent) {
  const pairs = [...(await sent.formData())].filter(([, value]) => typeof value === "string");
  const inputs = pairs.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  const typed = pairs.filter(([name, value]) => SHOWN.includes(name) && value.trim());
  const shown = typed.map(([, value]) => `<p class="written">${escaped(value)}</p>`);
  return `<form method="post" action="${escaped(address)}" id="waiting">${inputs.join("")}<div class="surface stack tight">${shown.join("")}</div></form>`;
}

async function withoutNetwork(request, sent) {
  const url = new URL(request.url);
  const kept = await caches.match(OFFLINE[url.searchParams.get("lang") === "en" ? "en" : "vi"]);
  if (!kept) return Response.error();
  const headers = new Headers(kept.headers);
  headers.set("Cache-Control", "no-store");
  let html = await kept.text();
  if (sent) html = html.replace('<div id="waiting"></div>', await waitingForm(url.pathname + url.search, sent)).replace('data-sends="0"', 'data-sends="1"');
  return new Response(html, { status: 503, headers });
}

async function navigated(request) {
  const sent = request.method === "POST" ? request.clone() : null;
  try {
    return await fetch(request);
  } catch {
    return withoutNetwork(request, sent);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigated(request));
  else if (KEPT.includes(pathname + search)) event.respondWith(caches.match(request.url).then((kept) => kept || fetch(request)));
});
