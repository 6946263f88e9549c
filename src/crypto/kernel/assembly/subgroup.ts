/**
 * Exact test of membership in the prime-order subgroup for one third of the price of q·P, after Pornin, "Point-Halving
 * and Subgroup Membership in Twisted Edwards Curves" (2022).
 *
 * The curve's group is Z₈ × Z_q, so P is a member iff P = 8·R for some R. On the Montgomery form v² = u³ + A·u² + u, with
 * u = (1 + y)/(1 − y): (1) P = 2·Q for some Q iff u is a square (2-isogeny descent; −A² + 4 is no square, so one of the two
 * signs of √u leads on); (2) Q = 4·R iff (v_Q − λ·u_Q)²/u_Q is a fourth power (reduced Tate pairing of Q with a point of
 * order 4, tangent slope λ); both halves Q, which differ by the point of order 2, give the same answer.
 */
import { MONTGOMERY_A, MONTGOMERY_C, MONTGOMERY_DI, MONTGOMERY_L, ONE, SQRT_M1 } from "./constants";
import { fadd, fcopy, fequal, fisZero, fmul, fneg, fone, fpow, fsq, fsqrtRatio, fsub, sqrtCandidate } from "./field";

const N: usize = memory.data(40, 16);
const M: usize = memory.data(40, 16);
const W: usize = memory.data(40, 16);
const S: usize = memory.data(40, 16);
const SD: usize = memory.data(40, 16);
const U: usize = memory.data(40, 16);
const V: usize = memory.data(40, 16);

/** Whether a curve point (affine) has an order that divides q. */
export function pinSubgroup(affine: usize): bool {
  const y = affine + 40;
  if (fisZero(affine)) return fequal(y, ONE);
  fadd(N, y, ONE); // 1 + y
  fsub(M, ONE, y); // 1 − y
  if (!fsqrtRatio(W, N, M)) return false;
  // u' = A + 2u + 2·v/w = U/V with v = c·u/x and u = w².
  fmul(U, M, MONTGOMERY_A);
  fadd(U, U, N);
  fmul(U, U, ONE);
  fadd(U, U, N);
  fmul(U, U, affine);
  fmul(V, W, MONTGOMERY_C);
  fadd(V, V, V);
  fmul(V, V, M);
  fadd(U, U, V);
  fmul(U, U, ONE);
  fmul(V, M, affine);
  if (fsqrtRatio(S, U, V)) fone(SD);
  else {
    // The other sign of w: u'' = (A² − 4)/u', whose root follows from the candidate t of the failed one, t² = ±√−1·u'.
    fcopy(SD, sqrtCandidate());
    fsq(S, SD);
    fmul(S, S, V);
    fmul(N, U, SQRT_M1);
    if (fequal(S, N)) fmul(S, MONTGOMERY_DI, SQRT_M1);
    else fcopy(S, MONTGOMERY_DI);
    fneg(W, W);
  }
  return isFourthPower();
}

/** u_Q·(s − λ)² = (s² − A + 2·w·s)/2 · (s − λ)², with s = S/SD: a fourth power, up to those of SD and of 2? */
function isFourthPower(): bool {
  fsq(N, S);
  fsq(M, SD);
  fmul(M, M, MONTGOMERY_A);
  fsub(N, N, M);
  fmul(M, S, SD);
  fmul(M, M, W);
  fadd(M, M, M);
  fadd(N, N, M);
  fmul(N, N, ONE);
  fmul(M, SD, MONTGOMERY_L);
  fsub(M, S, M);
  fsq(M, M);
  fmul(N, N, M);
  for (let i = 0; i < 3; i++) {
    fadd(N, N, N);
    fmul(N, N, ONE);
  }
  fpow(M, N);
  fsq(M, M);
  fmul(M, M, N); // N^((p − 1)/4)
  return fequal(M, ONE);
}
