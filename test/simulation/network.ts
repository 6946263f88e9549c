/**
 * A seed becomes the history of a network: four validators (real applications on real stores) under a simulated engine
 * and a virtual clock. Messages are lost, late, doubled and out of order; processes end at every step of a commit; disks
 * are wiped; the network splits; a clock is ten minutes off; a proposer is Byzantine. An observer in memory and the
 * independent model follow the decided blocks: whatever is decided must take effect, on every validator alike.
 *
 * The engine's own promises are taken for granted here and tested on the real one (test/network): more than two thirds
 * decide, a block is kept before the application has it, and its time is the median of the votes before.
 */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import type { AbciBlock } from "#ledger/cometbft/abci-messages.js";
import { engineKeyOf } from "#ledger/cometbft/genesis-file.js";
import { transactionId as idOf } from "#ledger/embedded/intake.js";
import { type RejectionCode, rejectionNumber } from "#protocol/rejections.js";
import { testValidators } from "../comet-kit.js";
import { genesisOf, START } from "../protocol-kit.js";
import type { Act } from "./acts.js";
import { Author, Dice, FOUNDERS } from "./author.js";
import { differences } from "./compare.js";
import { Model } from "./model.js";
import { show } from "./play.js";
import { asOfNow, type Sent, sentAs } from "./sent.js";
import { CRASHES, type Decided, SimulatedValidator } from "./validator.js";
import { injectedVerdicts, trusts, World } from "./world.js";

const S = 1_000_000_000n;
const MS = 1_000_000n;
const VALIDATORS = 4;
const QUORUM = 3;
/** Rounds of one height before the engine is left alone until the next act. */
const MAX_ROUNDS = 6;

export type Fault =
  | "crash"
  | "stop"
  | "wipe"
  | "partition"
  | "clock"
  | "lost message"
  | "late message"
  | "doubled message"
  | "hostile proposal";

export interface NetworkOutcome {
  readonly blocks: number;
  readonly transactions: number;
  /** Simulated nanoseconds. */
  readonly time: bigint;
  readonly faults: ReadonlyMap<Fault, number>;
  /** Heights that waited because no two thirds were together. */
  readonly halted: number;
}

/** Plays a seed to its end. Throws with everything needed to see what went wrong. */
export async function playNetwork(seed: number): Promise<NetworkOutcome> {
  const base = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "psephos-simulation-"));
  const game = new NetworkGame(seed, base);
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
    await rm(base, { recursive: true, force: true });
  }
}

class NetworkGame {
  readonly #seed: number;
  readonly #base: string;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #model: Model;
  readonly #author: Author;
  readonly #nodes: SimulatedValidator[] = [];
  readonly #chain: Decided[] = [];
  /** What clients have not heard the end of, by id. */
  readonly #waiting = new Map<string, Sent>();
  /** Everything that was ever sent, by id: a block may hold any of it. */
  readonly #sent = new Map<string, Sent>();
  readonly #placed = new Set<string>();
  readonly #late: { readonly to: SimulatedValidator; readonly wire: Uint8Array }[] = [];
  readonly #faults = new Map<Fault, number>();
  readonly #history: string[] = [];
  readonly #genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(testValidators(["a", "b", "c", "d"])) });
  /** One validator proposes at will; undefined in most seeds. */
  readonly #hostile: number | undefined;
  /** The world's time, which no validator knows exactly. */
  #now = START + S;
  #voted: bigint[] = [];
  #halted = 0;
  #rounds = 0;
  #afterwards = 6;

  constructor(seed: number, base: string) {
    this.#seed = seed;
    this.#base = base;
    this.#dice = new Dice(seed);
    this.#world = new World(`${seed}`, false, this.#genesis);
    this.#model = new Model("founders", FOUNDERS, 2, trusts());
    this.#author = new Author(seed, this.#dice, this.#model);
    this.#hostile = this.#dice.chance(0.4) ? this.#dice.below(VALIDATORS) : undefined;
  }

  async found(): Promise<void> {
    const verdicts = injectedVerdicts();
    for (let place = 0; place < VALIDATORS; place++) {
      const node = await SimulatedValidator.made(place, this.#genesis, verdicts, () => this.#now, this.#base);
      this.#nodes.push(node);
      await node.start(this.#chain);
    }
  }

  async close(): Promise<void> {
    for (const node of this.#nodes) await node.stop();
  }

  /** Some seconds: faults, acts, messages, and one height if enough validators are together. False when all is over. */
  async round(): Promise<boolean> {
    await this.#breakThings();
    for (const act of this.#author.acts(this.#now)) this.#send(act);
    await this.#deliver();
    await this.#height();
    if (this.#rounds++ % 8 === 0) this.#compare();
    this.#now = this.#author.later(this.#now) + BigInt(this.#dice.below(1000)) * MS;
    if (this.#author.over(this.#time)) this.#afterwards--;
    return this.#rounds < 400 && this.#afterwards > 0;
  }

  /** All heal, all catch up, everybody hears an answer; then all validators must be one. */
  async finish(): Promise<NetworkOutcome> {
    for (const node of this.#nodes) {
      node.side = 0;
      node.skew = 0n;
    }
    for (let i = 0; i < 8 || (this.#waiting.size > 0 && i < 40); i++) {
      // Whose end was in store for the next block meets it here.
      for (const node of this.#nodes) if (!node.up) await node.start(this.#chain);
      await this.#deliver(true);
      await this.#height();
      this.#now += S;
    }
    if (this.#waiting.size > 0)
      this.#fail(`nobody answered ${[...this.#waiting.values()].map(({ act }) => show(act)).join(", ")}`);
    await this.#catchUp();
    for (const node of this.#nodes) {
      if (node.height !== this.#chain.length) this.#fail(`validator ${node.place} ends at ${node.height}`);
      const differ = differences(node.app.snapshot, this.#model, false);
      if (differ.length > 0) this.#fail(`validator ${node.place}: ${differ.join("\n")}`);
    }
    const transactions = this.#chain.reduce((sum, block) => sum + block.transactions.length, 0);
    const time = this.#now - START;
    return { blocks: this.#chain.length, transactions, time, faults: this.#faults, halted: this.#halted };
  }

  explained(error: Error): Error {
    const replay = `NETWORK_SEED=${this.#seed} npx vitest run test/simulation/network.test.ts`;
    return new Error(`${error.message}\n\n${this.#history.slice(-20).join("\n")}\n\nreplay: ${replay}`, {
      cause: error,
    });
  }

  /** Time of the last block. */
  get #time(): bigint {
    return this.#chain.at(-1)?.time ?? this.#genesis.time;
  }

  #compare(): void {
    const differ = differences(this.#world.ledger.state, this.#model, false);
    if (differ.length > 0) this.#fail(differ.join("\n"));
  }

  #fail(what: string): never {
    throw new Error(what);
  }

  #note(line: string): void {
    this.#history.push(`${this.#chain.length} ${this.#now} ${line}`);
  }

  #fault(kind: Fault, line: string = kind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    this.#note(line);
  }

  async #breakThings(): Promise<void> {
    const dice = this.#dice;
    for (const node of this.#nodes) {
      if (!node.up && dice.chance(0.25)) {
        if (dice.chance(0.2)) {
          this.#fault("wipe", `validator ${node.place} loses its disk`);
          await node.wipe(this.#base);
        }
        this.#note(`validator ${node.place} starts`);
        await node.start(this.#chain);
      } else if (node.up && dice.chance(0.02)) {
        this.#fault("stop", `validator ${node.place} stops`);
        await node.stop();
      } else if (node.up && dice.chance(0.04)) {
        const crash = dice.pick(CRASHES);
        this.#fault("crash", `validator ${node.place} will end at "${crash}"`);
        node.crashAt(crash);
      }
    }
    if (dice.chance(0.04)) {
      this.#fault("partition");
      for (const node of this.#nodes) node.side = dice.below(2);
    } else if (dice.chance(0.2)) for (const node of this.#nodes) node.side = 0;
    if (dice.chance(0.03)) {
      // One clock of four is off, not two: two would move the median, and with it the network's time.
      for (const node of this.#nodes) node.skew = 0n;
      const node = dice.pick(this.#nodes);
      node.skew = (dice.chance(0.5) ? 600n : -600n) * S;
      this.#fault("clock", `validator ${node.place} is ${node.skew / S} s off`);
    }
  }

  #send(act: Act): void {
    const wire = this.#world.wire(act);
    const id = toHex(idOf(wire));
    if (this.#sent.has(id)) this.#note(`again: ${show(act)}`);
    const sent = this.#sent.get(id) ?? sentAs(act, wire, this.#model);
    this.#sent.set(id, sent);
    this.#waiting.set(id, sent);
  }

  /** Clients send what they have no answer to; queues travel. With `all`, without losses and to everyone. */
  async #deliver(all = false): Promise<void> {
    const dice = this.#dice;
    await this.#catchUp();
    for (const { to, wire } of this.#late.splice(0)) if (to.up) await this.#arrive(to, wire);
    for (const [id, { wire }] of [...this.#waiting]) {
      const node = all ? this.#nodes[0] : dice.pick(this.#nodes);
      if (!node?.up) continue;
      const luck = all ? 1 : dice.next();
      if (luck < 0.08) this.#fault("lost message");
      else if (luck < 0.16) {
        this.#fault("late message");
        this.#late.push({ to: node, wire });
      } else {
        await this.#arrive(node, wire, id);
        if (!all && dice.chance(0.05)) {
          this.#fault("doubled message");
          await this.#arrive(node, wire);
        }
      }
    }
    await this.#gossip(all);
  }

  /** A message reaches a validator's door. A client that asked hears the refusal, and the model must have said the same. */
  async #arrive(node: SimulatedValidator, wire: Uint8Array, asked?: string): Promise<void> {
    const id = toHex(idOf(wire));
    if (node.queue.has(id)) return;
    const code = await node.check(wire);
    const current = node.height === this.#chain.length;
    const sent = this.#sent.get(id);
    if (current && sent !== undefined) {
      const time = node.now > this.#time ? node.now : this.#time + 1n;
      const model = this.#model.fork();
      const predicted = model.act(asOfNow(sent, this.#model), time);
      const number = predicted === "ok" ? 0 : rejectionNumber(predicted as RejectionCode);
      if (number !== code)
        this.#fail(`validator ${node.place} says ${code}, the model ${predicted}: ${show(sent.act)}`);
      // Who is refused by a validator with a right clock has an answer; the others may be wrong about the time.
      if (code !== 0 && node.skew === 0n && asked !== undefined) {
        this.#note(`${predicted} ${show(sent.act)}`);
        this.#waiting.delete(asked);
      }
    }
    if (code === 0) node.queue.set(id, wire);
  }

  async #gossip(all: boolean): Promise<void> {
    for (const from of this.#nodes)
      for (const to of this.#nodes) {
        if (from === to || !from.up || !to.up || from.side !== to.side) continue;
        for (const [id, wire] of [...from.queue])
          if (!to.queue.has(id) && (all || this.#dice.chance(0.7))) await this.#arrive(to, wire);
      }
  }

  /** Whoever hears a validator that has more blocks takes them. */
  async #catchUp(): Promise<void> {
    for (const node of this.#nodes) {
      if (!node.up) continue;
      const known = Math.max(...this.#nodes.filter((each) => each.side === node.side).map((each) => each.saved));
      for (const block of this.#chain.slice(node.height, known)) if (!(await node.take(block))) break;
    }
  }

  /** One height, if more than two thirds are together. */
  async #height(): Promise<void> {
    await this.#catchUp();
    const height = this.#chain.length + 1;
    const sides = [0, 1].map((side) => this.#nodes.filter((node) => node.up && node.side === side));
    const together = sides.find((nodes) => nodes.length >= QUORUM);
    if (together === undefined || together.some((node) => node.height !== height - 1)) {
      this.#halted++;
      return;
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const proposer = this.#nodes[(height + round) % VALIDATORS] as SimulatedValidator;
      if (!together.includes(proposer)) continue;
      const block = await this.#proposal(proposer, height);
      const voters = await this.#vote(proposer, block, together);
      if (voters.length < QUORUM) continue;
      await this.#decide(block, voters, together);
      return;
    }
    this.#halted++;
  }

  async #proposal(proposer: SimulatedValidator, height: number): Promise<AbciBlock> {
    const time = medianOf(this.#voted) ?? this.#genesis.time + 1n;
    const honest = await proposer.propose(height, time);
    let transactions = honest;
    if (proposer.place === this.#hostile && this.#dice.chance(0.6)) {
      transactions = this.#hostileBlock(honest);
      this.#fault("hostile proposal", `validator ${proposer.place} proposes ${transactions.length} at will`);
    }
    const hash = sha256(concat(utf8(`${height} ${time} ${proposer.place}`), ...transactions.map(idOf)));
    return { height, time, transactions, hash, misconduct: [] };
  }

  /** Censored, doubled, out of order, replayed, invalid, or nonsense. */
  #hostileBlock(honest: readonly Uint8Array[]): Uint8Array[] {
    const dice = this.#dice;
    const any = (): Uint8Array[] => {
      const all = [...this.#sent.values()];
      return all.length === 0 ? [] : [dice.pick(all).wire];
    };
    switch (dice.below(6)) {
      case 0:
        return [];
      case 1:
        return [...honest, ...honest.slice(0, 1)];
      case 2:
        return [...honest].reverse();
      case 3:
        return [...honest, ...any()];
      case 4:
        return [...any(), ...any(), ...honest];
      default:
        return [...honest, Uint8Array.of(1, 2, 3)];
    }
  }

  /** Who votes for a block. Honest validators must all say what the model says. */
  async #vote(
    proposer: SimulatedValidator,
    block: AbciBlock,
    together: readonly SimulatedValidator[],
  ): Promise<SimulatedValidator[]> {
    const sound = this.#takesEffect(block);
    if (!sound && proposer.place !== this.#hostile) this.#fail(`an honest proposal does not take effect`);
    const voters: SimulatedValidator[] = [];
    for (const node of together) {
      if (node.place === this.#hostile) {
        voters.push(node);
        continue;
      }
      const accepted = await node.accepts(block);
      if (accepted !== sound)
        this.#fail(`validator ${node.place} ${accepted ? "accepts" : "refuses"} a proposal that the model does not`);
      if (accepted) voters.push(node);
    }
    return voters;
  }

  #takesEffect({ time, transactions }: AbciBlock): boolean {
    const model = this.#model.fork();
    return transactions.every((wire) => {
      const sent = this.#sent.get(toHex(idOf(wire)));
      return sent !== undefined && model.act(asOfNow(sent, model), time) === "ok";
    });
  }

  async #decide(
    block: AbciBlock,
    voters: readonly SimulatedValidator[],
    together: readonly SimulatedValidator[],
  ): Promise<void> {
    for (const wire of block.transactions) {
      const id = toHex(idOf(wire));
      const sent = this.#sent.get(id) as Sent;
      const code = this.#model.act(asOfNow(sent, this.#model), block.time);
      if (this.#placed.has(id)) this.#fail(`twice on the ledger: ${show(sent.act)}`);
      this.#placed.add(id);
      if (code !== "ok") this.#fail(`decided, but the model says ${code}: ${show(sent.act)}`);
      this.#note(`ok ${show(sent.act)}`);
      this.#waiting.delete(id);
      this.#author.remember(sent.act);
    }
    const { ledger } = this.#world;
    ledger.time = block.time;
    const { root } = ledger.block(...block.transactions);
    const decided: Decided = { ...block, root };
    this.#chain.push(decided);
    this.#voted = voters.map((node) => this.#voteTime(node, block.time));
    for (const node of together)
      if (!(await node.take(decided))) this.#note(`validator ${node.place} ended in block ${block.height}`);
  }

  /** A vote's time is above the block's; a Byzantine one says what it likes above that. */
  #voteTime(node: SimulatedValidator, time: bigint): bigint {
    const least = time + MS;
    if (node.place === this.#hostile) return this.#dice.chance(0.5) ? least : this.#now + 900n * S;
    return node.now > least ? node.now : least;
  }
}

/** CometBFT's weighted median for equal powers of 10. */
function medianOf(times: readonly bigint[]): bigint | undefined {
  const sorted = [...times].sort((a, b) => (a < b ? -1 : 1));
  let half = (sorted.length * 10) >> 1;
  for (const time of sorted) {
    if (half <= 10) return time;
    half -= 10;
  }
  return undefined;
}
