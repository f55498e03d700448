// What one side of a check reads from an event, as Falco holds it: a list of values, strings with the NUL that
// transformers leave at their ends. Serves explain.ts.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { FieldTable, FieldType, Value } from '../../../fields/field.js';
import { cutAtNul, withoutTrailingNuls } from '../operators/text.js';
import { MULTI_TRANSFORMERS, STRING_MAPS } from '../operators/transformers.js';
import type { FieldExpr, TransformerExpr, TransformerListExpr, ValueExpr } from '../syntax/ast.js';

/** Values of one type; a single one unless it is a list. */
export interface Extracted {
  readonly type: FieldType;
  readonly isList: boolean;
  readonly values: readonly (ByteString | bigint | boolean)[];
}

/** Reads an operand; undefined: there is no value. */
export function extract(
  expr: FieldExpr | TransformerExpr | ValueExpr | TransformerListExpr,
  table: FieldTable,
  event: Event,
): Extracted | undefined {
  switch (expr.kind) {
    case 'value':
      return { type: 'CHARBUF', isList: false, values: [expr.value] };
    case 'field':
      return extractField(expr, table, event);
    case 'transformer-list': {
      const parts = expr.items.map((item) => listPart(item, table, event));
      if (parts.includes(undefined)) return undefined;
      return { type: 'CHARBUF', isList: true, values: parts.flatMap((part) => part!) };
    }
    case 'transformer':
      return extractTransformed(expr, table, event);
  }
}

function extractField({ name, argument }: FieldExpr, table: FieldTable, event: Event): Extracted | undefined {
  const found = table.lookup(argument === undefined ? name : `${name}[${argument}]`);
  if ('error' in found) return undefined;
  const value = found.extract(event);
  if (value === undefined) return undefined;
  const { type, isList } = found.field;
  return { type, isList, values: typeof value === 'object' ? value : [value] };
}

// Numeric fields are printed, what else is no string keeps its bytes.
function listPart(
  item: TransformerListExpr['items'][number],
  table: FieldTable,
  event: Event,
): readonly ByteString[] | undefined {
  const extracted = extract(item, table, event);
  if (extracted === undefined) return undefined;
  if (item.kind === 'field' && extracted.type === 'UINT64') {
    const found = table.lookup(item.name);
    const print = ('field' in found && found.field.format) || String;
    return [print(extracted.values[0]!)];
  }
  return extracted.values.map(bytesOf);
}

// Little-endian memory: 8 bytes a number, 4 a boolean.
function bytesOf(value: ByteString | bigint | boolean): ByteString {
  if (typeof value === 'string') return value;
  const view = new DataView(new ArrayBuffer(typeof value === 'bigint' ? 8 : 4));
  if (typeof value === 'bigint') view.setBigUint64(0, value, true);
  else view.setUint32(0, Number(value), true);
  return String.fromCharCode(...new Uint8Array(view.buffer));
}

function extractTransformed(expr: TransformerExpr, table: FieldTable, event: Event): Extracted | undefined {
  const args = expr.args.map((arg) => extract(arg, table, event));
  const first = args[0];
  if (args.includes(undefined)) return undefined;
  if (expr.name === 'val') return first;
  if (expr.name === 'len') return { type: 'UINT64', isList: false, values: [lengthOf(first!)] };
  const multi = MULTI_TRANSFORMERS.get(expr.name);
  if (multi !== undefined) {
    const result = multi.apply(
      args.map((arg) => arg!.values.map(bytesOf)),
      expr.argument,
    );
    if (result === undefined) return undefined;
    const isList = typeof result !== 'string';
    return { type: 'CHARBUF', isList, values: typeof result === 'string' ? [result] : result };
  }
  const map = STRING_MAPS.get(expr.name)!;
  const values = first!.values.map((value) => map(withoutTrailingNuls(value as ByteString)));
  if (values.includes(undefined)) return undefined;
  return { ...first!, values: values.map((value) => (value!.endsWith('\0') ? value! : `${value}\0`)) };
}

function lengthOf({ isList, values }: Extracted): bigint {
  return BigInt(isList ? values.length : cutAtNul(values[0] as ByteString).length);
}

/** The value as people should see it: without NULs and what follows them. */
export function shownValue(extracted: Extracted | undefined): Value | undefined {
  if (extracted === undefined) return undefined;
  const shown = extracted.values.map((value) => (typeof value === 'string' ? cutAtNul(value) : value));
  return extracted.isList ? shown.map(String) : shown[0];
}
