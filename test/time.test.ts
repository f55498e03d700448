import { describe, expect, test } from 'vitest';
import {
  clockText,
  dateText,
  isoText,
  localOffset,
  nanosText,
  unsignedNanos,
  wrapTime,
} from '../src/time.js';

test('nanoseconds have nine digits', () => {
  expect(nanosText(0)).toBe('000000000');
  expect(nanosText(153_303_000)).toBe('153303000');
});

describe('clock and date', () => {
  test.each([
    [0, 0, '1970-01-01', '00:00:00'],
    [1_730_000_000, 0, '2024-10-27', '03:33:20'],
    [1_730_000_000, -5 * 3600, '2024-10-26', '22:33:20'],
    [1_730_000_000, 5.75 * 3600, '2024-10-27', '09:18:20'],
    [1_709_164_799, 1, '2024-02-29', '00:00:00'],
    [0, -1, '1969-12-31', '23:59:59'],
    [18_446_744_072, 0, '2554-07-21', '23:34:32'],
  ])('%i at offset %i', (seconds, offset, date, clock) => {
    expect(dateText(seconds, offset)).toBe(date);
    expect(clockText(seconds, offset)).toBe(clock);
  });
});

describe('ISO', () => {
  test.each([
    [1_730_000_000, 153_303_000, '2024-10-27T03:33:20.153303000'],
    [0, 1, '1970-01-01T00:00:00.000000001'],
    // What 64 unsigned bits of nanoseconds make of one second before 1970.
    [-1, 0, '2554-07-21T23:34:32.709551616'],
    [253_402_300_799, 0, '2400-10-18T05:30:40.775828992'],
  ])('%i s and %i ns', (seconds, nanos, text) => {
    expect(isoText({ seconds, nanos })).toBe(text);
  });
});

test('times outside of 64 bits wrap', () => {
  expect(wrapTime({ seconds: 5, nanos: 6 })).toEqual({ seconds: 5, nanos: 6 });
  expect(unsignedNanos({ seconds: -1, nanos: 999_999_999 })).toBe(2n ** 64n - 1n);
  expect(wrapTime({ seconds: -1, nanos: 999_999_999 })).toEqual({
    seconds: 18_446_744_073,
    nanos: 709_551_615,
  });
});

test('the local offset is the one at the moment asked for, and follows it', () => {
  const summer = Date.UTC(2024, 6, 1);
  const winter = Date.UTC(2024, 0, 1);
  for (const now of [summer, winter, summer + 1]) {
    expect(localOffset(now)).toBe(-new Date(now).getTimezoneOffset() * 60);
  }
});
