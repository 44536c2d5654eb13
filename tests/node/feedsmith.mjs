// Reads a feed on stdin as feedsmith does, and prints [{id, title, content}, …] as JSON: what tests/readers compares.
import { readFileSync } from "node:fs";
import { parseFeed } from "feedsmith";

const { format, feed } = parseFeed(readFileSync(0, "utf8"));
const text = (value) => (typeof value === "string" ? value : (value?.value ?? value?.encoded ?? ""));
const entries = { atom: feed.entries, rss: feed.items, json: feed.items }[format] ?? [];
console.log(
  JSON.stringify(
    entries.map((entry) => ({
      id: text(entry.id ?? entry.guid),
      title: text(entry.title),
      content: text(entry.content) || entry.content_html || "",
    })),
  ),
);
