// bench: kill -9 in a loop under load (KILLS=200, SEED=…): no acknowledged transaction lost, same root after replay
import { availableParallelism, cpus } from "node:os";
import { type KillReport, killLoop } from "../test/kill/kill.js";
import { removeDirectory, temporaryDirectory } from "../test/ledger-kit.js";

const kills = Number(process.env.KILLS ?? 200);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));

const directory = await temporaryDirectory();
const started = performance.now();
say(`${kills} kills, seed ${seed}`);
const reports = await killLoop({
  directory,
  kills,
  ballots: kills * 2,
  cheapPerRound: 60,
  seed,
  onKill: (report) => {
    if (report.kill % 20 === 0)
      say(
        `kill ${report.kill}: height ${report.height}, ${report.acknowledgedInAll} acknowledged, ${report.unheard} final but unheard`,
      );
  },
});
const last = reports.at(-1) as KillReport;
const result = {
  kills: reports.length,
  duringWork: reports.filter((report) => report.acknowledged > 0).length,
  blocks: last.height,
  acknowledged: last.acknowledgedInAll,
  finalButUnheard: last.unheard,
  lost: 0,
  seed,
  seconds: Math.round((performance.now() - started) / 1000),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`,
};
await removeDirectory(directory);
process.stdout.write(
  json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\nNothing acknowledged was lost.\n`,
);
