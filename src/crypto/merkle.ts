/**
 * Merkle trees with RFC 6962 hashing over a node store: an append-only log and a tree whose leaves may change are the
 * same structure. Only *complete* subtrees are stored (level 0 = leaf hashes); the ragged right edge is recomputed, at
 * most log2(n) hashes. SPEC 1.4
 */
import { assert } from "#base/assert.js";
import { sha256 } from "./hash.js";
import { publicSha256 } from "./public-data.js";

/** Where node hashes live. `level` counts from the leaves; `index` is the position within the level. */
export interface NodeStore {
  get(level: number, index: number): Uint8Array | undefined;
  set(level: number, index: number, hash: Uint8Array): void;
}

/** Hash of the empty tree: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Where what is hashed is put together: trees hash more than anything else does. */
let leafSpace = new Uint8Array(4096);
const nodeSpace = new Uint8Array(65).fill(1, 0, 1);

export function leafHash(item: Uint8Array): Uint8Array {
  if (item.length >= leafSpace.length) leafSpace = new Uint8Array(2 * item.length);
  leafSpace.set(item, 1);
  return publicSha256(leafSpace.subarray(0, item.length + 1));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === 32 && right.length === 32, "a node has two hashes below it");
  nodeSpace.set(left, 1);
  nodeSpace.set(right, 33);
  return publicSha256(nodeSpace);
}

/**
 * Sets leaf hashes in a tree of `size` leaves (those at and beyond the old size included) and updates the stored
 * complete subtrees above them, each once.
 */
export function setLeaves(store: NodeStore, size: number, leaves: ReadonlyMap<number, Uint8Array>): void {
  let dirty: number[] = [];
  for (const [index, hash] of leaves) {
    assert(index >= 0 && index < size, "leaf outside the tree");
    store.set(0, index, hash);
    dirty.push(index);
  }
  for (let level = 0; dirty.length > 0; level++) {
    const parents = new Set<number>();
    for (const index of dirty) {
      const parent = index >> 1;
      // A parent is stored once its whole subtree exists.
      if ((parent + 1) * 2 ** (level + 1) <= size) parents.add(parent);
    }
    for (const parent of parents)
      store.set(level + 1, parent, nodeHash(node(store, level, 2 * parent), node(store, level, 2 * parent + 1)));
    dirty = [...parents];
  }
}

function node(store: NodeStore, level: number, index: number): Uint8Array {
  const hash = store.get(level, index);
  assert(hash !== undefined, `missing tree node ${level}/${index}`);
  return hash;
}

/** Root of a tree of `size` leaves (RFC 6962 §2.1). */
export function treeRoot(store: NodeStore, size: number): Uint8Array {
  return size === 0 ? EMPTY_ROOT : range(store, 0, size);
}

/** Root of leaves [start, start + count), where start is a multiple of the largest power of two below count. */
function range(store: NodeStore, start: number, count: number): Uint8Array {
  if (isPowerOfTwo(count)) return node(store, log2(count), start / count);
  const left = split(count);
  return nodeHash(range(store, start, left), range(store, start + left, count - left));
}

/** Audit path of a leaf, from its sibling up (RFC 6962 §2.1.1). */
export function auditPath(store: NodeStore, size: number, index: number): Uint8Array[] {
  assert(index >= 0 && index < size, "leaf outside the tree");
  const path: Uint8Array[] = [];
  let start = 0;
  let count = size;
  let at = index;
  while (count > 1) {
    const left = split(count);
    if (at < left) {
      path.push(range(store, start + left, count - left));
      count = left;
    } else {
      path.push(range(store, start, left));
      start += left;
      at -= left;
      count -= left;
    }
  }
  return path.reverse();
}

/** Root that a leaf hash and its audit path give, or `undefined` when the path does not fit the tree's size. */
export function rootFromPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  const sides: boolean[] = [];
  let count = size;
  let at = index;
  while (count > 1) {
    const left = split(count);
    sides.push(at < left);
    if (at < left) count = left;
    else {
      at -= left;
      count -= left;
    }
  }
  sides.reverse();
  if (sides.length !== path.length) return undefined;
  let hash = leaf;
  for (let i = 0; i < path.length; i++) {
    const sibling = path[i] as Uint8Array;
    if (sibling.length !== 32) return undefined;
    hash = sides[i] === true ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
  }
  return hash;
}

/** Root of a list at hand (headers, transactions of a block). */
export function listRoot(items: readonly Uint8Array[]): Uint8Array {
  const store = memoryStore();
  setLeaves(store, items.length, new Map(items.map((item, index) => [index, leafHash(item)])));
  return treeRoot(store, items.length);
}

/** A node store in memory. */
export function memoryStore(): NodeStore {
  const nodes = new Map<string, Uint8Array>();
  return {
    get: (level, index) => nodes.get(`${level}/${index}`),
    set: (level, index, hash) => void nodes.set(`${level}/${index}`, hash),
  };
}

/** Largest power of two strictly below n (n > 1). */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function isPowerOfTwo(n: number): boolean {
  return split(n) * 2 === n || n === 1;
}

function log2(n: number): number {
  let level = 0;
  for (let k = n; k > 1; k /= 2) level++;
  return level;
}
