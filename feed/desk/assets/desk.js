// The desk works without this. It adds a live preview, shortcuts, and drafts that outlast a closed tab and a lost server.
const PREVIEW_MS = 120, RETRY_MS = 3000, EVENT = "event_id", AWAY = "Kept here, not recorded: the server is away.";

document.documentElement.classList.add("scripted");

// Drafts: what was typed, until the server has said that it is recorded. Each window keeps its own, under its name, of
// which it holds a lock as long as it is open. What a closed one has left goes to the next that opens the form.
const WINDOW = "writethru:window", NAME_CHARS = 36, NAME_MS = 2000;
const HIDDEN = new Set([EVENT, "seen"]), edited = new WeakSet();
let own = "";

// A duplicated window comes with the name of another. After a reload its lock is free once the page before is gone.
async function nameWindow() {
  const hold = (name) => new Promise((resolve, reject) => {
    navigator.locks.request(name, { signal: AbortSignal.timeout(NAME_MS) }, () => new Promise(() => resolve(name))).catch(reject);
  });
  own = await hold(sessionStorage.getItem(WINDOW) ?? crypto.randomUUID()).catch(() => hold(crypto.randomUUID()));
  sessionStorage.setItem(WINDOW, own);
}

const baseKey = (form) => `writethru:${location.pathname}:${form.dataset.draft}:`;
const draftKey = (form) => baseKey(form) + own;
const draftAt = (key) => JSON.parse(localStorage.getItem(key) ?? "{}");
const keepDraft = (key, fields) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
const fieldsOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
const hasText = (form) => fieldsOf(form).some(([name, value]) => !HIDDEN.has(name) && value.trim());
// Without room, or where it is not allowed, the form itself still has it.
const forgetDraft = (form) => { try { localStorage.removeItem(draftKey(form)); } catch { /* as above */ } };

function saveDraft(form) {
  begun.then(() => (hasText(form) ? keepDraft(draftKey(form), fieldsOf(form)) : forgetDraft(form))).catch(() => {});
}

function moveDraft(from, to) {
  const draft = localStorage.getItem(from);
  if (draft !== null) localStorage.setItem(to, draft);
  localStorage.removeItem(from);
}

// Take over the newest draft that a closed window has left, unless this window has one. Of two windows, one gets it.
const adoptDraft = (form) => navigator.locks.request("writethru:adopting", async () => {
  const { held, pending } = await navigator.locks.query();
  const open = new Set([...held, ...pending].map((lock) => lock.name));
  const isLeft = (key) => key.slice(0, -NAME_CHARS) === baseKey(form) && !open.has(key.slice(-NAME_CHARS));
  const [newest] = Object.keys(localStorage).filter(isLeft).sort((one, other) => draftAt(other).at - draftAt(one).at);
  if (newest && !localStorage.getItem(draftKey(form))) moveDraft(newest, draftKey(form));
});

// A form that the server has filled takes its draft too, with what its editor had looked at; not as an answer to sending.
async function restoreDraft(form, isAnswer) {
  if (form.querySelector("[role=alert]")) return;
  if (own) await adoptDraft(form);
  const isTaken = edited.has(form) || (hasText(form) && (isAnswer || !("filled" in form.dataset)));
  if (isTaken && !isAnswer) moveDraft(draftKey(form), baseKey(form) + crypto.randomUUID());  // for the next window
  if (isTaken) return;
  const { fields = [] } = draftAt(draftKey(form));
  for (const [name, value] of fields) {
    const field = form.elements.namedItem(name);
    if (field === null) continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
    if (!HIDDEN.has(name) && name !== "headline" && value) field.closest?.("details")?.setAttribute("open", "");
  }
  if (fields.length) say(form, "Restored from this browser; not recorded.");
}

// What was sent may be undone: until then its text is kept here too, and put back into its form.
const SENT = "writethru:sent", SENT_MAX = 5, SENT_MS = 600000;

function sentForms() {
  try { return JSON.parse(localStorage.getItem(SENT) ?? "[]").filter((sent) => Date.now() - sent.at < SENT_MS); } catch { return []; }
}

function keepSent(form) {
  const id = form.elements.namedItem(EVENT)?.value;
  const fields = fieldsOf(form).filter(([name]) => !HIDDEN.has(name));
  const sent = [...sentForms(), { id, key: baseKey(form), path: location.pathname + location.search, fields, at: Date.now() }];
  try { localStorage.setItem(SENT, JSON.stringify(sent.slice(-SENT_MAX))); } catch { /* as above */ }
}

function restoreSent() {
  const all = sentForms(), note = document.querySelector("[data-undone]");
  const sent = all.find((each) => each.id === note?.dataset.undone);
  try { localStorage.setItem(SENT, JSON.stringify(all.filter((each) => each !== sent))); } catch { return; }
  if (!sent || sent.path === location.pathname) return;
  try { keepDraft(sent.key + crypto.randomUUID(), sent.fields); } catch { return; }
  const link = document.createElement("a");
  link.href = sent.path;
  link.textContent = "Open it with what you typed";
  note.append(" ", link);
}

function say(form, text, link = null) {
  form.querySelector(".state")?.replaceChildren(text, ...(link ? [" ", document.adoptNode(link)] : []));
}
const said = (form) => form.querySelector(".state")?.textContent ?? "";

// Sending: by fetch, so that a server that is away takes no text with it.

const retries = new Map();

async function send(form, button) {
  if (form.dataset.sending) return;
  clearTimeout(retries.get(form));
  retries.delete(form);
  form.dataset.sending = "yes";
  saveDraft(form);
  say(form, "Sending …");
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const data = new FormData(form, button);
  const files = [...data.values()].some((value) => typeof value !== "string" && value.size);
  const body = files ? data : new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
  try {
    const answer = await fetch(address, { method: "POST", body, redirect: "follow" });
    if (answer.status >= 500 && answer.status !== 500) throw new Error("away");
    delete form.dataset.sending;
    if (answer.redirected && answer.ok) {
      keepSent(form);
      forgetDraft(form);
      arrive(answer.url + (form.dataset.anchor ?? ""));  // fetch drops it
    } else {
      show(form, await answer.text());
    }
  } catch {
    delete form.dataset.sending;
    say(form, `${AWAY} It is sent again by itself.`);
    retries.set(form, setTimeout(() => document.contains(form) && send(form, button), RETRY_MS));
  }
}

// What is changed after it was sent may be half a sentence: it waits until its editor sends it.
function stopRetry(form) {
  if (!retries.has(form)) return;
  clearTimeout(retries.get(form));
  retries.delete(form);
  say(form, "Kept here, not recorded: the server was away, and you have changed it. Send it again.");
}

function arrive(url) {
  if (new URL(url).pathname === location.pathname) location.replace(url.split("#")[0]);
  else location.assign(url);
}

// What was refused is shown in this page, whose address stays: nothing that was typed is lost by going back.
// An answer without a form of the desk, as once a session has ended, leaves this one in place, and its reason beside it.
function show(form, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (main === null) return;
  const problem = main.querySelector(".problem");
  if (problem && !main.querySelector("form[data-draft]") && form.querySelector(".state")) {
    say(form, problem.textContent, main.querySelector("a[data-sign-in]"));
    return;
  }
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.title = page.title;
  begun = begin(true);
  (main.querySelector("[role=alert]") ?? main).scrollIntoView({ block: "nearest" });
  const wrong = main.querySelector("[aria-invalid=true], fieldset:has(> .problem) input");
  (wrong ?? main.querySelector("[autofocus]"))?.focus();
}

// The preview: asked for once typing pauses, and only the last answer is shown.

let asked = 0, shown = 0, timer = 0;

function previewSoon(form) {
  clearTimeout(timer);
  timer = setTimeout(() => preview(form), PREVIEW_MS);
}

async function preview(form) {
  const number = ++asked;
  const part = form.querySelector("[data-part=preview]");
  const headline = form.elements.namedItem("headline");
  if (headline.value.trim() === "") return;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(fieldsOf(form)) }), text = await answer.text();
    if (!answer.ok || number < shown) return;
    shown = number;
    if (part.dataset.text !== text) part.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    part.dataset.text = text;
    if (said(form) === AWAY) say(form, "");
  } catch { if (!said(form).startsWith("Kept")) say(form, AWAY); }  // what is said of sending is more
}

// Undo windows: seconds that are left, and what is published is no longer listed.

async function countDown() {
  const times = [...document.querySelectorAll("[data-until]")];
  for (const time of times) {
    const seconds = Math.ceil((Date.parse(time.getAttribute("datetime")) - Date.now()) / 1000);
    time.textContent = time.dataset.until ? `for ${Math.max(seconds, 0)} s` : seconds > 0 ? `in ${seconds} s` : "now";
  }
  for (const clock of document.querySelectorAll("[data-clock]")) clock.textContent = left(Date.parse(clock.dataset.clock) - Date.now());
  const over = times.length && times.every((time) => Date.parse(time.getAttribute("datetime")) < Date.now() - 700);
  if (over || document.querySelector("[data-due]")) await refresh("waiting");
}

function left(ms) {
  const minutes = Math.ceil(ms / 60000);
  if (minutes <= 0) return "· over";
  return minutes < 60 ? `· in ${minutes} min` : `· in ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function refresh(part) {
  try {
    const answer = await fetch(location.pathname + location.search);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(`[data-part=${part}]`), was = document.querySelector(`[data-part=${part}]`);
    if (!answer.ok || !was || was.contains(document.activeElement)) return;
    if (now) was.replaceWith(document.adoptNode(now));
    else was.remove();
  } catch { /* the next second asks again */ }
}

// Shortcuts.

const rows = () => [...document.querySelectorAll("[data-rows] > [tabindex]")];

function move(step) {
  const all = rows();
  const index = all.findIndex((row) => row.contains(document.activeElement));
  all[Math.max(0, Math.min(all.length - 1, index + step))]?.focus();
}

function press(key) {
  const row = document.activeElement?.closest("[data-rows] > *") ?? null;
  const target = row?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`:is([data-part=waiting], .actions, h2) [data-key="${key}"]`);
  target?.click();
  return Boolean(target);
}

function help() {
  const dialog = document.getElementById("keys");
  if (dialog?.open) dialog.close();
  else dialog?.showModal();
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.main") ?? undefined);
    return;
  }
  if (event.key === "Escape" && event.target.matches?.("input, textarea, select")) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "n") document.getElementById("headline")?.focus();
  else if (event.key === "?") help();
  else if (!/^[a-z0-9]$/.test(event.key) || !press(event.key)) return;
  event.preventDefault();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form?.dataset.draft) {
    edited.add(form);
    saveDraft(form);
    stopRetry(form);
  }
  if (form?.dataset.preview) previewSoon(form);
  if (event.target.name === "picture") form.elements.namedItem("alt").required = event.target.value !== "";
});

// A headline that was proposed for one outcome says another once that is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-proposed]");
  if (!form || event.target.name !== "outcome") return;
  const headline = form.elements.namedItem("headline");
  const proposed = (choice) => form.dataset.proposed + choice.labels[0].textContent.trim().toLowerCase();
  if (!["", ...[...form.elements.namedItem("outcome")].map(proposed)].includes(headline.value.trim())) return;
  headline.value = proposed(event.target);
  saveDraft(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.draft) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("a[data-cancel]");
  if (cancel) forgetDraft(cancel.closest("form"));
});

async function begin(isAnswer = false) {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    await restoreDraft(form, isAnswer).catch(() => {});  // storage is not allowed
    if (form.dataset.preview) preview(form);
  }
}

restoreSent();
let begun = nameWindow().catch(() => {}).then(() => begin());
setInterval(countDown, 1000);
