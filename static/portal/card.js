// The card stays lit while it is shown, and can fill the whole screen.
async function stayLit() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
}

document.addEventListener("visibilitychange", () => stayLit().catch(() => {}));
stayLit().catch(() => {});

// The code to use points with: fetched anew when it changes, never shown when it is old.
const spend = document.querySelector("[data-spend]");

if (spend) {
  const clock = document.querySelector("[data-clock]");
  const stale = document.querySelector("[data-stale]");
  let until = Date.now() + Number(spend.dataset.seconds) * 1000;
  let isAsking = false;
  clock.removeAttribute("data-later");

  const renew = async () => {
    isAsking = true;
    try {
      const answer = await fetch(spend.dataset.spend, { cache: "no-store" });
      if (answer.redirected || !answer.ok) throw new Error("no code");
      const fresh = await answer.json();
      spend.innerHTML = fresh.picture;
      until = Date.now() + fresh.seconds * 1000;
      spend.hidden = false;
      stale.hidden = true;
    } catch {
      spend.hidden = true;
      stale.hidden = false;
      until = Date.now() + 5000;
    }
    isAsking = false;
  };

  setInterval(() => {
    clock.value = Math.max(0, (until - Date.now()) / 1000);
    if (until <= Date.now() && !isAsking && document.visibilityState === "visible") renew();
  }, 500);
}

const tools = document.querySelector("[data-bright]");
if (tools && document.fullscreenEnabled) {
  tools.removeAttribute("data-later");
  tools.querySelector("[data-wide]").addEventListener("click", () => {
    document.documentElement.requestFullscreen().catch(() => {});
  });
}
