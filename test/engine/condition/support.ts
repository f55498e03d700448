// A small event source for the tests of conditions: every type of field, read from the members of a JSON object.

import { type ByteString, toBytes } from '../../../src/bytes.js';
import { compileCondition } from '../../../src/engine/condition/compile/compile.js';
import { createScope } from '../../../src/engine/condition/compile/scope.js';
import type { Expr } from '../../../src/engine/condition/syntax/ast.js';
import { parseCondition } from '../../../src/engine/condition/syntax/parser.js';
import type { Event } from '../../../src/event.js';
import type {
  BoundField,
  Extract,
  FieldError,
  FieldTable,
  FieldType,
  Value,
} from '../../../src/fields/field.js';
import { children, isArray, isString, member, stringText, valueText } from '../../../src/json/read.js';
import { createScanner } from '../../../src/prefilter/reader/fastest.js';

/** An event of the given JSON text. */
export function eventOf(json: unknown, num = 1): Event {
  const text = toBytes(typeof json === 'string' ? json : JSON.stringify(json));
  const document = createScanner().scan(text);
  if (document === undefined) throw new Error(`not JSON: ${text}`);
  return {
    source: 'test',
    plugin: 'test',
    num,
    seconds: 0,
    nanos: 0,
    document,
    root: 0,
    clusterName: undefined,
  };
}

const untilNul = (text: ByteString): ByteString => text.split('\0', 1)[0]!;

// Member → value: anything that is not of the type is missing.
const string =
  (key: string): Extract =>
  (event) => {
    const node = member(event.document, event.root, key);
    return node >= 0 && isString(event.document, node)
      ? untilNul(stringText(event.document, node))
      : undefined;
  };
const number =
  (key: string): Extract =>
  (event) => {
    const node = member(event.document, event.root, key);
    const text = node >= 0 ? valueText(event.document, node) : '';
    return /^[0-9]{1,19}$/.test(text) ? BigInt(text) : undefined;
  };
const bool =
  (key: string): Extract =>
  (event) => {
    const node = member(event.document, event.root, key);
    const text = node >= 0 ? valueText(event.document, node) : '';
    return text === 'true' || text === 'false' ? text === 'true' : undefined;
  };
const list =
  (key: string): Extract =>
  (event) => {
    const node = member(event.document, event.root, key);
    if (node < 0 || !isArray(event.document, node)) return undefined;
    const values = children(event.document, node).map((child) => untilNul(valueText(event.document, child)));
    return values.length > 0 ? values : undefined;
  };
// Addresses are written as arrays of their bytes.
const address =
  (key: string): Extract =>
  (event) => {
    const values = list(key)(event) as readonly string[] | undefined;
    return values?.length === 4 || values?.length === 16
      ? values.map((value) => String.fromCharCode(Number(value) & 0xff)).join('')
      : undefined;
  };

interface Row {
  readonly type: FieldType;
  readonly isList?: true;
  readonly read: Extract;
  readonly format?: (value: Value) => ByteString;
}

const ROWS: Readonly<Record<string, Row>> = {
  't.s': { type: 'CHARBUF', read: string('s') },
  't.r': { type: 'CHARBUF', read: string('r') },
  't.q': { type: 'CHARBUF', read: string('q') },
  't.none': { type: 'CHARBUF', read: () => undefined },
  't.n': { type: 'UINT64', read: number('n') },
  't.m': { type: 'UINT64', read: number('m'), format: (value) => `#${value}` },
  't.time': { type: 'ABSTIME', read: number('time') },
  't.rel': { type: 'RELTIME', read: number('rel') },
  't.b': { type: 'BOOL', read: bool('b') },
  't.l': { type: 'CHARBUF', isList: true, read: list('l') },
  't.k': { type: 'CHARBUF', isList: true, read: list('k') },
  't.ip': { type: 'IPADDR', read: address('ip') },
  't.net': { type: 'IPNET', read: address('ip') },
};

/** The fields above, `t.arg[key]` (any string member) and `t.must`, which needs an argument. `onRead` hears of each extraction. */
export function testTable(onRead: (spelled: string) => void = () => {}): FieldTable {
  const bound = (name: string, argument: string | undefined, row: Row): BoundField => {
    const extract: Extract = (event) => {
      onRead(argument === undefined ? name : `${name}[${argument}]`);
      return row.read(event);
    };
    const { type, isList = false, format } = row;
    const field = { name, type, isList, argument: null, description: '', bind: () => extract };
    return { field: format === undefined ? field : { ...field, format }, argument, extract };
  };
  const lookup = (spelled: ByteString): BoundField | FieldError => {
    const row = Object.hasOwn(ROWS, spelled) ? ROWS[spelled] : undefined;
    if (row !== undefined) return bound(spelled, undefined, row);
    const argument = /^t\.arg\[([\s\S]*)\]$/.exec(spelled)?.[1];
    if (argument !== undefined) return bound('t.arg', argument, { type: 'CHARBUF', read: string(argument) });
    if (spelled === 't.must')
      return { error: "filter 't.must': t.must requires an argument but none provided", unknown: false };
    return { error: `filter_check called with nonexistent field ${spelled}`, unknown: true };
  };
  return { source: 'test', classes: [], lookup, home: () => undefined };
}

/** A condition's tree; throws what the parser says of it. */
export function parse(text: string): Expr {
  const parsed = parseCondition(toBytes(text));
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

/** Whether an event of the given JSON meets a condition; or the message that refuses the condition. */
export function verdict(condition: string, json: unknown, table = testTable()): boolean | string {
  const scope = createScope(table);
  const compiled = compileCondition(parse(condition), scope);
  if (!compiled.ok) return compiled.fault.message;
  const event = eventOf(json);
  scope.begin(event);
  return compiled.value(event);
}
