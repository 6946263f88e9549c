/** Constants of the curve as limbs (radix 2^25.5, see field.ts) and words. Checked against the plain implementation by tests. */

/** d = −121665/121666. */
export const D: usize = memory.data<i32>([56195235, 13857412, 51736253, 6949390, 114729, 24766616, 60832955, 30306712, 48412415, 21499315], 16);
/** 2·d. */
export const D2: usize = memory.data<i32>([45281625, 27714825, 36363642, 13898781, 229458, 15978800, 54557047, 27058993, 29715967, 9444199], 16);
/** A square root of −1. */
export const SQRT_M1: usize = memory.data<i32>([34513072, 25610706, 9377949, 3500415, 12389472, 33281959, 41962654, 31548777, 326685, 11406482], 16);
/** x of the base point. */
export const BASE_X: usize = memory.data<i32>([52811034, 25909283, 16144682, 17082669, 27570973, 30858332, 40966398, 8378388, 20764389, 8758491], 16);
/** y of the base point. */
export const BASE_Y: usize = memory.data<i32>([40265304, 26843545, 13421772, 20132659, 26843545, 6710886, 53687091, 13421772, 40265318, 26843545], 16);
/** 1. */
export const ONE: usize = memory.data<i32>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
/** A of the Montgomery form v² = u³ + A·u² + u. */
export const MONTGOMERY_A: usize = memory.data<i32>([486662, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
/** A square root of −(A + 2): v = c·u/x. */
export const MONTGOMERY_C: usize = memory.data<i32>([54885894, 25242303, 55597453, 9067496, 51808079, 33312638, 25456129, 14121551, 54921728, 3972023], 16);
/** A square root of A + 2: slope at the points of order 4 with u = 1. */
export const MONTGOMERY_L: usize = memory.data<i32>([58178520, 23970840, 26444491, 29801899, 41064376, 743696, 2900628, 27920316, 41968995, 5270573], 16);
/** A square root of (A² − 4)/√−1. */
export const MONTGOMERY_DI: usize = memory.data<i32>([62542370, 29662700, 21935382, 10863246, 41376891, 2926223, 49067152, 4052932, 63077071, 8814358], 16);

/** Order q of the subgroup, 9 words of 32 bits, least significant first. */
export const ORDER: usize = memory.data<u32>([1559614445, 1477600026, 2734136534, 350157278, 0, 0, 0, 268435456, 0], 16);
/** ⌊2^512 / q⌋, 9 words (Barrett reduction). */
export const ORDER_MU: usize = memory.data<u32>([170660635, 3986482595, 140716455, 554049885, 4294967275, 4294967295, 4294967295, 4294967295, 15], 16);
