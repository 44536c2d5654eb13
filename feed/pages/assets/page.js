// writethru's page script: what a page can do beyond what it says. Without it every page is complete. Nothing here folds
// events: what was known at some moment comes from the computed changes of history.json.
"use strict";
{
  // Every word that the script writes; a page in another language has its own.
  const WORDS = {};

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

  const isNumbered = (name, prefix, first, last) => {
    const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    return first <= number && number <= last && `${prefix}${number}` === name;
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
    // ["d", 1, 100] are d1 to d100.
    const leadsTo = (run) => (typeof run === "string" ? run === name : isNumbered(name, ...run));
    const pages = Object.entries(JSON.parse(part("~further").textContent));
    const [path] = pages.find(([, runs]) => runs.some(leadsTo)) ?? [];
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

  // bell.js

  // live.js

  initAddress();
  // Each is a task of its own, so that a reader can scroll and type meanwhile, however long the page is.
  for (const init of [initTimes, initFilter, initSince, initAsOf, initSearch]) setTimeout(init);
  initLive();
}
