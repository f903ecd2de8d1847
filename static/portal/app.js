// What makes the portal an app: the worker that keeps the card, and the way to the home screen. Nothing depends on it.
const here = document.querySelector("script[data-worker]");
const CARD = "changke-card";

async function keepCard() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(here.dataset.worker, { scope: "/" });
  // Once a visit, for whoever is signed in: the card is there before the network is gone.
  if (document.body.classList.contains("has-nav") && !sessionStorage.getItem(CARD)) {
    await navigator.serviceWorker.ready;
    const answer = await fetch("/card/");
    if (answer.ok && !answer.redirected) {
      await (await caches.open(CARD)).put("/card/", answer);
      sessionStorage.setItem(CARD, "kept");
    }
  }
  const kept = document.querySelector("[data-offline]");
  if (kept && (await caches.match("/card/"))) kept.hidden = false;
}

const install = document.querySelector("[data-install]");
if (install) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install.hidden = false;
    install.querySelector("button").addEventListener("click", async () => {
      await event.prompt();
      install.hidden = true;
    });
  });
}

// Without storage (a private window, an old browser) the portal works as a site.
keepCard().catch(() => {});
