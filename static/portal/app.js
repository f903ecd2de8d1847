// What makes the portal an app: the worker that keeps the card, and the way to the home screen. Nothing depends on it.
const here = document.querySelector("script[data-worker]");
const CARD = "changke-card";
const CARD_PAGE = here.dataset.card;

async function keepCard() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(here.dataset.worker, { scope: "/" });
  // Once a visit, for whoever is signed in: the card is there before the network is gone.
  if (document.body.classList.contains("has-nav") && !sessionStorage.getItem(CARD)) {
    await navigator.serviceWorker.ready;
    const answer = await fetch(CARD_PAGE);
    if (answer.ok && !answer.redirected) {
      await (await caches.open(CARD)).put(CARD_PAGE, answer);
      sessionStorage.setItem(CARD, "kept");
    }
  }
  const kept = document.querySelector("[data-offline]");
  if (kept && (await caches.match(CARD_PAGE))) kept.removeAttribute("data-later");
}

const install = document.querySelector("[data-install]");
if (install) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install.hidden = false;
    install.addEventListener("click", async () => {
      await event.prompt();
      install.hidden = true;
    });
  });
}

// A button that takes something is pressed once; the server would take it once anyway.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.once === "sent") event.preventDefault();
    form.dataset.once = "sent";
    form.querySelector("button").setAttribute("aria-disabled", "true");
  });
}

// A page out of the browser's memory asks again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.dataset.once = "";
    form.querySelector("button").removeAttribute("aria-disabled");
  }
});

// Sharing by the phone's own menu, where it has one; sending by e-mail is a plain link.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { share: url, words: text, title } = button.dataset;
    // Whoever closes the menu has changed their mind.
    navigator.share({ title, text, url }).catch(() => {});
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.removeAttribute("data-later");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.querySelector("span").textContent = button.dataset.copied;
  });
}

// On its last day a voucher counts the hours, then the minutes.
const HOUR = 3600000;
const left = document.querySelector("[data-until]");
if (left) {
  const say = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const tick = () => {
    const rest = new Date(left.dataset.until) - Date.now();
    if (rest > 24 * HOUR) return;
    if (rest <= 0) location.reload();
    else left.textContent = rest > HOUR ? say.format(Math.floor(rest / HOUR), "hour") : say.format(Math.ceil(rest / 60000), "minute");
  };
  tick();
  setInterval(tick, 30000);
}

// Without storage (a private window, an old browser) the portal works as a site.
keepCard().catch(() => {});
