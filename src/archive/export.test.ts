import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { concat, fromHex } from "#base/bytes.js";
import { readRecords } from "./container.js";
import { type ArchiveCredential, archiveWriter, credentialsText } from "./export.js";

const vectors = join(import.meta.dirname, "..", "..", "vectors", "belenios");

interface Parts {
  readonly setup: { timestamp: number; electionText: string; trusteesText: string; credentialsText: string };
  readonly ballots: string[];
  readonly end: {
    encryptedTallyText: string;
    counted: number;
    countedWeight: number;
    shares: { owner: number; text: string }[];
    resultText: string;
  };
}

/** Takes an archive apart, leniently: it is known to be genuine. */
function partsOf(archive: Uint8Array): Parts {
  const texts = new Map<string, string>();
  const events: { type: string; payload?: string }[] = [];
  let timestamp = 0;
  for (const record of readRecords([archive])) {
    if (!record.ok) throw new Error(record.error.detail);
    const { name, body } = record.value;
    const text = Buffer.from(body).toString("utf8");
    if (name === "BELENIOS") timestamp = Number(JSON.parse(text).timestamp);
    else if (name.endsWith(".event.json")) events.push(JSON.parse(text));
    else texts.set(name.slice(0, 64), text);
  }
  const text = (hash: string | undefined) => texts.get(hash ?? "") as string;
  const payload = (type: string) => text(events.find((event) => event.type === type)?.payload);
  const setup = JSON.parse(payload("Setup"));
  const sized = JSON.parse(payload("EncryptedTally"));
  return {
    setup: {
      timestamp,
      electionText: text(setup.election),
      trusteesText: text(setup.trustees),
      credentialsText: text(setup.credentials),
    },
    ballots: events.filter((event) => event.type === "Ballot").map((event) => text(event.payload)),
    end: {
      encryptedTallyText: text(sized.encrypted_tally),
      counted: sized.num_tallied,
      countedWeight: sized.total_weight,
      shares: events
        .filter((event) => event.type === "PartialDecryption")
        .map((event) => JSON.parse(text(event.payload)))
        .map((owned) => ({ owner: owned.owner, text: text(owned.payload) })),
      resultText: payload("Result"),
    },
  };
}

test.each([
  "minimal-4eUJG2iYJxUzQj.bel",
  "tiny-yesno-ALMYGqHaLyCN8x.bel",
  "blank-weights-EyhEbzntnXPpwv.bel",
  "three-mandatory-18YpF9FC4sy1n5.bel",
])("writing the parts of %s gives the very bytes that Belenios wrote", (file) => {
  const archive = readFileSync(join(vectors, file));
  const { setup, ballots, end } = partsOf(archive);
  const writer = archiveWriter();
  const written = concat(...writer.setup(setup), ...ballots.flatMap(writer.ballot), ...writer.end(end));
  expect(Buffer.compare(written, archive)).toBe(0);
});

test.each(["tiny-yesno-ALMYGqHaLyCN8x.bel", "blank-weights-EyhEbzntnXPpwv.bel"])(
  "credentials of %s come out sorted and weighted as Belenios sorts and weighs them",
  (file) => {
    const { setup } = partsOf(readFileSync(join(vectors, file)));
    const rows = JSON.parse(setup.credentialsText) as string[];
    const credentials: ArchiveCredential[] = rows.map((row) => {
      const [text, weight] = row.split(",") as [string, string | undefined];
      return { key: (fromHex(text) as Uint8Array).reverse(), weight: Number(weight ?? 1) };
    });
    expect(credentialsText(credentials.reverse())).toBe(setup.credentialsText);
  },
);
