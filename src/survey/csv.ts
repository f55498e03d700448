// Values → a line of CSV (RFC 4180). What a spreadsheet would take for a formula is kept from being one.

import type { ByteString } from '../bytes.js';

const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** With its line end. */
export function csvLine(values: readonly ByteString[]): ByteString {
  return `${values.map(csvValue).join(',')}\r\n`;
}

function csvValue(value: ByteString): ByteString {
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
