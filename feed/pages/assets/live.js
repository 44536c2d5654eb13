// Live: asks for the page again, conditionally, while somebody looks at it.
const KEPT_PARTS = ["since", "asof", "changes"]; // parts of the page that stay as the reader has set them
const partsOf = (page) => all("#\\~main > [class]", page);
const replaceParts = (update) => {
  let previous = null;
  for (const section of partsOf(update)) {
    let current = partsOf(document).find((other) => other.classList[0] === section.classList[0]);
    if (!current || !KEPT_PARTS.includes(section.classList[0])) {
      const copy = document.importNode(section, true);
      if (current) current.replaceWith(copy);
      else if (previous) previous.after(copy);
      else part("~main").prepend(copy);
      current = copy;
    }
    previous = current;
  }
  const names = partsOf(update).map((section) => section.classList[0]);
  for (const section of partsOf(document)) if (!names.includes(section.classList[0])) section.remove();
  const copies = [["#\\~history", "head"], [".older", ".changes"]];
  for (const [selector, within] of copies) {
    document.querySelector(selector)?.remove();
    const copy = update.querySelector(selector);
    if (copy) document.querySelector(within).append(document.importNode(copy, true));
  }
  document.title = update.title;
};
const replaceEntries = (update) => {
  const before = new Map(entries().map((entry) => [nameOf(entry), entry]));
  const copies = entries(update).map((entry) => {
    const copy = document.importNode(entry, true);
    const former = before.get(nameOf(entry));
    copy.classList.toggle("entry-new", former ? former.classList.contains("entry-new") : !isArchive(copy));
    return copy;
  });
  part("~entries").replaceChildren(...copies);
  for (const entry of copies.filter((copy) => copy.classList.contains("entry-new")).flatMap(placesOf)) entry.classList.add("entry-new");
  if (timeline.oldestFirst) turnTimeline();
  filterTimeline();
};
const applyUpdate = (update) => {
  lookBack();
  part("~asof").hidden = true;
  replaceParts(update);
  replaceEntries(update);
  offerEarlier();
  localTimes(document);
  part("~live").hidden = true;
  // The reader stands where the news is.
  const latest = part("~latest");
  latest.tabIndex = -1;
  latest.focus({ preventScroll: true });
  latest.scrollIntoView({ block: "start", behavior: "instant" });
  storeVisit();
};
const offerUpdate = (update) => {
  const times = new Map(entries().map((entry) => [nameOf(entry), entry.dataset.at]));
  const changes = entries(update).filter((entry) => !isArchive(entry) && times.get(nameOf(entry)) !== entry.dataset.at);
  if (!changes.length) return;
  const additions = changes.filter((entry) => !times.has(nameOf(entry)));
  // Nothing moves unasked: it waits until the reader wants it.
  const words = additions.length ? quantity(additions.length, WORDS.newUpdates) : WORDS.pageChanged;
  const button = make("button", { type: "button" }, words);
  button.addEventListener("click", () => applyUpdate(update));
  part("~live").replaceChildren(button);
  part("~live").hidden = false;
};
const initLive = () => {
  const live = part("~live");
  if (document.documentElement.dataset.page !== "story" || !live || !canFetch) return;
  let validators = {};
  const look = async () => {
    const answer = await fetch(location.pathname, { cache: "no-store", headers: validators, redirect: "error" });
    if (answer.status !== 200) return;
    const update = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A proxy or a login may answer with another page, and a server with that of another story.
    if (!addressOf(document) || addressOf(update) !== addressOf(document)) return;
    const [tag, modified] = ["ETag", "Last-Modified"].map((name) => answer.headers.get(name));
    if (tag) validators = { "If-None-Match": tag };
    else if (modified) validators = { "If-Modified-Since": modified };
    offerUpdate(update);
  };
  // At most once in so many seconds, and never for a page that nobody sees; at once for one that is seen again. Where there
  // is a doorbell, soon after it has rung or has been away, though not all pages at once; otherwise, but for the first look,
  // which finds what changed before it was heard, ten times as seldom.
  let isOpen; // not known yet
  let looks = 0;
  const pause = () => Number(live.dataset.every ?? 60) * (isOpen && looks ? 10_000 : 1000);
  let looked = performance.now();
  let wanted = Infinity;
  let timer;
  const tick = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (performance.now() >= Math.min(looked + pause(), wanted)) {
      looked = performance.now();
      wanted = Infinity;
      looks += 1;
      look().catch(() => (wanted = looked + 60_000)); // offline for a moment: the next look will tell
    }
    timer = setTimeout(tick, Math.min(looked + pause(), wanted) - performance.now());
  };
  initBell((message) => {
    const isBack = message.isOpen && isOpen !== undefined && (message.isNew || !isOpen);
    isOpen = message.isOpen ?? isOpen;
    if (isBack || addressOf(document)?.endsWith(`/stories/${message.story}/`)) wanted = Math.min(wanted, performance.now() + 3000 * Math.random());
    tick();
  });
  document.addEventListener("visibilitychange", tick);
  tick();
};
