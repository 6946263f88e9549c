// Loaded into a server before everything else (NODE_OPTIONS=--import): the server gets slow-lmdb.mjs for its store.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const slow = new URL("slow-lmdb.mjs", import.meta.url).href;
// Hooks run in a thread of their own, which loads this file once more.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  if (specifier === "lmdb" && context.parentURL !== slow) return { url: slow, shortCircuit: true };
  return next(specifier, context);
}
