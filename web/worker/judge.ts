/** One worker of the judges' pool. It holds no state and no secret. */
import { platformRandom } from "#client/http.js";
import type { BrowserAnswer, BrowserOrder } from "#pool/browser.js";
import { judgePortion } from "#pool/browser-ballots.js";

addEventListener("message", ({ data }: MessageEvent<BrowserOrder>) => {
  const answer: BrowserAnswer = { number: data.number, verdicts: judgePortion(data.tasks, platformRandom) };
  postMessage(answer);
});
