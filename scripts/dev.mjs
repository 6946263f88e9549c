// npm run dev -- [options of npm start]: compiles on every change and restarts the server when the compiled files change.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./setup.mjs";

prepare();
const tsc = spawn(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-b", "--watch", "--preserveWatchOutput", "tsconfig.node.json"],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
);
const server = spawn(
  process.execPath,
  ["--watch", "--watch-preserve-output", join(root, "dist/server/main.js"), "--practice", ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
const children = [tsc, server];
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
for (const child of children) {
  child.on("exit", (code) => {
    for (const other of children) if (other !== child) other.kill("SIGTERM");
    process.exitCode = code ?? 0;
  });
}
