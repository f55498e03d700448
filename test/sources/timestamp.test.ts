import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp, plainNanos, plainSeconds } from '../../src/sources/timestamp.js';

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';

describe('parseTimestamp', () => {
  it.each([
    ['2024-05-01T12:00:00Z', 1714564800, 0],
    ['2024-05-01T12:00:00.123456Z', 1714564800, 123456000],
    ['2024-05-01T12:00:00.1234567891Z', 1714564800, 123456789],
    ['2024-05-01T12:00:00,5Z', 1714564800, 500000000],
    ['2024-05-01T12:00:00+02:00', 1714557600, 0],
    ['2024-05-01T12:00:00.5-00:30', 1714566600, 500000000],
    ['2024-05-01T2:00:00Z', 1714528800, 0],
    ['2024-05-01T12:00:00+24:60', 1714474800, 0],
    ['1969-12-31T23:59:59.5Z', -1, 500000000],
    ['0000-01-01T00:00:00Z', -62167219200, 0],
    ['2024-02-29T00:00:00Z', 1709164800, 0],
  ])('%s', (text, seconds, nanos) => {
    expect(parseTimestamp(text)).toEqual({ seconds, nanos });
  });

  it.each([
    ['', `parsing time "" as "${LAYOUT}": cannot parse "" as "2006"`],
    ['2024-05-01', `parsing time "2024-05-01" as "${LAYOUT}": cannot parse "" as "T"`],
    [
      '2024-05-01 12:00:00Z',
      `parsing time "2024-05-01 12:00:00Z" as "${LAYOUT}": cannot parse " 12:00:00Z" as "T"`,
    ],
    ['2024-05-01T12:00:00', `parsing time "2024-05-01T12:00:00" as "${LAYOUT}": cannot parse "" as "Z07:00"`],
    [
      '2024-05-01T12:00:00+02',
      `parsing time "2024-05-01T12:00:00+02" as "${LAYOUT}": cannot parse "+02" as "Z07:00"`,
    ],
    [
      '2024-5-1T12:00:00Z',
      `parsing time "2024-5-1T12:00:00Z" as "${LAYOUT}": cannot parse "5-1T12:00:00Z" as "01"`,
    ],
    ['2024-13-01T12:00:00Z', 'parsing time "2024-13-01T12:00:00Z": month out of range'],
    ['2024-02-30T12:00:00Z', 'parsing time "2024-02-30T12:00:00Z": day out of range'],
    ['1900-02-29T12:00:00Z', 'parsing time "1900-02-29T12:00:00Z": day out of range'],
    ['2024-05-00T12:00:00Z', 'parsing time "2024-05-00T12:00:00Z": day out of range'],
    ['2024-05-01T24:00:00Z', 'parsing time "2024-05-01T24:00:00Z": hour out of range'],
    ['2024-05-01T12:00:60Z', 'parsing time "2024-05-01T12:00:60Z": second out of range'],
    [
      '2024-05-01T12:00:00+25:61',
      'parsing time "2024-05-01T12:00:00+25:61": time zone offset minute out of range',
    ],
    ['2024-05-01T12:00:00Zx', 'parsing time "2024-05-01T12:00:00Zx": extra text: "x"'],
    [
      '"\\\u0001\xc3\xa9',
      `parsing time "\\"\\\\\\x01\\xc3\\xa9" as "${LAYOUT}": cannot parse "\\"\\\\\\x01\\xc3\\xa9" as "2006"`,
    ],
  ])('%s', (text, message) => {
    expect(parseTimestamp(text)).toBe(message);
  });
});

describe('the fast path', () => {
  function plain(text: string): unknown {
    const quoted = `"${text}"`;
    const seconds = plainSeconds(quoted, 1);
    const nanos = plainNanos(quoted, 20, quoted.length);
    return seconds === undefined || nanos < 0 ? 'left to parseTimestamp' : { seconds, nanos };
  }

  it('reads what API servers write', () => {
    expect(plain('2024-05-01T12:00:00.123456Z')).toEqual({ seconds: 1714564800, nanos: 123456000 });
    expect(plain('2024-05-01T12:00:00Z')).toEqual({ seconds: 1714564800, nanos: 0 });
  });

  it('agrees with Date on every day', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (d) => {
        const nanos = d.getUTCMilliseconds() * 1e6;
        expect(plain(d.toISOString())).toEqual({ seconds: (d.getTime() - nanos / 1e6) / 1000, nanos });
      }),
    );
  });

  it('agrees with parseTimestamp or leaves it to it', () => {
    const digits = fc.stringMatching(/^[0-9.,Z:+T-]{0,4}$/);
    const text = fc
      .tuple(
        fc.constantFrom('2024-02-2', '2023-0', '1', ''),
        digits,
        fc.constantFrom('T10:00:0', ''),
        digits,
        fc.constantFrom('Z', '.25Z', ''),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (t) => {
        const fast = plain(t);
        if (typeof fast === 'object') expect(parseTimestamp(t)).toEqual(fast);
      }),
      { numRuns: 2000 },
    );
  });
});
