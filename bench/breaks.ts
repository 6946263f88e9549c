// bench: breaks each guard of test/attacks/breaks.ts and wants the test of its row to notice (ROW=K-06 for one)
import { availableParallelism, cpus } from "node:os";
import { BREAKS } from "../test/attacks/breaks.js";
import { brokenTree } from "./broken-tree.js";

const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
const started = performance.now();
const chosen = BREAKS.filter(({ row }) => process.env.ROW === undefined || row === process.env.ROW);
const tree = brokenTree();
const unnoticed: string[] = [];
try {
  for (const { row, file, find, put, test, whole } of chosen) {
    const tests = whole === true ? [test] : [test, "-t", row];
    const alive = tree.survives(file, (sound) => sound.replace(find, () => put), tests);
    if (alive) unnoticed.push(`${row} in ${file}`);
    say(`${row}  ${alive ? "NOT NOTICED" : "noticed"}  ${file}`);
  }
} finally {
  tree.remove();
}
const result = {
  breaks: chosen.length,
  rows: new Set(chosen.map(({ row }) => row)).size,
  unnoticed,
  seconds: Math.round((performance.now() - started) / 1000),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`,
};
process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
process.exit(unnoticed.length > 0 ? 1 : 0);
