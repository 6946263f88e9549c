// bench: breaks each guard of test/attacks/breaks and wants the test of its row to notice (ROW=K-06,T-01 for some; GROUP=quick, slow or web)
import { availableParallelism, cpus } from "node:os";
import { type Break, editsOf, GROUPS, groupOf } from "../test/attacks/breaks/break.js";
import { BREAKS } from "../test/attacks/breaks.js";
import { brokenTree, type Outcome } from "./broken-tree.js";

/** What a server says whose machine is busy with something else: no sign that a test notices anything. */
const BUSY = /Retry-After|overloaded|too-many-requests|server is busy/;

const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
const started = performance.now();
const rows = process.env.ROW?.split(",");
const groups = process.env.GROUP?.split(",");
const tree = brokenTree();
const unnoticed: string[] = [];
let tried = 0;
try {
  // The cheap ones first.
  for (const group of GROUPS) {
    const chosen = BREAKS.filter((each) => groupOf(each) === group)
      .filter(({ row }) => rows?.includes(row) ?? true)
      .filter(() => groups?.includes(group) ?? true);
    if (chosen.length === 0) continue;
    for (const file of new Set(chosen.map(({ test }) => test))) {
      const here = chosen.filter(({ test }) => test === file);
      // A test that fails in the sound tree would seem to notice every break.
      const sound = patiently(
        () => tree.run([], testsOf(here)),
        ({ alive }) => alive,
      );
      if (!sound.alive) unnoticed.push(`${file} fails without a break: ${sound.said}`);
      else for (const each of here) judge(each);
    }
  }
} finally {
  tree.remove();
}
const result = {
  breaks: tried,
  rows: new Set(BREAKS.map(({ row }) => row)).size,
  unnoticed,
  seconds: Math.round((performance.now() - started) / 1000),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`,
};
process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
process.exit(unnoticed.length > 0 ? 1 : 0);

/** The files of the breaks, by the tests with one of the rows in their names. */
function testsOf(breaks: readonly Break[]): string[] {
  const files = new Set(breaks.map(({ test }) => test));
  const ids = new Set(breaks.map(({ row }) => row));
  return breaks.some(({ whole }) => whole) ? [...files] : [...files, "-t", `(${[...ids].join("|")})`];
}

/** On a busy machine tests fail for other reasons than a break: up to three times, until the outcome says something. */
function patiently(run: () => Outcome, speaks: (outcome: Outcome) => boolean): Outcome {
  let outcome = run();
  for (let tries = 1; tries < 3 && !speaks(outcome); tries++) outcome = run();
  return outcome;
}

function judge(each: Break): void {
  const edits = editsOf(each).map(({ file, find, put }) => ({
    file,
    change: (sound: string) => sound.replace(find, () => put),
  }));
  const outcome = patiently(
    () => tree.run(edits, testsOf([each])),
    ({ said }) => !BUSY.test(said),
  );
  const { said, failed } = outcome;
  const alive = each.whole === true ? !failed.some((name) => name.includes(each.row)) : outcome.alive;
  tried++;
  if (alive) unnoticed.push(`${each.row} in ${each.file}`);
  say(`${each.row}  ${alive ? "NOT NOTICED" : "noticed"}  ${each.file}  ${said}`);
}
