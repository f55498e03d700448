// Bytes in memory, compared and masked in larger pieces. All of these read past the end of what they look at, by less than
// a piece: every text has room behind it.

/** Fewer than eight bytes as a number: zeros stand behind them. */
// @ts-ignore: decorator
@inline
export function restOf(at: usize, length: usize): u64 {
  return load<u64>(at) & (((<u64>1) << (<u64>length << 3)) - 1);
}

/** Whether two texts of one length are equal. */
// @ts-ignore: decorator
@inline
export function same(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  return i == length || restOf(a + i, length - i) == restOf(b + i, length - i);
}

/** Of the marks of a vector's bytes, those of its first bytes, as many as are left of a text. */
// @ts-ignore: decorator
@inline
export function within(marks: i32, left: usize): i32 {
  return left < 16 ? marks & ((1 << <i32>left) - 1) : marks;
}
