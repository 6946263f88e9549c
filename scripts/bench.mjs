// npm run bench -- [NAME [--json] ...]: runs bench/NAME.ts over the built files; without a name, lists what there is.
// The first comment line of a bench is its description.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root, say, stop } from "./setup.mjs";

const directory = join(root, "bench");
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(directory)
  .filter((file) => file.endsWith(".ts") && readFileSync(join(directory, file), "utf8").startsWith("// bench:"))
  .map((file) => file.slice(0, -3))
  .sort();

if (name === undefined || name === "--help") {
  say("npm run bench -- NAME [--json]   runs one of:");
  for (const each of names) {
    const first = readFileSync(join(directory, `${each}.ts`), "utf8").split("\n")[0];
    say(`  ${each.padEnd(20)}${first.replace("// bench:", "").trim()}`);
  }
  process.exit(0);
}
if (!/^[a-z0-9-]+$/.test(name) || !existsSync(join(directory, `${name}.ts`))) {
  stop(`There is no bench "${name}". There are: ${names.join(", ") || "none"}.`, 2);
}
prepare();
// Workers and the server under test load built files, so the bench does too: no psephos-source condition here.
const done = spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", join(directory, `${name}.ts`), ...rest], {
  cwd: root,
  stdio: "inherit",
});
process.exit(done.status ?? 1);
