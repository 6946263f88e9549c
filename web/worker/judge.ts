/** One worker of the judges' pool: by the kernel where this browser runs it, else by the plain implementation. */
import { platformRandom } from "#client/http.js";
import { kernel } from "#crypto/kernel/kernel.js";
import type { BrowserAnswer, BrowserOrder } from "#pool/browser.js";
import { judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";

const fast = kernel();

addEventListener("message", ({ data }: MessageEvent<BrowserOrder>) => {
  const verdicts =
    fast === undefined ? data.tasks.map(judgeBallot) : judgeBatch(data.tasks, fast, (length) => platformRandom(length));
  const answer: BrowserAnswer = { number: data.number, verdicts };
  postMessage(answer);
});
