// lmdb on a slow disk: each write transaction takes as long as the file SLOW_DISK says (milliseconds) before it ends.
import { readFileSync } from "node:fs";
import { open as quickOpen } from "lmdb";

export * from "lmdb";

const cell = new Int32Array(new SharedArrayBuffer(4));

export function open(...args) {
  const store = quickOpen(...args);
  const quick = store.transactionSync;
  store.transactionSync = (...rest) => {
    const done = quick.apply(store, rest);
    const ms = Number(readFileSync(process.env.SLOW_DISK, "utf8"));
    if (ms > 0) Atomics.wait(cell, 0, 0, ms);
    return done;
  };
  return store;
}
