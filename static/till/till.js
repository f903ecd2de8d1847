// What makes the till quicker where there are scripts. Without them every button works as a form does.
"use strict";

const LIVE = ["told", "goods", "ticket", "calls"];
const RETRY_MS = 150;

// Parts of the page change in place: the scanner's box keeps its focus, the list its place.
let queue = Promise.resolve();

function isSale(address) {
  return new URL(address, location.href).pathname.startsWith("/till/sale/");
}

async function show(address, options, focus) {
  const response = await fetch(address, options);
  if (!response.ok || !isSale(response.url)) {
    location.assign(response.ok ? response.url : address);
    return;
  }
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (LIVE.some((id) => !next.getElementById(id))) {
    location.assign(response.url);
    return;
  }
  const shelf = document.querySelector(".tiles");
  const place = shelf ? shelf.scrollLeft : 0;
  const open = document.querySelector("#ticket .discard")?.open;
  for (const id of LIVE) document.getElementById(id).replaceWith(document.adoptNode(next.getElementById(id)));
  document.title = next.title;
  if (response.redirected || !options.method) history.replaceState(null, "", response.url);
  const shelfNow = document.querySelector(".tiles");
  if (shelfNow && options.method) shelfNow.scrollLeft = place;
  if (open) document.querySelector("#ticket .discard")?.setAttribute("open", "");
  prepare();
  settle(focus);
}

// Where the keyboard was, it stays: on the same button, else in the first box that is wrong, else in the scanner's box.
function settle(focus) {
  const wrong = document.querySelector('#goods [aria-invalid="true"], #ticket [aria-invalid="true"]');
  const again = focus && document.querySelector(focus);
  (wrong || again || document.getElementById("scan"))?.focus({ preventScroll: !wrong });
}

function pathTo(button, form) {
  if (!button?.name || !button.value) return "";
  const item = form.elements.item ? `:has(input[name="item"][value="${CSS.escape(form.elements.item.value)}"])` : "";
  const action = new URL(form.action).pathname;
  return `form[action="${action}"]${item} button[name="${button.name}"][value="${CSS.escape(button.value)}"]`;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-once]")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    return;
  }
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  // What of the product list is open, stays open.
  for (const [name, value] of new URLSearchParams(location.search)) if (!body.has(name)) body.append(name, value);
  const focus = pathTo(button, form);
  const action = form.action;
  if (form.matches(".scan")) form.reset();
  queue = queue.then(() => show(action, { method: "POST", body }, focus)).catch(() => location.reload());
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-live]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    queue = queue.then(() => show(link.href, {}, "")).catch(() => location.assign(link.href));
    return;
  }
  if (event.target.closest("[data-print]")) print();
  const camera = event.target.closest("[data-camera]");
  if (camera) scanInto(camera.dataset.camera);
  const step = event.target.closest("[data-step]");
  if (step) {
    const box = step.parentElement.querySelector("input");
    const most = Number(box.dataset.most);
    box.value = String(Math.min(most, Math.max(0, Number(box.value || 0) + Number(step.dataset.step))));
  }
});

// Who says how they prove that it is them does so next.
document.addEventListener("change", (event) => {
  if (event.target.matches(".proof [name=kind]")) event.target.form.elements[event.target.value].focus();
});

// The back button shows a page as it was left, with its form marked as sent: ask for it as it is now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A scanner types like a keyboard, wherever the focus is: outside of a box, what it types goes into the scanner's.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("scan");
  if (!box || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  box.focus();
});

async function scanInto(id) {
  const dialog = document.getElementById("camera");
  const video = dialog.querySelector("video");
  const told = dialog.querySelector(".camera__told");
  dialog.showModal();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    told.textContent = told.dataset.blocked;
    return;
  }
  video.srcObject = stream;
  await video.play();
  const detector = new BarcodeDetector();
  while (dialog.open) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found) {
      const box = document.getElementById(id);
      box.value = found.rawValue;
      dialog.close();
      box.form.requestSubmit();
    }
    await new Promise((resume) => setTimeout(resume, RETRY_MS));
  }
  for (const track of stream.getTracks()) track.stop();
}

function stepper(box) {
  for (const [sign, step, place] of [["−", -1, "beforebegin"], ["+", 1, "afterend"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-button";
    button.dataset.step = step;
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    button.textContent = sign;
    box.insertAdjacentElement(place, button);
  }
}

let canScan = false;

async function findCamera() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  canScan = (await BarcodeDetector.getSupportedFormats()).length > 0;
  prepare();
}

function prepare() {
  for (const button of document.querySelectorAll("[data-camera]")) button.hidden = !canScan;
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  for (const box of document.querySelectorAll("[data-stepper]:not(:has(button)) input")) stepper(box);
}

prepare();
findCamera();
document.querySelector("[data-first]")?.focus({ preventScroll: true });
