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
  // Each part of this script is a task of its own, so that a reader can scroll and type meanwhile, however long the page.
  const soon = (task) => setTimeout(task);

  // Dates as the reader writes them, in the language of the page.
  const own = document.documentElement.lang;
  const language = navigator.languages.find((name) => name.split("-")[0] === own.split("-")[0]) ?? own;
  let written;
  const moment = (at) => {
    written ??= new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }); // costs more than all dates
    return written.format(new Date(at));
  };
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
  soon(() => {
    localTimes(document);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const told of all(".zone")) told.textContent = `Times are in your zone, ${zone}.`;
  });

  const entries = () => all("#\\~entries > .entry");

  // An address of an entry that stands on an older page leads there.
  const follow = () => {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // Somebody's stray % sign: no entry is called that.
    }
    const target = part(name);
    if (target?.classList.contains("moved")) location.replace(target.href);
    if (target || !name || !part("~further")) return;
    const pages = Object.entries(JSON.parse(part("~further").textContent));
    const [path] = pages.find(([, anchors]) => anchors.includes(name)) ?? [];
    if (path) location.replace(path + location.hash);
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
  let oldestFirst = false;
  const applyFilter = () => {
    for (const entry of entries()) entry.classList.toggle("filtered", kind !== "" && entry.dataset.kind !== kind);
  };
  if (filterBar && entries().length > 1) soon(() => {
    const present = [...new Set(entries().map((entry) => entry.dataset.kind))];
    const choice = make("select", { id: "~kind" }, make("option", { value: "" }, "everything"));
    choice.append(...present.map((name) => make("option", { value: name }, kinds[name] ?? name)));
    choice.addEventListener("change", () => {
      kind = choice.value;
      applyFilter();
    });
    const order = make("button", { type: "button", id: "~order" }, "Oldest first");
    order.addEventListener("click", () => {
      oldestFirst = !oldestFirst;
      order.textContent = oldestFirst ? "Newest first" : "Oldest first";
      const pinned = entries().filter((entry) => entry.classList.contains("entry-pinned"));
      const others = entries().filter((entry) => !entry.classList.contains("entry-pinned"));
      others.sort((one, other) => one.dataset.at.localeCompare(other.dataset.at) * (oldestFirst ? 1 : -1));
      part("~entries").append(...pinned, ...others);
    });
    filterBar.append(make("label", { htmlFor: "~kind" }, "Show "), choice, order);
    filterBar.hidden = false;
  });

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
  if (since) soon(() => {
    const newest = Math.max(0, ...entries().map((entry) => Date.parse(entry.dataset.at)));
    const asked = new URLSearchParams(location.search).get("since");
    const day = asked === null ? NaN : Date.parse(asked);
    const last = Number(stored() ?? NaN);
    if (!Number.isNaN(day)) mark(day, `since ${new Date(day).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" })}`);
    else if (last && newest > last) mark(last, "since you last looked");
    if (newest) stored(String(newest));
  });

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
        make("p", { className: "aside" }, [fact.standing, fact.who, fact.as_of].filter(Boolean).join("; ")),
        ...[fact.otherwise, fact.denied_by, fact.unconfirmed_by].flatMap((stances) => stances ?? []).map((stance) => make("p", { className: "aside" }, stance)),
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
      ...(pieces.has("headline") ? [make("p", {}, make("b", {}, pieces.get("headline")))] : []),
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
  if (asOf) soon(() => {
    const embedded = part("~history");
    if (embedded) offerAsOf(JSON.parse(embedded.textContent).items);
    else if (location.protocol.startsWith("http")) {
      // A long story's history is large: whoever wants to look back asks for it.
      const ask = make("button", { type: "button" }, "See it as it stood before");
      const load = () =>
        fetch(asOf.dataset.history)
          .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
          .then((history) => {
            ask.remove();
            offerAsOf(history.items);
          })
          .catch(() => {}); // the page says all that is known now without it
      ask.addEventListener("click", load);
      asOf.append(ask);
      asOf.hidden = false;
      if (new URLSearchParams(location.search).has("asof")) load();
    }
  });

  // The list of stories: by words and by subject.
  const search = part("~search");
  const lines = all(".stories > .line");
  if (search && lines.length > 1) soon(() => {
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
  });

  // Live: asks for the page again, conditionally, while somebody looks at it.
  const live = part("~live");
  const mine = ["since", "asof", "changes"]; // parts of the page that stay as the reader has set them
  const putParts = (fetched) => {
    let previous = null;
    for (const section of fetched.querySelectorAll("#\\~main > [class]")) {
      let shown = all("#\\~main > [class]").find((other) => other.classList[0] === section.classList[0]);
      if (!shown || !mine.includes(section.classList[0])) {
        const fresh = document.importNode(section, true);
        if (shown) shown.replaceWith(fresh);
        else if (previous) previous.after(fresh);
        else part("~main").prepend(fresh);
        shown = fresh;
      }
      previous = shown;
    }
  };
  const putEntry = (told) => {
    const shown = part(told.id);
    const entry = document.importNode(told, true);
    if (!shown || shown.classList.contains("entry-new")) entry.classList.add("entry-new");
    if (shown) shown.replaceWith(entry); // it may have been corrected or withheld since
    else if (oldestFirst) part("~entries").append(entry);
    else {
      const first = entries().find((other) => !other.classList.contains("entry-pinned"));
      if (first) first.before(entry);
      else part("~entries").prepend(entry);
    }
  };
  const put = (fetched) => {
    // What the reader is reading stays where it is: the page is scrolled by as much as it grew above.
    const root = document.documentElement;
    root.style.overflowAnchor = "none"; // once, not by the browser too
    const reading = entries().find((entry) => entry.getBoundingClientRect().bottom > 0)?.id;
    const top = () => (reading ? part(reading).getBoundingClientRect().top : 0);
    const before = top();
    part("~entries").classList.add("laid-out"); // all entries: whatever is still to be laid out above would move it later
    putParts(fetched);
    for (const told of all("#\\~entries > .entry", fetched).reverse()) putEntry(told);
    localTimes(document);
    applyFilter();
    live.hidden = true;
    scrollBy({ top: top() - before, behavior: "instant" });
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
    stored(String(Math.max(...entries().map((entry) => Date.parse(entry.dataset.at)))));
  };
  const take = (fetched) => {
    const changed = all("#\\~entries > .entry", fetched).filter((entry) => part(entry.id)?.dataset.at !== entry.dataset.at);
    if (!changed.length) return;
    const fresh = changed.filter((entry) => !part(entry.id));
    // Nothing moves unasked: it waits until the reader wants it.
    const words = fresh.length ? counted(fresh.length, "new update", "new updates") : "This page has changed";
    const button = make("button", { type: "button" }, `${words}: show`);
    button.addEventListener("click", () => put(fetched));
    live.replaceChildren(button);
    live.hidden = false;
  };
  let validators = {};
  const look = async () => {
    const answer = await fetch(location.pathname, { cache: "no-store", headers: validators });
    if (answer.status !== 200) return;
    const [tag, modified] = ["ETag", "Last-Modified"].map((name) => answer.headers.get(name));
    if (tag) validators = { "If-None-Match": tag };
    else if (modified) validators = { "If-Modified-Since": modified };
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  };
  if (page === "story" && live && location.protocol.startsWith("http")) {
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
  }
}
