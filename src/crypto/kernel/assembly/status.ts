/** What decoding says of an object: a kind, and in the bits from 8 on a position. 0: nothing is wrong so far. */
export const STATUS_CREDENTIAL = 1;
export const STATUS_SCALAR = 2;
export const STATUS_POINT = 3;
export const STATUS_ENVELOPE = 4;
/** The credential is the neutral element. */
export const STATUS_IDENTITY = 5;
/** An output point (by its position among the outputs) with an even position is the neutral element. */
export const STATUS_NEUTRAL = 6;
