/**
 * A seed becomes the history of an embedded ledger on a real store under a virtual clock: clients send at once, again and
 * late; the process ends at every step of a write; the judge is busy; the clock jumps back. The model predicts each
 * answer, what was acknowledged must be there after every end of the process, and an observer has the same roots.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Busy } from "#base/busy.js";
import { bytesEqual, toHex } from "#base/bytes.js";
import { transactionId } from "#ledger/embedded/intake.js";
import { createLedger, nodeKeyOf, openLedger } from "#ledger/embedded/open.js";
import { DATA_FILE, OwnerLost, type WriteStep } from "#ledger/embedded/store.js";
import { type Ledger, LedgerUnavailable, type Submitted } from "#ledger/ledger.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";
import type { Rejection } from "#protocol/rejections.js";
import { genesisOf, START } from "../protocol-kit.js";
import { Author, Dice, FOUNDERS } from "./author.js";
import { differences } from "./compare.js";
import { Model } from "./model.js";
import { show } from "./play.js";
import { asOfNow, type Sent, sentAs } from "./sent.js";
import { injectedVerdicts, trusts, World } from "./world.js";

const S = 1_000_000_000n;
const STEPS: readonly WriteStep[] = ["begin", "written", "committed", "answered"];

export type EmbeddedFault = "crash" | "restart" | "busy judge" | "clock jumps back" | "sent twice";

export interface EmbeddedOutcome {
  readonly blocks: number;
  readonly transactions: number;
  /** Simulated nanoseconds. */
  readonly time: bigint;
  readonly faults: ReadonlyMap<EmbeddedFault, number>;
  /** Answers that a client did not get because the process ended, and got later. */
  readonly unanswered: number;
}

type Answer = { readonly ok: true; readonly value: Submitted } | { readonly ok: false; readonly error: Rejection };

/** Plays a seed to its end. Throws with everything needed to see what went wrong. */
export async function playEmbedded(seed: number): Promise<EmbeddedOutcome> {
  const directory = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "psephos-simulation-"));
  const genesis = genesisOf({ engineKey: await nodeKeyOf(directory) });
  const game = new EmbeddedGame(seed, directory, genesis);
  try {
    await game.found();
    while (await game.round()) {
      // each round is some seconds
    }
    return await game.finish();
  } catch (error) {
    throw game.explained(error as Error);
  } finally {
    await game.close();
    await rm(directory, { recursive: true, force: true });
  }
}

class EmbeddedGame {
  readonly #seed: number;
  readonly #directory: string;
  readonly #genesis: ReturnType<typeof genesisOf>;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #model: Model;
  readonly #author: Author;
  readonly #waiting = new Map<string, Sent>();
  readonly #sent = new Map<string, Sent>();
  readonly #places = new Map<string, { readonly height: number; readonly index: number }>();
  readonly #faults = new Map<EmbeddedFault, number>();
  readonly #history: string[] = [];
  #ledger: Ledger | undefined;
  #crash: WriteStep | undefined;
  #ended = false;
  #busy = false;
  #back = 0n;
  #now = START + S;
  #height = 0;
  #time: bigint;
  #rounds = 0;
  #unanswered = 0;
  #afterwards = 6;

  constructor(seed: number, directory: string, genesis: ReturnType<typeof genesisOf>) {
    this.#seed = seed;
    this.#directory = directory;
    this.#genesis = genesis;
    this.#time = genesis.time;
    this.#dice = new Dice(seed);
    this.#world = new World(`${seed}`, false, genesis);
    this.#model = new Model("founders", FOUNDERS, 2, trusts());
    this.#author = new Author(seed, this.#dice, this.#model);
  }

  async found(): Promise<void> {
    this.#ledger = await createLedger(this.#directory, this.#genesis, this.#options());
  }

  async close(): Promise<void> {
    await this.#ledger?.close();
  }

  async round(): Promise<boolean> {
    await this.#breakThings();
    for (const act of this.#author.acts(this.#now)) {
      const wire = this.#world.wire(act);
      const id = toHex(transactionId(wire));
      const sent = this.#sent.get(id) ?? sentAs(act, wire, this.#model);
      this.#sent.set(id, sent);
      this.#waiting.set(id, sent);
    }
    await this.#submitAll();
    if (this.#rounds++ % 8 === 0) this.#compare();
    this.#now = this.#author.later(this.#now);
    if (this.#author.over(this.#time)) this.#afterwards--;
    return this.#rounds < 400 && this.#afterwards > 0;
  }

  async finish(): Promise<EmbeddedOutcome> {
    this.#crash = undefined;
    this.#busy = false;
    for (let i = 0; this.#waiting.size > 0 && i < 5; i++) {
      await this.#submitAll();
      this.#now += S;
    }
    if (this.#waiting.size > 0) throw new Error("somebody got no answer");
    await this.#restart();
    await this.#follow();
    this.#compare();
    const [blocks, transactions, time] = [this.#height, this.#places.size, this.#now - START];
    return { blocks, transactions, time, faults: this.#faults, unanswered: this.#unanswered };
  }

  explained(error: Error): Error {
    const replay = `EMBEDDED_SEED=${this.#seed} npx vitest run test/simulation/embedded.test.ts`;
    return new Error(`${error.message}\n\n${this.#history.slice(-20).join("\n")}\n\nreplay: ${replay}`, {
      cause: error,
    });
  }

  #options() {
    const verdicts = injectedVerdicts();
    const judge: Judge = {
      judge: async (tasks: readonly BallotTask[]): Promise<readonly BallotVerdict[]> => {
        if (this.#busy) throw new Busy("the judge", 1000);
        return tasks.map((task) => verdicts.ballot(task));
      },
      close: async () => {},
    };
    const onStep = (step: WriteStep): void => {
      if (this.#crash !== step) return;
      this.#crash = undefined;
      this.#ended = true;
      // The engine never goes on after it has lost the store, so from here on this process does nothing any more.
      throw new OwnerLost(`the process ended at "${step}"`);
    };
    return { judge, onStep, gatherMs: 0, clock: () => this.#now - this.#back };
  }

  #fault(kind: EmbeddedFault, line: string = kind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    this.#history.push(`${this.#height} ${this.#now} ${line}`);
  }

  async #breakThings(): Promise<void> {
    const dice = this.#dice;
    this.#busy = dice.chance(0.05);
    if (this.#busy) this.#fault("busy judge");
    if (this.#back > 0n) this.#back = dice.chance(0.5) ? 0n : this.#back;
    else if (dice.chance(0.05)) {
      this.#back = BigInt(1 + dice.below(600)) * S;
      this.#fault("clock jumps back", `the clock jumps ${this.#back / S} s back`);
    }
    if (dice.chance(0.15)) {
      this.#crash = dice.pick(STEPS);
      this.#fault("crash", `the process will end at "${this.#crash}"`);
    } else if (dice.chance(0.05)) {
      this.#fault("restart");
      await this.#restart();
    }
  }

  async #restart(): Promise<void> {
    await this.#ledger?.close();
    this.#ended = false;
    // The process that ended is this one; a new file is nobody's, as after its real end.
    const file = join(this.#directory, DATA_FILE);
    await copyFile(file, `${file}.copy`);
    await rename(`${file}.copy`, file);
    this.#ledger = await openLedger(this.#directory, this.#options());
  }

  /** Everybody who waits sends at once, some twice. Then the new blocks are followed, and each answer is judged. */
  async #submitAll(): Promise<void> {
    const ledger = this.#ledger as Ledger;
    const before = this.#model.fork();
    const asked = [...this.#waiting];
    for (const one of [...asked])
      if (this.#dice.chance(0.1)) {
        this.#fault("sent twice");
        asked.push(one);
      }
    const answers = await Promise.allSettled(asked.map(([, { wire }]) => ledger.submit(wire)));
    // What was to happen after the answer may still be under way.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#ended) await this.#restart();
    const states = [before, ...(await this.#follow())];
    for (const [i, answer] of answers.entries()) {
      const [id, sent] = asked[i] as [string, Sent];
      if (answer.status === "rejected") this.#unheard(answer.reason);
      else this.#judge(id, sent, answer.value, states);
    }
  }

  #unheard(reason: unknown): void {
    if (!(reason instanceof LedgerUnavailable) && !(reason instanceof Busy)) throw reason;
    this.#unanswered++;
  }

  /** Acknowledged means there; refused means that the model refuses at some moment since it was sent. */
  #judge(id: string, sent: Sent, answer: Answer, states: readonly Model[]): void {
    this.#waiting.delete(id);
    if (answer.ok) {
      const place = this.#places.get(id);
      if (place === undefined || place.height !== answer.value.height || place.index !== answer.value.index)
        throw new Error(`acknowledged, but not there: ${show(sent.act)}`);
      return;
    }
    const { code } = answer.error;
    this.#history.push(`${this.#height} ${this.#now} ${code} ${show(sent.act)}`);
    const clock = this.#now - this.#back;
    const times = [clock, this.#time, this.#time + 1n, clock > this.#time ? clock : this.#time + 1n];
    const possible = states.flatMap((model) => times.map((time) => model.fork().act(asOfNow(sent, model), time)));
    if (!possible.includes(code))
      throw new Error(`the ledger says ${code}, the model ${[...new Set(possible)].join(" or ")}: ${show(sent.act)}`);
  }

  /** Plays the blocks that are new to the observer and the model. The worlds after each transaction. */
  async #follow(): Promise<Model[]> {
    const states: Model[] = [];
    const ledger = this.#ledger as Ledger;
    for (let height = this.#height + 1; ; height++) {
      const block = ledger.block(height);
      if (block === undefined) break;
      for (const [index, wire] of block.transactions.entries()) {
        const id = toHex(transactionId(wire));
        const sent = this.#sent.get(id) as Sent;
        const code = this.#model.act(asOfNow(sent, this.#model), block.time);
        if (code !== "ok") throw new Error(`in a block, but the model says ${code}: ${show(sent.act)}`);
        if (this.#places.has(id)) throw new Error(`twice on the ledger: ${show(sent.act)}`);
        this.#history.push(`${height} ${block.time} ok ${show(sent.act)}`);
        this.#places.set(id, { height, index });
        this.#author.remember(sent.act);
        states.push(this.#model.fork());
      }
      if (block.time <= this.#time) throw new Error(`block ${height} is not later than the one before`);
      const observer = this.#world.ledger;
      observer.time = block.time;
      const { root } = observer.block(...block.transactions);
      [this.#height, this.#time] = [height, block.time];
      const status = ledger.status();
      if (status.height === height && !bytesEqual(status.root, root)) throw new Error(`another root at ${height}`);
    }
    return states;
  }

  #compare(): void {
    const differ = differences((this.#ledger as Ledger).state(), this.#model, false);
    if (differ.length > 0) throw new Error(differ.join("\n"));
  }
}
