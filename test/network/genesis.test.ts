/** Organisations found a network together, with files that they give each other. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import {
  type Contribution,
  combine,
  contribute,
  contributionFrom,
  tooPowerful,
} from "#ledger/cometbft/contribution.js";
import { genesisFromFile } from "#ledger/cometbft/genesis-file.js";
import { cometHome } from "#ledger/cometbft/home.js";
import { genesisOf } from "../protocol-kit.js";

let base: string;
let contributions: Contribution[];

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "psephos-genesis-"));
  contributions = [];
  for (const [i, name] of ["Court", "University", "Party A", "Party B"].entries())
    contributions.push(await contribute(join(base, name), { name, power: 10, p2p: `127.0.0.1:${1000 + i}` }));
});
afterAll(() => rmSync(base, { recursive: true }));

const agreed = () => {
  const { founder } = genesisOf();
  return { chainId: "together-1", time: 1_800_000_000_000_000_000n, practice: false, founder };
};

test("every order of contributions gives the same bytes, and they found a network of these validators", () => {
  const one = combine(contributions, agreed());
  const other = combine([...contributions].reverse(), agreed());
  expect(one).toEqual(other);
  const genesis = genesisFromFile(one.ok ? one.value : "");
  expect(genesis).toMatchObject({ ok: true, value: { chainId: "together-1", engine: "cometbft" } });
});

test("no secret leaves a node's directory", () => {
  const secret = readFileSync(join(cometHome(join(base, "Court")), "config", "priv_validator_key.json"), "utf8");
  const bytes = Buffer.from((JSON.parse(secret) as { priv_key: { value: string } }).priv_key.value, "base64");
  const seed = bytes.subarray(0, 32);
  const given = JSON.stringify(contributions) + JSON.stringify(combine(contributions, agreed()));
  for (const form of ["hex", "base64", "base64url"] as const) expect(given).not.toContain(seed.toString(form));
});

test("a contribution that was changed on the way, or does not say enough, is refused with a sentence", () => {
  const [court] = contributions as [Contribution];
  expect(contributionFrom(JSON.stringify(court))).toEqual({ ok: true, value: court });
  const flipped = fromHex(court.key) as Uint8Array;
  flipped[0] = (flipped[0] as number) ^ 1;
  for (const [text, sentence] of [
    ["{", "not JSON"],
    ["{}", "no validator's contribution"],
    ["null", "no validator's contribution"],
    [JSON.stringify({ ...court, power: 11 }), "does not hold"],
    [JSON.stringify({ ...court, name: "Coup" }), "does not hold"],
    [JSON.stringify({ ...court, p2p: "127.0.0.1:9" }), "does not hold"],
    [JSON.stringify({ ...court, key: toHex(flipped) }), "does not hold"],
    [JSON.stringify({ ...court, power: 0 }), "power"],
    [JSON.stringify({ ...court, node: "ff" }), "40 hexadecimal digits"],
    [JSON.stringify({ ...court, p2p: "here" }), "host:port"],
  ] as const) {
    const read = contributionFrom(text);
    expect(read.ok ? "taken" : read.error).toContain(sentence);
  }
});

test("the same validator twice is refused; who could stop the network alone is named", () => {
  const [court, ...others] = contributions as [Contribution, ...Contribution[]];
  expect(combine([court, court, ...others], agreed())).toEqual({
    ok: false,
    error: `Two contributions have the same key: ${court.key}.`,
  });
  expect(tooPowerful(contributions)).toEqual([]);
  expect(tooPowerful(contributions.slice(0, 2))).toEqual(["Court", "University"]);
});
