/** The page's side of the sealing worker. */
import type { TrustedElection } from "#client/voter.js";
import type { Identity } from "#protocol/identity.js";
import type { Choices } from "#protocol/suite/belenios-v1/seal.js";
import type { PreparedBallot } from "#protocol/voter.js";
import { ownWorker } from "../worker/own-worker.js";
import type { SealAnswer, SealOrder } from "../worker/seal.js";
import workerUrl from "../worker/seal.js?worker&url";

let worker: Worker | undefined;
let number = 0;
const waiting = new Map<number, { settle: (ballot: PreparedBallot) => void; fail: (error: Error) => void }>();

function started(): Worker {
  if (worker !== undefined) return worker;
  const fresh = ownWorker(workerUrl);
  fresh.onmessage = ({ data }: MessageEvent<SealAnswer>) => {
    const hand = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.ok) hand?.settle(data.prepared);
    else hand?.fail(new Error(data.detail));
  };
  fresh.onerror = () => {
    for (const { fail } of waiting.values()) fail(new Error("the sealing worker failed"));
    waiting.clear();
    worker = undefined;
  };
  worker = fresh;
  return fresh;
}

function order(message: SealOrder): void {
  started().postMessage(message);
}

/** Prepares the worker for an election while the voter reads. */
export function warm(election: TrustedElection): void {
  order({ kind: "warm", electionText: election.electionText });
}

export function sealAway(election: TrustedElection, credential: Identity, choices: Choices): Promise<PreparedBallot> {
  const mine = ++number;
  return new Promise((settle, fail) => {
    waiting.set(mine, { settle, fail });
    const { chainId, uuid, electionText } = election;
    order({ kind: "seal", number: mine, chainId, uuid, electionText, secret: credential.secret, choices });
  });
}

/** Ends the worker, and with it whatever it remembers. */
export function endSealing(): void {
  worker?.terminate();
  worker = undefined;
}
