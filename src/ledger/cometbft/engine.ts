/**
 * The network engine: this process is the application of a CometBFT node that it runs beside itself. A block is shown
 * once it is committed here *and* its signed header was fetched and judged, so whoever sees a block can be given proof of
 * it; and an empty block only together with the one above it, because the proof of a *state* stands one header higher, and
 * a receipt of the latest state shall not wait until an idle network makes its next block. A transaction that was taken in is offered again until it is final or the machine refuses it.
 */
import { assert } from "#base/assert.js";
import { Busy } from "#base/busy.js";
import { toHex } from "#base/bytes.js";
import { fail, ok } from "#base/result.js";
import { decodeFinality, encodeFinality, encodeRootEvidence } from "#evidence/cometbft/judge.js";
import type { Genesis } from "#protocol/genesis.js";
import { type Judge, VerdictCache } from "#protocol/judge.js";
import { type At, check, RULEBOOK, type Rulebook } from "#protocol/machine.js";
import { networkOf } from "#protocol/network.js";
import { copyLedger } from "../embedded/backup.js";
import { followBlocks, Waiters } from "../embedded/follow.js";
import { Intake, type Outcome, type Waiting } from "../embedded/intake.js";
import {
  type Block,
  type Evidence,
  type Ledger,
  LedgerDamaged,
  type LedgerLog,
  type LedgerState,
  type LedgerStatus,
  LedgerUnavailable,
  type Place,
} from "../ledger.js";
import type { Snapshot } from "../snapshots.js";
import type { AbciServer } from "./abci-server.js";
import { Application, type ApplicationParts, CODE_BUSY, type Committed } from "./application.js";
import { gathered } from "./gathered.js";
import { Proofs } from "./proofs.js";
import { decodeRecord } from "./record.js";
import { type CometRpc, MOST_OFFERED, MOST_OFFERED_BYTES, RpcFailed } from "./rpc.js";
import type { Supervisor } from "./supervisor.js";

export interface CometSettings {
  readonly judge: Judge | undefined;
  readonly clock: () => bigint;
  readonly log: LedgerLog;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly maxVerdicts: number;
  /** How long a transaction may be without a block before its sender is told that it is unknown what became of it. */
  readonly patienceMs: number;
  /** Without a block for so long the network counts as halted. Above the interval of empty blocks. */
  readonly stallMs: number;
  /** The rules by their version; default: all that this program has. */
  readonly rulebook?: Rulebook;
}

/** What runs beside the engine. */
export interface CometParts {
  readonly application: ApplicationParts;
  readonly rpc: CometRpc;
  readonly supervisor: Supervisor;
  /** Starts listening with the application's handlers, and then CometBFT. */
  connect(application: Application): Promise<AbciServer>;
}

interface Underway {
  readonly waiting: Waiting;
  readonly since: number;
  /** When it was last offered to CometBFT; 0 when it is to be offered at the next look. */
  offered: number;
}

/** How often pending work is looked at, besides at each block. */
const LOOK_MS = 250;
/** How long until a transaction that is in no block is offered again: CometBFT may have lost it. */
const REPEAT_MS = 4000;
/** Most that are looked at again in one look: a network under load is not helped by looking at everything. */
const MOST_RECONSIDERED = 200;
const CLOSE_MS = 15_000;
const RETRY_MS = 100;

export class CometLedger implements Ledger {
  readonly #parts: CometParts;
  readonly #settings: CometSettings;
  readonly #application: Application;
  readonly #verdicts: VerdictCache;
  readonly #intake: Intake;
  readonly #underway = new Map<string, Underway>();
  readonly #followers = new Waiters();
  /** Committed and without proof yet. */
  readonly #committed: Committed[] = [];
  /** An empty block that is proved, but not the state after it. */
  #heldBack: Committed | undefined;
  readonly #proofs: Proofs;
  #server: AbciServer | undefined;
  #visible: Snapshot;
  /** Offers are under way: what comes meanwhile goes with the next ones. */
  #offering = false;
  /** Height of an agreed upgrade that is not known here and was told of. */
  #warnedOf: number | undefined;
  #lastBlock = performance.now();
  #showing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #closed: Promise<void> | undefined;
  #failed: string | null = null;

  constructor(parts: CometParts, settings: CometSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#proofs = new Proofs(parts.application.store, parts.application.genesis, parts.rpc);
    this.#verdicts = new VerdictCache(settings.maxVerdicts);
    const judge = settings.judge === undefined ? undefined : gathered(settings.judge);
    this.#application = new Application(parts.application, {
      ...settings,
      judge,
      verdicts: this.#verdicts,
      onStep: () => {},
      onChecked: (transaction, { code }) => this.#heed(transaction, code),
      onCommitted: (committed) => {
        this.#committed.push(committed);
        this.#lookAhead(committed.snapshot);
        void this.#show();
      },
    });
    this.#visible = this.#application.snapshot;
    this.#intake = new Intake(settings, judge, this.#verdicts, settings.log, () => this.#pump());
  }

  /** Starts CometBFT. Resolves at once when every stored block has its proof, else when the missing ones were fetched. */
  async start(): Promise<void> {
    this.#lookAhead(this.#application.snapshot);
    this.#server = await this.#parts.connect(this.#application);
    this.#parts.supervisor.start();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    const { store, head } = this.#parts.application;
    let first = head.height + 1;
    while (first > 1 && store.signed(first - 1) === undefined) first--;
    // Upwards, because each header names the set of the next.
    for (let height = first; height <= head.height; height++) await this.#fetchProof(height);
  }

  genesis(): Genesis {
    return this.#parts.application.genesis;
  }

  status(): LedgerStatus {
    const { height, time, root } = this.#visible;
    const { chainId } = this.genesis();
    const waiting = this.#intake.waiting;
    return { engine: "cometbft", chainId, height, time, root, waiting, stopped: this.#stopped() };
  }

  state(): LedgerState {
    return this.#visible;
  }

  now(): bigint {
    return this.#application.now();
  }

  block(height: number): Block | undefined {
    const { store } = this.#parts.application;
    if (height < 1 || height > this.#visible.height) return undefined;
    const stored = store.header(height);
    const proof = store.signed(height);
    const transactions = store.transactions(height);
    if (stored === undefined || proof === undefined || transactions === undefined)
      throw new LedgerDamaged(`Block ${height} cannot be read.`);
    const { time, root, rejections } = decodeRecord(stored.header);
    const { header, evidence, misconduct } = proof;
    const block = { height, time, root, rejections, transactions, header, evidence };
    return misconduct === undefined || misconduct.length === 0 ? block : { ...block, misconduct };
  }

  place(id: Uint8Array): Place | undefined {
    const place = this.#parts.application.store.place(id);
    return place !== undefined && place.height <= this.#visible.height ? place : undefined;
  }

  /** The root after a block stands in the header above it, so this waits for one more block. */
  async evidence(height: number): Promise<Evidence> {
    assert(Number.isSafeInteger(height) && height >= 1, "evidence begins at height 1");
    const { store } = this.#parts.application;
    while (height > this.#visible.height || store.signed(height + 1) === undefined) {
      if (this.#followers.closed) throw new LedgerUnavailable("The ledger was closed before that height.");
      await this.#followers.wait();
    }
    const [here, above] = [store.signed(height) as Evidence, store.signed(height + 1) as Evidence];
    const finality = decodeFinality(above.evidence);
    if (!finality.ok) throw new LedgerDamaged(`The proof of block ${height + 1} cannot be read.`);
    const changes = this.#proofs.changesBelow(height + 1, this.#application.snapshot);
    const whole = encodeFinality({ ...finality.value, changes });
    return { header: here.header, evidence: encodeRootEvidence(above.header, whole) };
  }

  follow(fromHeight: number, signal: AbortSignal): AsyncIterable<Block> {
    return followBlocks(this, this.#followers, fromHeight, signal);
  }

  async submit(wire: Uint8Array): Promise<Outcome> {
    if (this.#closing) throw new LedgerUnavailable("The ledger is closing.");
    const bytes = this.#application.interned.of(wire);
    const id = this.#application.interned.id(bytes);
    const underway = this.#intake.outcomeOf(id);
    if (underway !== undefined) return underway;
    const place = this.place(id);
    if (place !== undefined) return ok({ ...place, time: (this.block(place.height) as Block).time, id });
    const stopped = this.#stopped();
    if (stopped !== null) throw new LedgerUnavailable(stopped);
    return this.#intake.offer(bytes, id, { state: this.#visible, time: this.now(), at: this.#nextBlock() });
  }

  async backup(directory: string): Promise<void> {
    await copyLedger(this.#parts.application.store, directory);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** An agreed upgrade that this program does not know is said as soon as it is agreed, and stops it at its height. */
  #lookAhead(snapshot: Snapshot): void {
    const rulebook = this.#settings.rulebook ?? RULEBOOK;
    const upgrade = networkOf(snapshot)?.upgrade ?? null;
    if (upgrade !== null && !rulebook.has(upgrade.version) && this.#warnedOf !== upgrade.height) {
      this.#warnedOf = upgrade.height;
      this.#settings.log.error(upgrade, "this program does not know the rules agreed on: install a newer one in time");
    }
    const { halted } = this.#application;
    if (halted === undefined || this.#failed !== null) return;
    this.#settings.log.error({ height: snapshot.height }, halted.message);
    this.#failed = halted.message;
    this.#intake.failAll(new LedgerUnavailable(halted.message));
    this.#underway.clear();
  }

  /** What was taken in is brought to its end if the network allows it in time; then everything stops in order. */
  async #close(): Promise<void> {
    this.#closing = true;
    const until = performance.now() + CLOSE_MS;
    while (this.#intake.waiting > 0 && this.#stopped() === null && performance.now() < until) await sleep(20);
    clearInterval(this.#timer);
    await this.#parts.supervisor.stop();
    await this.#server?.close();
    this.#parts.rpc.close();
    this.#intake.failAll(new LedgerUnavailable("The ledger was closed."));
    this.#followers.close();
    await this.#showing;
    const { store, owner } = this.#parts.application;
    if (this.#failed === null || this.#application.halted !== undefined) store.release(owner);
    await store.close();
  }

  /** Why nothing can be recorded now. Height tells; a process that runs may have halted (engine facts, decision 0010). */
  #stopped(): string | null {
    if (this.#failed !== null) return this.#failed;
    const waitedMs = performance.now() - this.#lastBlock;
    if (waitedMs < this.#settings.stallMs) return null;
    const { problem } = this.#parts.supervisor;
    const why = problem ?? "more than a third of the validators may be out of reach";
    return `No block for ${Math.round(waitedMs / 1000)} seconds: ${why}. Nothing is recorded until blocks come again.`;
  }

  /** Shows committed blocks in order, each after its proof is there. One loop at a time. */
  #show(): Promise<void> {
    this.#showing ??= this.#showAll()
      .catch((error: unknown) => {
        this.#settings.log.error({ err: error }, "the ledger failed");
        this.#failed = `The ledger failed (${(error as Error).message}). Restart the node.`;
        this.#intake.failAll(new LedgerUnavailable(this.#failed));
      })
      .finally(() => {
        this.#showing = undefined;
      });
    return this.#showing;
  }

  async #showAll(): Promise<void> {
    for (let next = this.#committed[0]; next !== undefined; next = this.#committed[0]) {
      if (!(await this.#fetchProof(next.snapshot.height))) return;
      this.#committed.shift();
      this.#lastBlock = performance.now();
      // What is held back has the header above it now.
      if (this.#heldBack !== undefined) this.#showOne(this.#heldBack);
      this.#heldBack = undefined;
      // After a block that changed something the next one follows at once; after an empty one it takes a while.
      if (next.ids.length > 0 || this.#parts.application.store.signed(next.snapshot.height + 1)) this.#showOne(next);
      else this.#heldBack = next;
      this.#followers.wakeAll();
    }
  }

  #showOne(committed: Committed): void {
    this.#visible = committed.snapshot;
    this.#settle(committed);
  }

  #settle({ snapshot: { height, time }, ids, rejections }: Committed): void {
    for (const [index, id] of ids.entries()) {
      const name = toHex(id);
      const underway = this.#underway.get(name);
      if (underway === undefined) continue;
      const rejection = rejections[index];
      // Refused in a block, or a second time in the same block: the machine's word, or the first place, stands.
      const place = this.#parts.application.store.place(id);
      this.#underway.delete(name);
      if (place !== undefined) underway.waiting.settle(ok({ ...place, time, id, height }));
      else if (rejection) underway.waiting.settle(fail(rejection));
    }
  }

  /** The proof that a block is final, fetched and kept; `false` when closing came before. Retries for ever. */
  async #fetchProof(height: number): Promise<boolean> {
    const { store } = this.#parts.application;
    if (store.signed(height) !== undefined) return true;
    for (;;) {
      if (this.#followers.closed || (this.#closing && this.#parts.supervisor.pid === undefined)) return false;
      try {
        await this.#proofs.fetch(height);
        return true;
      } catch (error) {
        if (!(error instanceof RpcFailed)) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  /** Takes over what the door has judged. */
  #pump(): void {
    for (const waiting of this.#intake.take(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
      this.#underway.set(toHex(waiting.id), { waiting, since: performance.now(), offered: 0 });
    this.#offerAll();
  }

  #look(): void {
    void this.#show();
    const now = performance.now();
    let reconsidered = 0;
    for (const [name, underway] of this.#underway) {
      if (now - underway.since > this.#settings.patienceMs) {
        this.#underway.delete(name);
        underway.waiting.fail(
          new LedgerUnavailable("The network did not record this in time. Send the same transaction again later."),
        );
      } else if (now - underway.offered > REPEAT_MS && reconsidered++ < MOST_RECONSIDERED)
        this.#reconsider(name, underway);
    }
    this.#offerAll();
  }

  #nextBlock(): At {
    return { height: this.#visible.height + 1, rulebook: this.#settings.rulebook ?? RULEBOOK };
  }

  /** In no block for a while: refused by now (another one came first), or to be offered once more. */
  #reconsider(name: string, underway: Underway): void {
    const rejection = check(this.#visible, this.now(), underway.waiting.wire, this.#verdicts, this.#nextBlock());
    if (rejection === null || this.#application.snapshot.height > this.#visible.height + 1) underway.offered = 0;
    else {
      this.#underway.delete(name);
      underway.waiting.settle(fail(rejection));
    }
  }

  /** Offers whatever is to be offered, many at once, one request after the other. */
  #offerAll(): void {
    if (this.#offering) return;
    this.#offering = true;
    void this.#offerPortions().finally(() => {
      this.#offering = false;
    });
  }

  async #offerPortions(): Promise<void> {
    for (let portion = this.#toOffer(); portion.length > 0; portion = this.#toOffer()) {
      for (const underway of portion) underway.offered = performance.now();
      try {
        const answers = await this.#parts.rpc.offer(portion.map(({ waiting }) => waiting.wire));
        for (const [i, underway] of portion.entries()) {
          const answer = answers[i];
          if (answer?.kind === "full") this.#busy(underway);
          else if (answer?.kind === "failed") this.#soon(underway);
        }
      } catch (error) {
        // Still starting, or starting again: a later look offers again.
        if (!(error instanceof RpcFailed)) this.#settings.log.warn({ err: error }, "transactions could not be offered");
        for (const underway of portion) this.#soon(underway);
        return;
      }
    }
  }

  #toOffer(): readonly Underway[] {
    const portion: Underway[] = [];
    let bytes = 0;
    for (const underway of this.#underway.values()) {
      if (underway.offered !== 0) continue;
      bytes += underway.waiting.wire.length;
      if (portion.length === MOST_OFFERED || (portion.length > 0 && bytes > MOST_OFFERED_BYTES)) break;
      portion.push(underway);
    }
    return portion;
  }

  /** What our own application said when CometBFT asked it. */
  #heed(transaction: Uint8Array, code: number): void {
    if (code === 0) return;
    const underway = this.#underway.get(toHex(this.#application.interned.id(transaction)));
    if (underway === undefined) return;
    if (code === CODE_BUSY) this.#busy(underway);
    // A refusal may come from a state that is newer than ours: the next look judges by the state that is shown.
    else this.#soon(underway);
  }

  #busy(underway: Underway): void {
    this.#underway.delete(toHex(underway.waiting.id));
    underway.waiting.fail(new Busy("the network", 1000));
  }

  #soon(underway: Underway): void {
    underway.offered = performance.now() - REPEAT_MS + LOOK_MS;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
