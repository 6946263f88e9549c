/** One worker thread that computes a roll, portion by portion. It is ended with the roll, and r_e goes with it. */
import { parentPort } from "node:worker_threads";
import { computePortion, computeRoot, type RollOrder } from "./roll-portion.js";

const port = parentPort;
if (port !== null)
  port.on("message", (order: RollOrder) => {
    port.postMessage(order.kind === "portion" ? computePortion(order) : computeRoot(order));
  });
