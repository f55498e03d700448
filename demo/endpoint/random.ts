// Random choices that a seed repeats, for generated events: the same seed gives the same events anywhere.

export interface Random {
  /** Number in [0, 1). */
  unit(): number;
  /** Integer in [0, below). */
  integer(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** Text of `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  uuid(): string;
}

/** Makes a generator of 32 bits of state (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const integer = (below: number): number => Math.floor(unit() * below);
  const hex = (length: number): string => {
    let text = '';
    while (text.length < length) text += integer(0x1000000).toString(16).padStart(6, '0');
    return text.slice(0, length);
  };
  return {
    unit,
    integer,
    pick: (from) => from[integer(from.length)]!,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
