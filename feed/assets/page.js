// writethru's page script: what a page can do beyond what it says. Without it every page is complete; nothing here folds
// events: what was known at some moment comes from the computed changes of history.json.
"use strict";
{
  const page = document.documentElement.dataset.page;
  const part = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // Dates as the reader writes them, in the language of the page.
  const own = document.documentElement.lang;
  const language = navigator.languages.find((name) => name.split("-")[0] === own.split("-")[0]) ?? own;
  const moment = (at) =>
    new Date(at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
  const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  // Times in the reader's zone; the UTC time stays as a title.
  const localTimes = (within) => {
    for (const time of all("time[datetime]", within)) {
      if (!time.title && time.dateTime.includes("T")) {
        time.title = time.textContent;
        time.textContent = moment(time.dateTime);
      }
    }
  };
  localTimes(document);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const told of all(".zone")) told.textContent = `Times are in your zone, ${zone}.`;

  const entries = () => all("#\\~entries > .entry");

  // An address of an entry that stands on an older page leads there.
  const follow = () => {
    const target = part(decodeURIComponent(location.hash.slice(1)));
    if (target?.classList.contains("moved")) location.replace(target.href);
  };
  addEventListener("hashchange", follow);
  follow();

  // Timeline: by kind, and from either end.
  const filterBar = part("~filter");
  const kinds = {
    report: "reports",
    correction: "corrections",
    retraction: "retractions",
    withheld: "withheld",
    restored: "restored",
    overdue: "overdue promises",
  };
  let kind = "";
  const applyFilter = () => {
    for (const entry of entries()) entry.classList.toggle("filtered", kind !== "" && entry.dataset.kind !== kind);
  };
  if (filterBar && entries().length > 1) {
    const present = [...new Set(entries().map((entry) => entry.dataset.kind))];
    const choice = make("select", { id: "~kind" }, make("option", { value: "" }, "everything"));
    choice.append(...present.map((name) => make("option", { value: name }, kinds[name] ?? name)));
    choice.addEventListener("change", () => {
      kind = choice.value;
      applyFilter();
    });
    const order = make("button", { type: "button", id: "~order" }, "Oldest first");
    order.addEventListener("click", () => {
      const oldest = order.textContent === "Oldest first";
      order.textContent = oldest ? "Newest first" : "Oldest first";
      const pinned = entries().filter((entry) => entry.classList.contains("entry-pinned"));
      const others = entries().filter((entry) => !entry.classList.contains("entry-pinned"));
      others.sort((one, other) => one.dataset.at.localeCompare(other.dataset.at) * (oldest ? 1 : -1));
      part("~entries").append(...pinned, ...others);
    });
    filterBar.append(make("label", { htmlFor: "~kind" }, "Show "), choice, order);
    filterBar.hidden = false;
  }

  // Since you last looked: kept on this device alone. `?since=2026-01-06` shows the same for any day, to share.
  const since = part("~since");
  const key = `writethru:${location.pathname.replace(/index\.html$/, "")}`;
  const stored = (value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const mark = (from, words) => {
    const fresh = entries().filter((entry) => Date.parse(entry.dataset.at) > from);
    for (const entry of fresh) entry.classList.add("entry-new");
    since.replaceChildren(make("h2", {}, fresh.length ? `${counted(fresh.length, "change", "changes")} ${words}` : `Nothing new ${words}`));
    const list = make("ul");
    for (const entry of fresh.slice(0, 10)) {
      list.append(make("li", {}, make("a", { href: `#${entry.id}` }, entry.querySelector("h3").textContent)));
    }
    if (fresh.length) since.append(list);
    const address = new URL(location.href);
    address.hash = "";
    address.search = `?since=${new Date(from).toISOString().slice(0, 10)}`;
    since.append(make("p", { className: "aside" }, make("a", { href: address.href }, "Link to these changes")));
    since.hidden = false;
    return fresh.length;
  };
  if (since) {
    const newest = Math.max(0, ...entries().map((entry) => Date.parse(entry.dataset.at)));
    const asked = new URLSearchParams(location.search).get("since");
    const day = asked === null ? NaN : Date.parse(asked);
    const last = Number(stored() ?? NaN);
    if (!Number.isNaN(day)) mark(day, `since ${new Date(day).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" })}`);
    else if (last && newest > last) mark(last, "since you last looked");
    if (newest) stored(String(newest));
  }

  // As of: shows what was known at an instant, by applying the computed changes up to it.
  const asOf = part("~asof");
  const known = (rows) => {
    const pieces = new Map();
    for (const row of rows) {
      for (const [name, piece] of Object.entries(row.set ?? {})) {
        if (piece === null) pieces.delete(name);
        else pieces.set(name, piece);
      }
    }
    return pieces;
  };
  const dated = (row) => row.dated ?? row.at; // an archive bears its own dates
  const factThen = (fact) =>
    make(
      "div",
      { className: "fact" },
      make("h3", { className: "fact-name" }, fact.name),
      make(
        "div",
        { className: "fact-now" },
        make("p", { className: "value" }, fact.value),
        make("p", { className: "aside" }, [fact.standing, fact.who && `according to ${fact.who}`, fact.as_of].filter(Boolean).join("; ")),
        ...(fact.otherwise ?? []).map((said) => make("p", { className: "aside" }, `Says otherwise: ${said}`)),
        ...(fact.denied_by ?? []).map((who) => make("p", { className: "aside" }, `Denied by ${who}`)),
        ...(fact.unconfirmed_by ?? []).map((who) => make("p", { className: "aside" }, `Cannot be confirmed by ${who}`)),
      ),
    );
  const promiseThen = (promise) =>
    make("li", {}, make("b", {}, promise.status_words), ` ${[promise.what, promise.by].filter(Boolean).join(", ")}: ${promise.due ?? ""}`);
  const showAsOf = (rows, instants, index, words, then) => {
    const now = index === instants.length - 1;
    document.body.classList.toggle("looking-back", !now);
    then.hidden = now;
    const shown = rows.filter((row) => dated(row) <= instants[index]);
    words.textContent = now ? "Now" : `As of ${moment(instants[index])}`;
    const told = new Set(shown.map((row) => row.entry));
    for (const entry of entries()) entry.classList.toggle("later", !now && !told.has(entry.id));
    if (now) return;
    const pieces = known(shown);
    const facts = [...pieces].filter(([name]) => name.startsWith("fact:")).sort(([one], [other]) => one.localeCompare(other));
    const promises = [...pieces].filter(([name]) => name.startsWith("expectation:"));
    then.replaceChildren(
      make("h2", {}, `What was known then${pieces.get("status") === "closed" ? " (the story was closed)" : ""}`),
      ...(pieces.has("summary") ? [make("p", {}, pieces.get("summary"))] : []),
      ...facts.map(([, fact]) => factThen(fact)),
      ...(promises.length ? [make("h3", {}, "What was expected"), make("ul", { className: "aside" }, ...promises.map(([, promise]) => promiseThen(promise)))] : []),
    );
  };
  const offerAsOf = (rows) => {
    const instants = [...new Set(rows.map(dated))].sort();
    if (instants.length < 2) return;
    const slider = make("input", { type: "range", id: "~moment", min: 0, max: instants.length - 1, value: instants.length - 1 });
    const words = make("output", { htmlFor: "~moment" }, "Now");
    const then = make("div", { className: "then", hidden: true });
    const apply = () => {
      slider.setAttribute("aria-valuetext", moment(instants[slider.value]));
      showAsOf(rows, instants, Number(slider.value), words, then);
    };
    slider.addEventListener("input", apply);
    slider.setAttribute("aria-valuetext", "now");
    const now = make("button", { type: "button" }, "Back to now");
    now.addEventListener("click", () => {
      slider.value = instants.length - 1;
      apply();
    });
    asOf.append(make("label", { htmlFor: "~moment" }, "See it as of "), slider, words, now, then);
    asOf.hidden = false;
    const asked = new URLSearchParams(location.search).get("asof");
    if (asked) {
      const until = /^\d{4}-\d\d-\d\d$/.test(asked) ? `${asked}T23:59:59Z` : asked;
      slider.value = Math.max(0, instants.findLastIndex((at) => at <= until));
      apply();
    }
  };
  if (asOf) {
    const embedded = part("~history");
    if (embedded) offerAsOf(JSON.parse(embedded.textContent).items);
    else if (location.protocol.startsWith("http")) {
      fetch(asOf.dataset.history)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
        .then((history) => offerAsOf(history.items))
        .catch(() => {}); // the page says all that is known now without it
    }
  }

  // The list of stories: by words and by subject.
  const search = part("~search");
  const lines = all(".stories > .line");
  if (search && lines.length > 1) {
    const words = make("input", { type: "search", id: "~words" });
    const subjects = [...new Set(lines.flatMap((line) => (line.dataset.subjects ? line.dataset.subjects.split("\n") : [])))].sort();
    const subject = make("select", { id: "~subject" }, make("option", { value: "" }, "every subject"), ...subjects.map((name) => make("option", { value: name }, name)));
    const apply = () => {
      const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      for (const line of lines) {
        const text = line.textContent.toLocaleLowerCase();
        const of = line.dataset.subjects.split("\n");
        line.hidden = !wanted.every((word) => text.includes(word)) || (subject.value !== "" && !of.includes(subject.value));
      }
    };
    words.addEventListener("input", apply);
    subject.addEventListener("change", apply);
    search.append(make("label", { htmlFor: "~words" }, "Find "), words, ...(subjects.length ? [make("label", { htmlFor: "~subject" }, " in "), subject] : []));
    search.hidden = false;
  }

  // Live: asks for the page again, conditionally, while somebody looks at it.
  const live = part("~live");
  const interval = Number(new URLSearchParams(location.search).get("every") ?? 60) * 1000;
  let waiting = [];
  const put = () => {
    // What the reader is reading stays where it is: the page is scrolled by as much as it grew above.
    const anchor = entries().find((entry) => entry.getBoundingClientRect().bottom > 0);
    const before = anchor?.getBoundingClientRect().top ?? 0;
    const place = part("~entries");
    for (const entry of waiting) {
      entry.classList.add("entry-new");
      part(entry.id)?.remove();
      const first = entries().find((other) => !other.classList.contains("entry-pinned"));
      if (first) first.before(entry);
      else place.append(entry);
      localTimes(entry);
    }
    applyFilter();
    if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
    waiting = [];
    live.hidden = true;
    stored(String(Math.max(...entries().map((entry) => Date.parse(entry.dataset.at)))));
  };
  const take = (fetched) => {
    const had = new Map(entries().map((entry) => [entry.id, entry.dataset.at]));
    const found = [...fetched.querySelectorAll("#\\~entries > .entry")].filter((entry) => had.get(entry.id) !== entry.dataset.at);
    waiting = found.map((entry) => document.importNode(entry, true)).reverse();
    for (const name of ["headline", "summary", "status", "facts", "expected"]) {
      const fresh = fetched.querySelector(`[data-part="${name}"]`);
      const shown = document.querySelector(`[data-part="${name}"]`);
      // Above what is being read nothing moves unasked: it is replaced when the reader asks for the updates.
      if (fresh && shown) replaced.set(name, document.importNode(fresh, true));
    }
    if (!waiting.length) return;
    const button = make("button", { type: "button" }, `${counted(waiting.length, "new update", "new updates")}: show`);
    button.addEventListener("click", () => {
      for (const [name, fresh] of replaced) document.querySelector(`[data-part="${name}"]`)?.replaceWith(fresh);
      replaced.clear();
      put();
      localTimes(document);
    });
    live.replaceChildren(button);
    live.hidden = false;
  };
  const replaced = new Map();
  let tag = null;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { cache: "no-cache", headers: tag ? { "If-None-Match": tag } : {} });
      const known = tag;
      tag = answer.headers.get("ETag") ?? answer.headers.get("Last-Modified");
      if (answer.status !== 200 || known === tag) return;
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Offline for a moment: the next look will tell.
    }
  };
  if (page === "story" && live && location.protocol.startsWith("http")) setInterval(look, Math.max(interval, 1000));
}
