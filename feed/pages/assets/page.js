// writethru's page script: what a page can do beyond what it says. Without it every page is complete. Nothing here folds
// events: what was known at some moment comes from the computed changes of history.json.
"use strict";
{
  // Every word that the script writes; a page in another language has its own.
  const WORDS = {
    "backToNow": "Back to now",
    "asOf": "As of {time}",
    "changes": ["{number} change {since}", "{number} changes {since}"],
    "colon": "{name}: {value}",
    "closedThen": "The story was closed.",
    "comma": "{text}, {item}",
    "everySubject": "every subject",
    "everything": "everything",
    "expectedThen": "What was expected",
    "find": "Find",
    "inSubject": "in",
    "keyEvents": "key events",
    "kinds": {
      "report": "reports",
      "correction": "corrections",
      "retraction": "retractions",
      "withheld": "withheld",
      "restored": "restored",
      "overdue": "overdue promises"
    },
    "knownThen": "What was known then",
    "linkToChanges": "Link to these changes",
    "newestFirst": "Newest first",
    "newUpdates": ["{number} new update: show", "{number} new updates: show"],
    "now": "Now",
    "nothingNew": "Nothing new {since}",
    "oldestFirst": "Oldest first",
    "pageChanged": "This page has changed: show",
    "seeAsOf": "See it as of",
    "semicolon": "{text}; {item}",
    "show": "Show",
    "sinceDay": "since {day}",
    "sinceVisit": "since you last looked",
    "zone": "Times are in your zone, {zone}."
  };

  // Helpers.
  const part = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  Object.assign(WORDS, JSON.parse(part("~words")?.textContent ?? "{}"));
  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const pluralForm = (count) => (WORDS.plural ? Number(WORDS.plural[count < 100 ? count : 100 + (count % 100)]) : Number(count !== 1));
  const quantity = (number, forms, values = {}) => fill(forms[pluralForm(number)], { number, ...values });
  const join = (pattern, texts) => {
    const [first = "", ...others] = texts.filter(Boolean);
    return others.reduce((text, item) => fill(pattern, { text, item }), first);
  };
  const isArchive = (entry) => "archive" in entry.dataset; // of long ago: news to nobody
  const entries = (within = document) => all("#\\~entries > .entry", within);
  const nameOf = (entry) => entry.dataset.entry ?? entry.id; // the newest has a line here, and its text above
  const placesOf = (entry) => [entry, ...(entry.dataset.entry ? [part(entry.dataset.entry)] : [])];
  const query = (name) => new URLSearchParams(location.search).get(name);
  const canFetch = location.protocol.startsWith("http"); // a page in a file cannot fetch anything

  // Dates as the reader writes them, in the language of the page.
  const pageLanguage = document.documentElement.lang;
  const language = navigator.languages.find((name) => name.split("-")[0] === pageLanguage.split("-")[0]) ?? pageLanguage;
  let format;
  const moment = (at) => {
    format ??= new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }); // costs more than all dates
    return format.format(new Date(at));
  };
  const AGES = [["minute", 60], ["hour", 3600], ["day", 86400]];
  const age = (at) => {
    const seconds = (Date.now() - new Date(at)) / 1000;
    if (seconds < 0 || seconds > 7 * 86400) return moment(at);
    const [unit, length] = AGES.findLast(([, length]) => seconds >= length) ?? AGES[0];
    return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / length), unit);
  };

  // Times in the reader's zone, or as an age; the UTC time stays as a title.
  const localTimes = (within) => {
    for (const time of all("time[datetime]", within)) {
      if (!time.dateTime.includes("T")) continue;
      time.title ||= time.textContent;
      time.textContent = (time.classList.contains("relative") ? age : moment)(time.dateTime);
    }
  };
  const initTimes = () => {
    localTimes(document);
    setInterval(() => all("time.relative").forEach((time) => (time.textContent = age(time.dateTime))), 60_000);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const note of all(".zone")) note.textContent = fill(WORDS.zone, { zone });
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
  const KEY = "key";
  const timeline = { kind: "", oldestFirst: false };
  const isOfKind = (entry) => timeline.kind === "" || (timeline.kind === KEY ? KEY in entry.dataset : entry.dataset.kind === timeline.kind);
  const filterTimeline = () => {
    for (const entry of entries()) entry.classList.toggle("filtered", !isOfKind(entry));
  };
  const turnTimeline = () => {
    const isPinned = (entry) => entry.classList.contains("entry-pinned");
    const others = entries().filter((entry) => !isPinned(entry));
    part("~entries").append(...entries().filter(isPinned), ...others.reverse());
  };
  const initFilter = () => {
    const bar = part("~filter");
    if (!bar || entries().length < 2) return;
    const kinds = [...new Set(entries().map((entry) => entry.dataset.kind))];
    const options = kinds.map((name) => [name, WORDS.kinds[name] ?? name]);
    if (entries().some((entry) => KEY in entry.dataset)) options.unshift([KEY, WORDS.keyEvents]);
    const choice = make("select", { id: "~kind" });
    for (const [value, words] of [["", WORDS.everything], ...options]) choice.append(make("option", { value }, words));
    choice.addEventListener("change", () => {
      timeline.kind = choice.value;
      filterTimeline();
    });
    const order = make("button", { type: "button", id: "~order" }, WORDS.oldestFirst);
    order.addEventListener("click", () => {
      timeline.oldestFirst = !timeline.oldestFirst;
      order.textContent = timeline.oldestFirst ? WORDS.newestFirst : WORDS.oldestFirst;
      turnTimeline();
    });
    bar.append(make("label", { htmlFor: "~kind" }, `${WORDS.show} `), choice, order);
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
  const entriesSince = (from) => entries().filter((entry) => Date.parse(entry.dataset.at) > from);
  const showSince = (section, from, since, changes = entriesSince(from)) => {
    for (const entry of changes.flatMap(placesOf)) entry.classList.add("entry-new");
    const title = changes.length ? quantity(changes.length, WORDS.changes, { since }) : fill(WORDS.nothingNew, { since });
    section.replaceChildren(make("h2", {}, title));
    const list = make("ul");
    for (const entry of changes.slice(0, 10)) {
      const title = entry.querySelector("h3, .line-entry").textContent.trim();
      list.append(make("li", {}, make("a", { href: `#${nameOf(entry)}` }, title)));
    }
    if (changes.length) section.append(list);
    const address = new URL(location.href);
    address.hash = "";
    address.search = `?since=${new Date(from).toISOString().slice(0, 10)}`;
    section.append(make("p", { className: "aside" }, make("a", { href: address.href }, WORDS.linkToChanges)));
    section.hidden = false;
  };
  const initSince = () => {
    const section = part("~since");
    if (!section) return;
    const day = query("since") === null ? NaN : Date.parse(query("since"));
    const last = readVisit();
    if (!Number.isNaN(day)) {
      const words = new Date(day).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
      showSince(section, day, fill(WORDS.sinceDay, { day: words }));
    } else if (last) {
      const news = entriesSince(last).filter((entry) => !isArchive(entry));
      if (news.length) showSince(section, last, WORDS.sinceVisit, news);
    }
    storeVisit();
  };

  // As of: shows what was known at an instant, by applying the computed changes up to it.
  const dateOf = (row) => row.dated ?? row.at; // an archive has its own dates
  const compareDates = (one, other) => Date.parse(dateOf(one)) - Date.parse(dateOf(other));
  const inOrder = (rows) => (rows.some((row) => row.archive) ? [...rows].sort(compareDates) : rows);
  const piecesOf = (rows) => {
    const pieces = new Map();
    for (const row of rows) {
      for (const [name, piece] of Object.entries(row.set ?? {})) {
        pieces.delete(name); // so that what changed last comes last
        if (piece !== null) pieces.set(name, piece);
      }
    }
    return pieces;
  };
  const aside = (...texts) => make("p", { className: "aside" }, join(WORDS.semicolon, texts));
  const pastFact = (fact) => {
    const stances = [fact.otherwise, fact.accounts, fact.denied_by, fact.other_denials, fact.unconfirmed_by, fact.withheld_by, fact.verified_by].flatMap((words) => words ?? []);
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
    make("li", {}, make("b", {}, promise.status_words), ` ${fill(WORDS.colon, { name: join(WORDS.comma, [promise.what, promise.by]), value: promise.due ?? "" })}`);
  const isDisputed = ([, fact]) => Boolean(fact.otherwise ?? fact.denied_by);
  const pastState = (pieces) => {
    const facts = [...pieces].filter(([name]) => name.startsWith("fact:")).reverse();
    facts.sort((one, other) => isDisputed(other) - isDisputed(one));
    const promises = [...pieces].filter(([name]) => name.startsWith("expectation:"));
    return [
      make("h2", {}, WORDS.knownThen),
      ...(pieces.has("headline") ? [make("p", {}, make("b", {}, pieces.get("headline")))] : []),
      ...(pieces.has("summary") ? [make("p", {}, pieces.get("summary"))] : []),
      ...(pieces.get("status") === "closed" ? [make("p", {}, WORDS.closedThen)] : []),
      ...facts.map(([, fact]) => pastFact(fact)),
      ...(promises.length ? [make("h3", {}, WORDS.expectedThen), make("ul", { className: "aside" }, ...promises.map(([, promise]) => pastPromise(promise)))] : []),
    ];
  };
  const lookBack = (shown) => {
    // What is shown of the present gives way to what was known then. Without `shown`, it is back.
    document.body.classList.toggle("looking-back", shown !== undefined);
    const newest = document.querySelector(".recent");
    const isLater = (name) => shown !== undefined && !shown.has(name);
    newest?.classList.toggle("later", isLater(newest.querySelector(".entry")?.id));
    for (const entry of entries()) entry.classList.toggle("later", isLater(nameOf(entry)));
  };
  const openAsOf = (section, rows) => {
    const instants = [...new Set(rows.map(dateOf))].sort();
    const last = instants.length - 1;
    if (last < 1) return;
    const slider = make("input", { type: "range", id: "~moment", min: 0, max: last, value: last });
    const words = make("output", { htmlFor: "~moment" }, WORDS.now);
    const then = make("div", { className: "then", hidden: true });
    const apply = () => {
      const at = instants[Number(slider.value)];
      const isNow = at === instants[last];
      slider.setAttribute("aria-valuetext", isNow ? WORDS.now : moment(at));
      words.textContent = isNow ? WORDS.now : fill(WORDS.asOf, { time: moment(at) });
      then.hidden = isNow;
      const past = rows.filter((row) => dateOf(row) <= at);
      lookBack(isNow ? undefined : new Set(past.map((row) => row.entry)));
      if (!isNow) then.replaceChildren(...pastState(piecesOf(past)));
    };
    slider.addEventListener("input", apply);
    const now = make("button", { type: "button" }, WORDS.backToNow);
    now.addEventListener("click", () => {
      lookBack();
      section.hidden = true;
      document.querySelector(".earlier a")?.focus();
    });
    section.replaceChildren(make("label", { htmlFor: "~moment" }, `${WORDS.seeAsOf} `), slider, words, now, then);
    section.hidden = false;
    const day = query("asof");
    if (day) {
      const until = /^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T23:59:59Z` : day;
      slider.value = Math.max(0, instants.findLastIndex((at) => at <= until));
    }
    apply();
    return slider;
  };
  // The page's own address names its story.
  const addressOf = (page) => page.querySelector('link[rel="canonical"]')?.getAttribute("href");
  // A short history is in the page. That of a long story is large, so it is fetched when the reader asks for it, page by page.
  const fetchHistory = async (path) => {
    const answer = await fetch(path, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    const file = await answer.json();
    if (!addressOf(document)?.endsWith(`/stories/${file.story}/`)) throw new Error("the history of another story");
    return file;
  };
  const history = async (section) => {
    const embedded = part("~history");
    if (embedded) return JSON.parse(embedded.textContent).items;
    const newest = await fetchHistory(section.dataset.history);
    const older = await Promise.all(newest.pages.map(fetchHistory));
    return [...older, newest].flatMap((file) => file.items);
  };
  const askForHistory = () => {
    const section = part("~asof");
    return history(section).then((rows) => openAsOf(section, inOrder(rows)));
  };
  const offerEarlier = () => {
    const item = document.querySelector(".earlier");
    if (!item || !(part("~history") || canFetch)) return;
    item.hidden = false;
    item.firstElementChild.addEventListener("click", (event) => {
      event.preventDefault();
      // Without its history the page still says all that is known now.
      askForHistory().then((slider) => slider?.focus(), () => {});
    });
  };
  const initAsOf = () => {
    if (!part("~asof")) return;
    offerEarlier();
    if (query("asof") !== null && (part("~history") || canFetch)) askForHistory().catch(() => {});
  };

  // The list of stories: by words and by subject.
  const initSearch = () => {
    const bar = part("~search");
    const lines = all(".stories > .line");
    if (!bar || lines.length < 2) return;
    const subjectsOf = (line) => (line.dataset.subjects ? line.dataset.subjects.split("\n") : []);
    const words = make("input", { type: "search", id: "~words" });
    const subjects = [...new Set(lines.flatMap(subjectsOf))].sort();
    const subject = make("select", { id: "~subject" }, make("option", { value: "" }, WORDS.everySubject), ...subjects.map((name) => make("option", { value: name }, name)));
    const apply = () => {
      const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      for (const line of lines) {
        const text = line.textContent.toLocaleLowerCase();
        line.hidden = !wanted.every((word) => text.includes(word)) || (subject.value !== "" && !subjectsOf(line).includes(subject.value));
      }
    };
    words.addEventListener("input", apply);
    subject.addEventListener("change", apply);
    bar.append(make("label", { htmlFor: "~words" }, `${WORDS.find} `), words, ...(subjects.length ? [make("label", { htmlFor: "~subject" }, ` ${WORDS.inSubject} `), subject] : []));
    bar.hidden = false;
  };

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
      copy.classList.toggle("entry-new", (!former && !isArchive(copy)) || former?.classList.contains("entry-new"));
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
