// Asks the browser for a passkey, puts its answer into the form, and sends it (w3.org/TR/webauthn-3).
// The conversions are ours: some managers of passkeys replace navigator.credentials, and their answers have no toJSON().
const form = document.querySelector("form[data-passkey]");
const alert = form.querySelector("[role=alert]");
const button = form.querySelector("button");

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const WORDS = {
  NotAllowedError: "Nothing was sent: the passkey was not used, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for the desk already. Sign in with it.",
  SecurityError: "Passkeys do not work at this address. Open the desk at the address that its link names.",
};

async function answer() {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const credential of list ?? []) credential.id = bytes(credential.id);
  }
  if (options.user) options.user.id = bytes(options.user.id);
  const { id, type, response } = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({ id, rawId: id, type, response: Object.fromEntries(sent) });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  alert.hidden = true;
  button.disabled = true;
  try {
    if (!window.PublicKeyCredential) throw new DOMException("", "SecurityError");
    form.elements.answer.value = await answer();
    form.submit();
  } catch (error) {
    alert.textContent = WORDS[error.name] ?? `This failed: ${error.message}`;
    alert.hidden = false;
    button.disabled = false;
    button.focus();
  }
});
