// Keeps the banner of a demo that is still loading up to date. Without it, the page shows how far it was.
const banner = document.getElementById("demo");
const sentence = banner.querySelector("span");
const meter = banner.querySelector("progress");

async function look() {
  const answer = await fetch(banner.dataset.source).catch(() => null);
  if (answer?.ok) {
    const progress = await answer.json();
    if (!progress.sentence) {
      banner.remove();
      return;
    }
    sentence.textContent = progress.sentence;
    if (meter) {
      meter.max = progress.total;
      meter.value = progress.done;
    }
  }
  setTimeout(look, 3000);
}

setTimeout(look, 3000);
