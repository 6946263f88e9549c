/** One worker thread of the pool: judges what it is sent, in order. It holds no state and no secret. */
import { parentPort } from "node:worker_threads";
import { judgeTogether } from "./ballots.js";
import type { WorkerAnswer, WorkerOrder } from "./node.js";
import { packVerdicts, unpackTasks } from "./packed.js";

const port = parentPort;
if (port !== null)
  port.on("message", (order: WorkerOrder) => {
    const verdicts = packVerdicts(judgeTogether(unpackTasks(order.tasks)));
    const answer: WorkerAnswer = { number: order.number, verdicts };
    port.postMessage(answer, [verdicts.bytes.buffer, verdicts.lengths.buffer]);
  });
