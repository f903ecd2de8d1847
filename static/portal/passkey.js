// Asks the device for a passkey, and sends its answer with the form.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function create() {
  const { publicKey } = JSON.parse(document.getElementById("passkey-options").textContent);
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: keys(publicKey.excludeCredentials),
    },
  });
}

async function get(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error("no options");
  const { publicKey } = (await answer.json()).request_options;
  return navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: keys(publicKey.allowCredentials) },
  });
}

function sendable(credential) {
  const { response } = credential;
  const told = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = text(response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: told,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

const form = document.querySelector("[data-passkey]");
if (form && window.PublicKeyCredential) {
  form.removeAttribute("data-later");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      form.elements.credential.value = sendable(await (form.dataset.passkey === "create" ? create() : get(form)));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
