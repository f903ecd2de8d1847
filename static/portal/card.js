// The card stays lit while it is shown, and can fill the whole screen.
async function stayLit() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
}

document.addEventListener("visibilitychange", () => stayLit().catch(() => {}));
stayLit().catch(() => {});

const tools = document.querySelector("[data-bright]");
if (tools && document.fullscreenEnabled) {
  tools.hidden = false;
  tools.querySelector("[data-wide]").addEventListener("click", () => {
    document.documentElement.requestFullscreen().catch(() => {});
  });
}
