/** Chance of one seed: the same seed rolls the same dice, on every machine. Must not know what is decided by it. */

export interface Dice {
  /** Below 1, from 0. */
  next(): number;
  /** True in this share of the rolls. */
  chance(share: number): boolean;
  between(low: number, high: number): number;
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  pick<T>(of: readonly [T, ...T[]]): T;
  /** Hexadecimal digits. */
  hex(digits: number): string;
}

/** Weyl sequence through a 32-bit mixer: fast, and good enough for interleavings. */
export function createDice(seed: number): Dice {
  let state = Math.imul(seed ^ 0x5eed_1e55, 0x9e37_79b1) >>> 0;
  const next = (): number => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    chance: (share) => share > 0 && next() < share,
    between: (low, high) => low + next() * (high - low),
    below,
    pick: (of) => of[below(of.length)] ?? of[0],
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(""),
  };
}
