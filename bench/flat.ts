// bench: memory of verifying records of noise (no proofs): --ballots N and a hundredth, a tenth of it; what is beside the proofs
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { scratchState } from "#ledger/scratch.js";
import { computeSwiftly } from "#pool/swift.js";
import { recordVerifier } from "#verify/record.js";
import { noiseRecord, noiseVerdicts } from "../test/many-ballots.js";
import { note, option, report } from "./kit.js";

computeSwiftly();
const at = process.argv.indexOf("--file");
if (at >= 0) {
  await verifyFile(process.argv[at + 1] as string);
  process.exit(0);
}

const ballots = option("ballots", 100_000);
const directory = mkdtempSync(join(tmpdir(), "psephos-flat-"));
for (const count of [Math.round(ballots / 100), Math.round(ballots / 10), ballots]) {
  const path = join(directory, "record");
  await pipeline(noiseRecord(count), createWriteStream(path));
  const done = spawnSync(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), "--file", path], {
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`a good record was refused: ${done.stdout}${done.stderr}`);
  const { seconds, mebibytes } = JSON.parse(done.stdout) as { readonly seconds: number; readonly mebibytes: number };
  note(`replay of ${count} ballots without proofs`, "CPU seconds", [seconds]);
  note(`replay of ${count} ballots without proofs, peak`, "MiB", [mebibytes]);
}
rmSync(directory, { recursive: true });
report("flat", { ballots });

/** Verifies a record of noise; prints CPU seconds of this process and memory at its highest. */
async function verifyFile(path: string): Promise<void> {
  const store = scratchState();
  const verifier = recordVerifier({ verdicts: noiseVerdicts, store });
  for await (const chunk of createReadStream(path, { highWaterMark: 2 << 20 })) for (const _ of verifier.push(chunk));
  if (verifier.finish().verdict !== "valid") throw new Error("refused");
  await store.close();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, mebibytes: maxRSS / 1024 }));
}
