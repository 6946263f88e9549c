/**
 * A seed becomes a whole history: honest people do what is next, hostile and clumsy ones everything else. After every
 * block the ledger must have answered and must stand as the model says.
 */
import { START } from "../protocol-kit.js";
import type { Act } from "./acts.js";
import { Author, Dice, FOUNDERS } from "./author.js";
import { differences } from "./compare.js";
import { Model, stageOf } from "./model.js";
import { trusts, World } from "./world.js";

export interface Outcome {
  readonly blocks: number;
  /** How often each code was given. */
  readonly codes: ReadonlyMap<string, number>;
  readonly stages: readonly string[];
  /** What each culprit of a key ceremony was named for. */
  readonly named: readonly string[];
}

/** Plays a seed to its end. Throws with everything needed to see what went wrong. */
export function play(seed: number, real: boolean): Outcome {
  const game = new Game(seed, real);
  while (game.round()) {
    // each round is a block
  }
  return game.outcome();
}

class Game {
  readonly #seed: number;
  readonly #real: boolean;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #model: Model;
  readonly #author: Author;
  readonly #codes = new Map<string, number>();
  readonly #history: string[] = [];
  #time = START + 1_000_000_000n;
  #blocks = 0;
  /** Blocks that are still made when every election has ended: late acts must be refused, too. */
  #afterwards = 6;

  constructor(seed: number, real: boolean) {
    this.#seed = seed;
    this.#real = real;
    this.#dice = new Dice(seed);
    this.#world = new World(`${seed}`, real);
    this.#model = new Model("founders", FOUNDERS, 2, trusts());
    this.#author = new Author(seed, this.#dice, this.#model);
  }

  /** One block. False when all is over. */
  round(): boolean {
    const acts = this.#author.acts(this.#time);
    const codes = this.#world.block(this.#time, acts, this.#dice.chance(0.1));
    const predicted = acts.map((act) => this.#model.act(act, this.#time));
    for (const [i, act] of acts.entries()) {
      const code = codes[i] as string;
      this.#history.push(`${this.#time} ${code} ${show(act)}`);
      if (code !== predicted[i]) this.#fail(`the machine says ${code}, the model ${predicted[i]}`);
      this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
      if (code === "ok") this.#author.remember(act);
    }
    const differ = differences(this.#world.ledger.state, this.#model, this.#real);
    if (differ.length > 0) this.#fail(differ.join("\n"));
    this.#blocks++;
    this.#time = this.#author.later(this.#time);
    if (this.#author.over(this.#time)) this.#afterwards--;
    return this.#blocks < 400 && this.#afterwards > 0;
  }

  outcome(): Outcome {
    if (process.env.SHOW === "1") console.log(this.#history.join("\n"));
    const stages = [...this.#model.elections.values()].map((each) => stageOf(each, this.#time));
    const culprits = [...this.#model.elections.values()].flatMap((each) => each.culprits);
    const named = culprits.map(({ reason, phase }) => `${reason} in ${phase}`);
    return { blocks: this.#blocks, codes: this.#codes, stages, named };
  }

  #fail(what: string): never {
    const replay = `SEED=${this.#seed}${this.#real ? " REAL=1" : ""} npx vitest run test/simulation/simulation.test.ts`;
    throw new Error(`${what}\n\n${this.#history.slice(-12).join("\n")}\n\nreplay: ${replay}`);
  }
}

/** An act in one line. */
export function show(act: Act): string {
  return JSON.stringify(act, (_, each) => (typeof each === "bigint" ? `${each}` : each));
}
