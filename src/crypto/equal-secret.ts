/**
 * Comparison of secrets: the one place where two secrets, or anything derived from one, are compared (row R-03). Takes
 * the same steps wherever the two differ; only their lengths show.
 */
export function equalSecret(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
