// Keeps the card for times without a network. Balances are never kept: what is shown without a network is only the card.
const SHELL = "changke-shell";
const CARD = "changke-card";
const CARD_PAGE = "{{ card|escapejs }}";
const OFFLINE_PAGE = "{{ offline|escapejs }}";
// After these nobody's card is left.
const LEAVING = [{% for address in leaving %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
// Not the members' pages.
const OTHERS = [{% for address in others %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const FILES = [{% for address in shell %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .delete(SHELL)
      .then(() => caches.open(SHELL))
      .then((shell) => shell.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function page(request) {
  const isCard = new URL(request.url).pathname === CARD_PAGE;
  try {
    const answer = await fetch(request);
    if (isCard) {
      const kept = await caches.open(CARD);
      // A card that leads to the sign-in is somebody's who has left.
      if (answer.ok && !answer.redirected && answer.type !== "opaqueredirect") await kept.put(CARD_PAGE, answer.clone());
      else await kept.delete(CARD_PAGE);
    }
    return answer;
  } catch (error) {
    const kept = (isCard && (await caches.match(CARD_PAGE))) || (await caches.match(OFFLINE_PAGE));
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && LEAVING.includes(pathname)) {
    event.waitUntil(caches.delete(CARD));
  } else if (request.method === "GET" && request.mode === "navigate") {
    // Nor a pass: a phone takes it up from the browser, not from here.
    const isOthers = OTHERS.some((address) => pathname.startsWith(address)) || pathname.endsWith(".pkpass");
    if (!isOthers) event.respondWith(page(request));
  } else if (request.method === "GET" && FILES.includes(pathname + new URL(request.url).search)) {
    event.respondWith(file(request));
  }
});
