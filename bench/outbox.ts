// bench: 100,000 letters in the queue beside the API, and who of a roll of 200,000 has not voted
import { toHex } from "#base/bytes.js";
import { randomScalar } from "#crypto/scalar.js";
import { positions } from "#protocol/election.js";
import { Draft, MemoryState } from "#protocol/state.js";
import { createContext } from "#registration/context.js";
import { keepPlaces, notVoted } from "#registration/places.js";
import { seededRandom } from "../test/protocol-kit.js";
import { startRegistry } from "../test/registration-kit.js";
import { option, report } from "./kit.js";

const letters = option("letters", 100_000);
const roll = option("roll", 200_000);
const registry = await startRegistry();
const random = seededRandom("bench");

/** Milliseconds of one registration, which queues a letter itself: the median of many. */
async function registering(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    await registry.send("POST", "/register", { json: { name: "Ada", email: `ada${toHex(random(6))}@x.org` } });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[50] as number;
}

const before = await registering();
const start = performance.now();
await registry.mail.queue(
  registry.database.db,
  Array.from({ length: letters }, (_, i) => ({
    to: `v${i}@x.org`,
    subject: "Vote",
    text: "Hello\n",
    urgency: "bulk" as const,
  })),
);
const queueing = performance.now() - start;
const beside = await registering();

const uuid = "4eUJG2iYJxUzQj";
const { tables, mail, ledger } = registry;
await tables
  .insertInto("roll_secrets")
  .values({
    election: uuid,
    organisation: "o",
    secret: Buffer.from("x"),
    created_at: new Date(),
    entering_until: null,
    notified_at: null,
    erased_at: null,
    selection: null,
  })
  .execute();
const context = {
  ...createContext({ db: registry.database.db, mail, ledger: { current: () => ledger }, random } as never),
  tables,
};
const secret = randomScalar(random);
const lines = Array.from({ length: roll }, () => ({ digital_id: `0x${toHex(random(20))}` }));
await keepPlaces(context as never, uuid, secret, lines);
const state = new MemoryState();
const draft = new Draft(state);
for (let index = 0; index < roll; index++)
  positions.set(
    draft,
    {
      index,
      credential: random(32),
      weight: 1,
      sequence: index % 2,
      tracker: index % 2 === 0 ? null : random(32),
      replacedFrom: null,
      activeFrom: null,
      cancelled: false,
    },
    uuid,
    index,
  );
state.commit(draft.changes());
const computing = performance.now();
const missing = await notVoted(context as never, state, { uuid } as never, secret);
const computed = performance.now() - computing;
report("outbox", {
  "queueing letters, per second": Math.round((1000 * letters) / queueing),
  "POST /register, median ms, empty queue": Number(before.toFixed(2)),
  "POST /register, median ms, full queue": Number(beside.toFixed(2)),
  "who has not voted, ms": Math.round(computed),
  "have not voted": missing.size,
});
await registry.close();
