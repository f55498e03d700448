// CSV with a column of messages, as Logs Insights gives it → the messages. In: lines. Out: a message for each record that ends
// in a line. Quoted values may hold line ends, commas and doubled quotes (RFC 4180).

import type { ByteString } from '../../bytes.js';

export interface CsvReader {
  /** The message of the record that ends with this line; undefined: none ends, or it has no message. */
  push(line: ByteString): ByteString | undefined;
  /** What was left open at the end. */
  rest(): ByteString;
}

const MESSAGE = /^@?message$/i;
const NAME = /^"?[@\w][\w .@/-]*"?$/;

/** Reads on behind a line that is a head with a column of messages; undefined: it is none. */
export function openCsv(head: ByteString, largest: number): CsvReader | undefined {
  if (!head.split(',').every((name) => NAME.test(name.trim()))) return undefined;
  const column = valuesOf(head.replace(/^\xef\xbb\xbf/, '')).findIndex((name) => MESSAGE.test(name.trim()));
  if (column < 0) return undefined;
  let open: ByteString[] = [];
  let size = 0;
  return {
    push(line) {
      open.push(line);
      size += line.length + 1;
      // Quotes come in pairs, but for one that a line end parts.
      const goesOn = hasOddQuotes(line) === (open.length === 1);
      if (goesOn && size <= largest) return undefined;
      const record = open.join('\n');
      open = [];
      size = 0;
      return valuesOf(record)[column];
    },
    rest: () => open.join('\n'),
  };
}

function hasOddQuotes(line: ByteString): boolean {
  let odd = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function valuesOf(record: ByteString): readonly ByteString[] {
  const values: ByteString[] = [];
  for (let at = 0; at <= record.length; ) {
    if (record[at] === '"') {
      const end = endOfQuoted(record, at);
      values.push(record.slice(at + 1, end).replaceAll('""', '"'));
      const comma = record.indexOf(',', end);
      at = comma < 0 ? record.length + 1 : comma + 1;
    } else {
      const comma = record.indexOf(',', at);
      values.push(record.slice(at, comma < 0 ? record.length : comma));
      at = comma < 0 ? record.length + 1 : comma + 1;
    }
  }
  return values;
}

/** The closing quote. */
function endOfQuoted(record: ByteString, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = record.indexOf('"', at);
    if (quote < 0) return record.length;
    if (record[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}
