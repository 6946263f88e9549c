/**
 * Frames on a node's socket: four bytes of length (big-endian), then as many bytes. Bounded: a frame that is too long
 * ends the connection.
 */

/** Longest frame: a block is 2 MiB, a list of changed keys less. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** A payload with its length in front. */
export function framed(payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + payload.length);
  new DataView(out.buffer).setUint32(0, payload.length);
  out.set(payload, 4);
  return out;
}

/** Cuts what arrives into payloads; `undefined` when a frame is longer than `limit`. */
export function frameReader(limit: number): (chunk: Uint8Array) => readonly Uint8Array[] | undefined {
  let chunks: Uint8Array[] = [];
  let have = 0;
  let need = 4;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return [];
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, have);
    const payloads: Uint8Array[] = [];
    let at = 0;
    need = 4;
    while (bytes.length - at >= 4) {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
      if (length > limit) return undefined;
      if (bytes.length - at < 4 + length) {
        need = 4 + length;
        break;
      }
      payloads.push(Uint8Array.from(bytes.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    chunks = at === bytes.length ? [] : [Uint8Array.from(bytes.subarray(at))];
    have = bytes.length - at;
    return payloads;
  };
}
