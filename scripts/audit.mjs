// npm run audit [-- --json] [--last | --no-run] [--board]: the attack scoreboard of docs/attacks.md, judged by running the tests that
// it names; advisories about dependencies, where the registry answers; licences; a bill of materials. Exit code 1 when any
// row is red, a licence is not allowed, or a dependency that runs in production has a high or critical advisory.
//   --last    judge by the results of the last npm test instead of running the tests
//   --no-run  run nothing: only whether the named tests are there ("green" then says no more than that)
//   --board   only the scoreboard
//   --json    one object on stdout, everything else on stderr
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { judgeBoard, namedBoard, readBoard } from "./audit/board.mjs";
import { advisories, billOfMaterials, licences } from "./audit/packages.mjs";
import { prepare, readJson, root, runTool, say, stop } from "./setup.mjs";

const options = new Set(process.argv.slice(2));
for (const option of options)
  if (!["--json", "--last", "--no-run", "--board"].includes(option))
    stop(`audit knows --json, --last, --no-run and --board, not ${option}.`);

const ran = !options.has("--no-run");
if (ran) prepare();
const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const report = join(cache, options.has("--last") ? "vitest.json" : "audit.json");
const rows = readBoard();

if (!ran) {
  say("Running nothing: this only says whether the named tests are there.");
} else if (options.has("--last")) {
  if (!existsSync(report)) stop("There are no results of npm test yet; leave --last out to run the tests.");
} else {
  rmSync(report, { force: true });
  const files = [...new Set(rows.flatMap((row) => row.files))].sort();
  say(`Running ${files.length} test files that the scoreboard names ...`);
  runTool("vitest/vitest.mjs", ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`, ...files]);
}
const board = ran ? judgeBoard(rows, readJson(report)?.testResults ?? []) : namedBoard(rows);
const packages = options.has("--board")
  ? {}
  : { advisories: advisories(), licences: licences(), sbom: billOfMaterials(join(cache, "sbom.json")) };

const { advisories: found, licences: licensed } = packages;
const failed = board.red.length > 0 || (licensed?.refused.length ?? 0) > 0 || (found?.serious ?? 0) > 0;

if (options.has("--json")) {
  const count = ({ green, notApplicable, open, red, broken }) => ({
    green: green.length,
    notApplicable: notApplicable.length,
    open: open.length,
    red: red.length,
    breaks: broken.length,
  });
  process.stdout.write(`${JSON.stringify({ ...count(board), ran, rows: board.rows, ...packages })}\n`);
} else show();
process.exit(failed ? 1 : 0);

function show() {
  const out = (line) => process.stdout.write(`${line}\n`);
  out(`Attacks (docs/attacks.md), ${rows.length} rows:`);
  out(
    `  green           ${board.green.length}  the named tests ${ran ? "ran and passed" : "are there; nothing was run"}`,
  );
  out(`  not applicable  ${board.notApplicable.length}`);
  out(`  open            ${board.open.length}  ${board.open.join(" ")}`);
  out(`  red             ${board.red.length}`);
  out(`  breaks kept     ${board.broken.length}  of tested rows; npm run bench -- breaks makes them`);
  for (const { id, title, why } of board.rows.filter((row) => row.status === "red")) out(`    ${id} ${title}: ${why}`);
  if (found === undefined) return;
  out("Advisories:");
  out(
    found.reachable
      ? `  ${found.total} about what runs in production, ${found.serious} of them high or critical`
      : `  unknown: ${found.reason}`,
  );
  out(`Licences of ${licensed.production} packages in production and ${licensed.development} more in development:`);
  for (const [name, count] of Object.entries(licensed.byName)) out(`  ${String(count).padStart(4)}  ${name}`);
  for (const line of licensed.refused) out(`  not allowed: ${line}`);
  const { sbom } = packages;
  out(sbom.file === undefined ? `Bill of materials: ${sbom.reason}` : `Bill of materials: ${sbom.file} (CycloneDX)`);
}
