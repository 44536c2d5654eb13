// writethru's page script: what a page can do beyond what it says. Without it every page is complete. Nothing here folds
// events: what was known at some moment comes from the computed changes of history.json.
"use strict";
{
  // Helpers.
  const part = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const quantity = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const entries = (within = document) => all("#\\~entries > .entry", within);
  const query = (name) => new URLSearchParams(location.search).get(name);
  const canFetch = location.protocol.startsWith("http"); // a page in a file cannot fetch anything

  // Dates as the reader writes them, in the language of the page.
  const pageLanguage = document.documentElement.lang;
  const language = navigator.languages.find((name) => name.split("-")[0] === pageLanguage.split("-")[0]) ?? pageLanguage;
  let format;
  const moment = (at) => {
    format ??= new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }); // costs more than all dates
    return format.format(new Date(at));
  };

  // Times in the reader's zone; the UTC time stays as a title.
  const localTimes = (within) => {
    for (const time of all("time[datetime]", within)) {
      if (!time.title && time.dateTime.includes("T")) {
        time.title = time.textContent;
        time.textContent = moment(time.dateTime);
      }
    }
  };
  const initTimes = () => {
    localTimes(document);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const note of all(".zone")) note.textContent = `Times are in your zone, ${zone}.`;
  };

  // The address of an entry that is on an older page leads there.
  const followAddress = () => {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // Somebody's stray % sign: no entry has that id.
    }
    const target = part(name);
    if (target?.classList.contains("moved")) location.replace(target.href);
    if (target || !name || !part("~further")) return;
    const pages = Object.entries(JSON.parse(part("~further").textContent));
    const [path] = pages.find(([, anchors]) => anchors.includes(name)) ?? [];
    if (path) location.replace(path + location.hash);
  };
  const initAddress = () => {
    addEventListener("hashchange", followAddress);
    followAddress();
  };

  // Timeline: by kind, and from either end.
  const KINDS = {
    report: "reports",
    correction: "corrections",
    retraction: "retractions",
    withheld: "withheld",
    restored: "restored",
    overdue: "overdue promises",
  };
  const timeline = { kind: "", oldestFirst: false };
  const filterTimeline = () => {
    for (const entry of entries()) {
      entry.classList.toggle("filtered", timeline.kind !== "" && entry.dataset.kind !== timeline.kind);
    }
  };
  const sortTimeline = () => {
    const pinned = entries().filter((entry) => entry.classList.contains("entry-pinned"));
    const others = entries().filter((entry) => !entry.classList.contains("entry-pinned"));
    others.sort((one, other) => one.dataset.at.localeCompare(other.dataset.at) * (timeline.oldestFirst ? 1 : -1));
    part("~entries").append(...pinned, ...others);
  };
  const initFilter = () => {
    const bar = part("~filter");
    if (!bar || entries().length < 2) return;
    const kinds = [...new Set(entries().map((entry) => entry.dataset.kind))];
    const choice = make("select", { id: "~kind" }, make("option", { value: "" }, "everything"));
    choice.append(...kinds.map((name) => make("option", { value: name }, KINDS[name] ?? name)));
    choice.addEventListener("change", () => {
      timeline.kind = choice.value;
      filterTimeline();
    });
    const order = make("button", { type: "button", id: "~order" }, "Oldest first");
    order.addEventListener("click", () => {
      timeline.oldestFirst = !timeline.oldestFirst;
      order.textContent = timeline.oldestFirst ? "Newest first" : "Oldest first";
      sortTimeline();
    });
    bar.append(make("label", { htmlFor: "~kind" }, "Show "), choice, order);
    bar.hidden = false;
  };

  // Since the last visit, which is stored on this device alone. `?since=2026-01-06` shows the same for any day, to share.
  const newestTime = () => Math.max(0, ...entries().map((entry) => Date.parse(entry.dataset.at)));
  const VISIT = `writethru:${location.pathname.replace(/index\.html$/, "")}`;
  const readVisit = () => {
    try {
      return Number(localStorage.getItem(VISIT) ?? NaN);
    } catch {
      return NaN; // storage may be forbidden
    }
  };
  const storeVisit = () => {
    try {
      if (newestTime()) localStorage.setItem(VISIT, String(newestTime()));
    } catch {
      // storage may be forbidden
    }
  };
  const showSince = (section, from, words) => {
    const changes = entries().filter((entry) => Date.parse(entry.dataset.at) > from);
    for (const entry of changes) entry.classList.add("entry-new");
    const title = changes.length ? quantity(changes.length, "change", "changes") : "Nothing new";
    section.replaceChildren(make("h2", {}, `${title} ${words}`));
    const list = make("ul");
    for (const entry of changes.slice(0, 10)) {
      list.append(make("li", {}, make("a", { href: `#${entry.id}` }, entry.querySelector("h3").textContent)));
    }
    if (changes.length) section.append(list);
    const address = new URL(location.href);
    address.hash = "";
    address.search = `?since=${new Date(from).toISOString().slice(0, 10)}`;
    section.append(make("p", { className: "aside" }, make("a", { href: address.href }, "Link to these changes")));
    section.hidden = false;
  };
  const initSince = () => {
    const section = part("~since");
    if (!section) return;
    const day = query("since") === null ? NaN : Date.parse(query("since"));
    const last = readVisit();
    if (!Number.isNaN(day)) {
      const words = new Date(day).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
      showSince(section, day, `since ${words}`);
    } else if (last && newestTime() > last) showSince(section, last, "since you last looked");
    storeVisit();
  };

  // As of: shows what was known at an instant, by applying the computed changes up to it.
  const dateOf = (row) => row.dateOf ?? row.at; // an archive has its own dates
  const piecesOf = (rows) => {
    const pieces = new Map();
    for (const row of rows) {
      for (const [name, piece] of Object.entries(row.set ?? {})) {
        if (piece === null) pieces.delete(name);
        else pieces.set(name, piece);
      }
    }
    return pieces;
  };
  const aside = (...texts) => make("p", { className: "aside" }, texts.filter(Boolean).join("; "));
  const pastFact = (fact) => {
    const stances = [fact.otherwise, fact.denied_by, fact.unconfirmed_by].flatMap((words) => words ?? []);
    return make(
      "div",
      { className: "fact" },
      make("h3", { className: "fact-name" }, fact.name),
      make(
        "div",
        { className: "fact-now" },
        make("p", { className: "value" }, fact.value),
        aside(fact.standing, fact.who, fact.as_of),
        ...stances.map((stance) => aside(stance)),
      ),
    );
  };
  const pastPromise = (promise) =>
    make("li", {}, make("b", {}, promise.status_words), ` ${[promise.what, promise.by].filter(Boolean).join(", ")}: ${promise.due ?? ""}`);
  const pastState = (pieces) => {
    const facts = [...pieces].filter(([name]) => name.startsWith("fact:")).sort(([one], [other]) => one.localeCompare(other));
    const promises = [...pieces].filter(([name]) => name.startsWith("expectation:"));
    return [
      make("h2", {}, `What was known then${pieces.get("status") === "closed" ? " (the story was closed)" : ""}`),
      ...(pieces.has("headline") ? [make("p", {}, make("b", {}, pieces.get("headline")))] : []),
      ...(pieces.has("summary") ? [make("p", {}, pieces.get("summary"))] : []),
      ...facts.map(([, fact]) => pastFact(fact)),
      ...(promises.length ? [make("h3", {}, "What was expected"), make("ul", { className: "aside" }, ...promises.map(([, promise]) => pastPromise(promise)))] : []),
    ];
  };
  const offerAsOf = (section, rows) => {
    const instants = [...new Set(rows.map(dateOf))].sort();
    const last = instants.length - 1;
    if (last < 1) return;
    const slider = make("input", { type: "range", id: "~moment", min: 0, max: last, value: last });
    const words = make("output", { htmlFor: "~moment" }, "Now");
    const then = make("div", { className: "then", hidden: true });
    const apply = () => {
      const index = Number(slider.value);
      const now = index === last;
      slider.setAttribute("aria-valuetext", moment(instants[index]));
      words.textContent = now ? "Now" : `As of ${moment(instants[index])}`;
      document.body.classList.toggle("looking-back", !now);
      then.hidden = now;
      const past = rows.filter((row) => dateOf(row) <= instants[index]);
      const ids = new Set(past.map((row) => row.entry));
      for (const entry of entries()) entry.classList.toggle("later", !now && !ids.has(entry.id));
      if (!now) then.replaceChildren(...pastState(piecesOf(past)));
    };
    slider.addEventListener("input", apply);
    slider.setAttribute("aria-valuetext", "now");
    const now = make("button", { type: "button" }, "Back to now");
    now.addEventListener("click", () => {
      slider.value = last;
      apply();
    });
    section.append(make("label", { htmlFor: "~moment" }, "See it as of "), slider, words, now, then);
    section.hidden = false;
    const day = query("asof");
    if (day) {
      const until = /^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T23:59:59Z` : day;
      slider.value = Math.max(0, instants.findLastIndex((at) => at <= until));
      apply();
    }
  };
  const initAsOf = () => {
    const section = part("~asof");
    if (!section) return;
    const embedded = part("~history");
    if (embedded) offerAsOf(section, JSON.parse(embedded.textContent).items);
    else if (canFetch) {
      // The history of a long story is large, so it is fetched when the reader asks for it.
      const button = make("button", { type: "button" }, "See it as it was before");
      const load = () =>
        fetch(section.dataset.history)
          .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
          .then((history) => {
            button.remove();
            offerAsOf(section, history.items);
          })
          .catch(() => {}); // without it the page still says all that is known now
      button.addEventListener("click", load);
      section.append(button);
      section.hidden = false;
      if (query("asof") !== null) load();
    }
  };

  // The list of stories: by words and by subject.
  const initSearch = () => {
    const bar = part("~search");
    const lines = all(".stories > .line");
    if (!bar || lines.length < 2) return;
    const subjectsOf = (line) => (line.dataset.subjects ? line.dataset.subjects.split("\n") : []);
    const words = make("input", { type: "search", id: "~words" });
    const subjects = [...new Set(lines.flatMap(subjectsOf))].sort();
    const subject = make("select", { id: "~subject" }, make("option", { value: "" }, "every subject"), ...subjects.map((name) => make("option", { value: name }, name)));
    const apply = () => {
      const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      for (const line of lines) {
        const text = line.textContent.toLocaleLowerCase();
        line.hidden = !wanted.every((word) => text.includes(word)) || (subject.value !== "" && !subjectsOf(line).includes(subject.value));
      }
    };
    words.addEventListener("input", apply);
    subject.addEventListener("change", apply);
    bar.append(make("label", { htmlFor: "~words" }, "Find "), words, ...(subjects.length ? [make("label", { htmlFor: "~subject" }, " in "), subject] : []));
    bar.hidden = false;
  };

  // Live: asks for the page again, conditionally, while somebody looks at it.
  const KEPT_PARTS = ["since", "asof", "changes"]; // parts of the page that stay as the reader has set them
  const replaceParts = (update) => {
    let previous = null;
    for (const section of update.querySelectorAll("#\\~main > [class]")) {
      let current = all("#\\~main > [class]").find((other) => other.classList[0] === section.classList[0]);
      if (!current || !KEPT_PARTS.includes(section.classList[0])) {
        const copy = document.importNode(section, true);
        if (current) current.replaceWith(copy);
        else if (previous) previous.after(copy);
        else part("~main").prepend(copy);
        current = copy;
      }
      previous = current;
    }
  };
  const putEntry = (entry) => {
    const current = part(entry.id);
    const copy = document.importNode(entry, true);
    if (!current || current.classList.contains("entry-new")) copy.classList.add("entry-new");
    if (current) current.replaceWith(copy); // it may have been corrected or withheld since
    else if (timeline.oldestFirst) part("~entries").append(copy);
    else {
      const first = entries().find((other) => !other.classList.contains("entry-pinned"));
      if (first) first.before(copy);
      else part("~entries").prepend(copy);
    }
  };
  const applyUpdate = (update) => {
    // What the reader is reading stays where it is: the page is scrolled by as much as it grew above.
    const root = document.documentElement;
    root.style.overflowAnchor = "none"; // once, not by the browser too
    const reading = entries().find((entry) => entry.getBoundingClientRect().bottom > 0)?.id;
    const top = () => (reading ? part(reading).getBoundingClientRect().top : 0);
    const before = top();
    part("~entries").classList.add("laid-out"); // all entries: what is laid out later above would move it again
    replaceParts(update);
    for (const entry of entries(update).reverse()) putEntry(entry);
    localTimes(document);
    filterTimeline();
    part("~live").hidden = true;
    scrollBy({ top: top() - before, behavior: "instant" });
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
    storeVisit();
  };
  const offerUpdate = (update) => {
    const changes = entries(update).filter((entry) => part(entry.id)?.dataset.at !== entry.dataset.at);
    if (!changes.length) return;
    const additions = changes.filter((entry) => !part(entry.id));
    // Nothing moves unasked: it waits until the reader wants it.
    const words = additions.length ? quantity(additions.length, "new update", "new updates") : "This page has changed";
    const button = make("button", { type: "button" }, `${words}: show`);
    button.addEventListener("click", () => applyUpdate(update));
    part("~live").replaceChildren(button);
    part("~live").hidden = false;
  };
  const initLive = () => {
    const live = part("~live");
    if (document.documentElement.dataset.page !== "story" || !live || !canFetch) return;
    let validators = {};
    const look = async () => {
      const answer = await fetch(location.pathname, { cache: "no-store", headers: validators });
      if (answer.status !== 200) return;
      const [tag, modified] = ["ETag", "Last-Modified"].map((name) => answer.headers.get(name));
      if (tag) validators = { "If-None-Match": tag };
      else if (modified) validators = { "If-Modified-Since": modified };
      offerUpdate(new DOMParser().parseFromString(await answer.text(), "text/html"));
    };
    // At most once in so many seconds, and never for a page that nobody sees; at once for one that is seen again.
    const pause = () => Number(live.dataset.every ?? 60) * 1000;
    let looked = performance.now();
    let timer;
    const tick = () => {
      clearTimeout(timer);
      const due = looked + pause() - performance.now();
      if (due <= 0 && !document.hidden) {
        looked = performance.now();
        look().catch(() => {}); // offline for a moment: the next look will tell
      }
      if (!document.hidden) timer = setTimeout(tick, due > 0 ? due : pause());
    };
    document.addEventListener("visibilitychange", tick);
    tick();
  };

  initAddress();
  // Each is a task of its own, so that a reader can scroll and type meanwhile, however long the page is.
  for (const init of [initTimes, initFilter, initSince, initAsOf, initSearch]) setTimeout(init);
  initLive();
}
