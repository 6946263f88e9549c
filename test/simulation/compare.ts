/** Reads the ledger's state back in the model's words, and says in which it differs. */
import { toHex } from "#base/bytes.js";
import { multiplyPublic, type Point, pointToAffine, pointToBytes, sum } from "#crypto/group.js";
import { ceremonies } from "#protocol/ceremony.js";
import { type ElectionRecord, elections, positions, results, tallies } from "#protocol/election.js";
import { organisationOf } from "#protocol/organisation.js";
import type { StateReader } from "#protocol/state.js";
import { countedSeats, type Election, type Model, weightOf } from "./model.js";
import { type Template, templates } from "./people.js";
import { injectedTracker, ORGANISATIONS, poolBallot } from "./world.js";

/** Everything in which ledger and model differ, in words; empty when they agree. */
export function differences(state: StateReader, model: Model, real: boolean): string[] {
  const out: string[] = [];
  const same = (what: string, ledger: unknown, predicted: unknown): void => {
    const [a, b] = [show(ledger), show(predicted)];
    if (a !== b) out.push(`${what}: the ledger has ${a}, the model ${b}`);
  };
  for (const organisation of model.organisations.values()) {
    const entry = organisationOf(state, ORGANISATIONS[organisation.name] as string)?.entry;
    const names = entry?.fields.officers
      .map((officer) => officer.name.at(-1)?.replace(/\d/, (n) => "?ABC"[Number(n)] as string))
      .sort();
    const { threshold, revision, logEntries } = organisation;
    same(
      organisation.name,
      [names, entry?.fields.threshold, entry?.revision, entry?.logEntries],
      [[...organisation.officers].sort(), threshold, revision, logEntries],
    );
  }
  for (const template of templates().values()) {
    const predicted = model.elections.get(template.name);
    const found = elections.get(state, template.uuid);
    same(`${template.name} exists`, found !== undefined, predicted !== undefined);
    if (predicted !== undefined && found !== undefined) compareElection(state, template, found, predicted, real, same);
  }
  return out;
}

function compareElection(
  state: StateReader,
  template: Template,
  { entry }: ElectionRecord,
  model: Election,
  real: boolean,
  same: (what: string, a: unknown, b: unknown) => void,
): void {
  const { name, uuid } = template;
  const counted = countedSeats(model);
  const mark = model.end ?? (model.sealed ? "sealed" : "announced");
  same(
    `${name} mark and times`,
    [entry.mark, entry.opensAt, entry.closesAt],
    [mark, model.rules.opensAt, model.closesAt],
  );
  const ceremony = ceremonies.get(state, uuid);
  same(`${name} ceremony`, [ceremony?.number, ceremony?.phase], [model.ceremony.number, model.ceremony.phase]);
  same(
    `${name} culprits`,
    ceremony?.culprits.map(({ ceremony: number, trustee: place, phase, reason }) => [number, place, phase, reason]),
    model.culprits.map(({ ceremony: number, place, phase, reason }) => [number, place, phase, reason]),
  );
  same(`${name} roll`, entry.rollCount, model.seats.length);
  same(`${name} roll weight`, entry.rollWeight, weightOf(model.seats.filter((seat) => seat.activeFrom === null)));
  same(
    `${name} counters`,
    [
      entry.ballotCount,
      entry.eventCount,
      entry.counted,
      entry.countedWeight,
      entry.spoiled,
      entry.mismatches,
      entry.reissued,
      entry.shares,
    ],
    [
      model.log.size,
      model.events,
      counted.length,
      weightOf(counted),
      model.spoiled,
      model.mismatches,
      model.reissued,
      model.shares.size,
    ],
  );
  const keys = template.credentials.map((each) => toHex(pointToBytes(each.key)));
  for (const [index, seat] of model.seats.entries()) {
    const position = positions.get(state, uuid, index);
    const tracker = position?.tracker == null ? null : toHex(position.tracker);
    const expected = seat.counted === null ? null : real ? tracker : toHex(injectedTracker(name, seat.counted.ballot));
    same(
      `${name} seat ${index}`,
      [
        keys.indexOf(toHex(position?.credential as Uint8Array)),
        position?.weight,
        position?.sequence,
        tracker,
        position?.replacedFrom,
        position?.activeFrom,
        position?.cancelled,
      ],
      [seat.who, seat.weight, seat.sequence, expected, seat.replacedFrom, seat.activeFrom, seat.void],
    );
    same(`${name} seat ${index} counted`, tracker !== null, seat.counted !== null);
  }
  same(`${name} result`, results.get(state, uuid)?.counts, model.result === null ? undefined : [model.result]);
  if (!real && model.sealed) compareSums(state, template, model, same);
}

/** The running tally is exactly the sum of the ballots that count: their randomness is known here, so it can be recomputed. */
function compareSums(
  state: StateReader,
  template: Template,
  model: Election,
  same: (what: string, a: unknown, b: unknown) => void,
): void {
  const sums = tallies.get(state, template.uuid)?.sums ?? [];
  const pool = countedSeats(model).map((seat) => ({
    seat,
    ballot: poolBallot(model.name, model.ceremony.number, seat.counted?.ballot as number),
  }));
  const expected = [0, 1].flatMap((answer) => {
    const part = (pick: "alpha" | "beta"): Point =>
      sum(
        pool.map(({ seat, ballot }) =>
          multiplyPublic(ballot.ciphertexts[answer]?.[pick] as Point, BigInt(seat.weight)),
        ),
      );
    return [pointToAffine(part("alpha")), pointToAffine(part("beta"))];
  });
  same(`${template.name} running tally`, sums.map(toHex), expected.map(toHex));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === "bigint" ? `${each}` : each === undefined ? "nothing" : each,
  );
}
