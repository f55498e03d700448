// In: a field as its plugin describes it. Out: its shape: how it takes an argument and reads an event. Readers of plugins may
// do anything; what comes out of them here is a value of the field's type, of a bounded size, or none.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import type { Extract, Field, FieldArgument, FieldType, OnlyWith, Value } from '../fields/field.js';
import { fieldText, type Nodes, untilNul } from '../fields/nodes.js';
import { createPointer, placeOf, tokensOf } from '../fields/pointer.js';
import { elementTexts, type Shape } from '../fields/shape.js';
import { NO_NODE } from '../json/document.js';
import { compactText, isString, stringText } from '../json/read.js';

import type { View } from './event-view.js';
import { firstLine } from './faults.js';
import type {
  FieldValue,
  PlaceField,
  PluginField,
  PluginFieldType,
  ReaderField,
  TextAmong,
} from './plugin.js';

export const TYPES: Readonly<Record<PluginFieldType, FieldType>> = {
  string: 'CHARBUF',
  uint64: 'UINT64',
  bool: 'BOOL',
};

/** Hears of a field that could not be read, and why; often, if so be. Texts. */
export type OnReaderFault = (field: string, fault: string) => void;

/** Longest text of a reader, in chars, and most elements of its lists; an event is not larger. */
const LONGEST_VALUE = 16 * 1024 * 1024;
const MOST_ELEMENTS = 100_000;
const MOST_UINT64 = 2n ** 64n - 1n;

export function shapeOf(
  name: string,
  field: PluginField,
  nodes: Nodes,
  view: View,
  onFault: OnReaderFault,
): Shape & Pick<Field, 'stateful' | 'only' | 'reads'> {
  if ('shape' in field) return field.shape;
  const common = { isList: field.list === true, argument: argumentOf(field) };
  if ('place' in field) return { ...common, ...placed(field, nodes) };
  return {
    ...common,
    bind: (argument) => readWith(name, field, argument, view, onFault),
    ...(field.stateful && { stateful: true }),
    ...(field.only && onlyAt(field.only, nodes)),
    ...(field.reads && { reads: field.reads.map((at) => textPlace(tokensOf(toBytes(at)))) }),
  };
}

const textPlace = (keys: readonly ByteString[]): OnlyWith['place'] => ({
  keys,
  audit: false,
  as: 'string',
  absent: '',
});

function onlyAt({ at, is }: TextAmong, nodes: Nodes): Pick<Field, 'only'> {
  const keys = tokensOf(toBytes(at));
  const place = textPlace(keys);
  const find = createPointer(nodes, keys);
  const read: Extract = (event) => {
    const node = find(event);
    return node === NO_NODE ? '' : READ_AS.string(event, node);
  };
  return { only: { place, read, texts: is.map(toBytes) } };
}

function argumentOf({ argument }: PlaceField | ReaderField): FieldArgument | null {
  if (argument === undefined) return null;
  const { kind, required = false } = argument;
  return { required, index: kind !== 'key', key: kind !== 'index' };
}

function placed(field: PlaceField, nodes: Nodes): Pick<Shape, 'bind' | 'place'> {
  const { place: pointer, as = 'value', list, type = 'string' } = field;
  const keys = tokensOf(toBytes(pointer));
  const find = createPointer(nodes, keys);
  if (list === true) return { bind: () => (event) => unlessEmpty(elementTexts(event, find(event))) };
  const absent = field.absent === undefined ? undefined : toBytes(field.absent);
  const read = type === 'string' ? READ_AS[as] : type === 'uint64' ? readNumber : readBool;
  const extract: Extract = (event) => {
    const node = find(event);
    return node === NO_NODE ? absent : read(event, node);
  };
  const place = placeOf(keys, type === 'string' ? as : 'own', absent);
  return { bind: () => extract, ...(place && { place: () => place }) };
}

type Read = (event: Event, node: number) => Value | undefined;

const READ_AS: Readonly<Record<NonNullable<PlaceField['as']>, Read>> = {
  value: fieldText,
  string: ({ document }, node) => (isString(document, node) ? untilNul(stringText(document, node)) : ''),
  json: ({ document }, node) => untilNul(compactText(document, node)),
  flag: ({ document }, node) => (compactText(document, node) === 'true' ? 'true' : 'false'),
};

const UNSIGNED = /^(?:0|[1-9][0-9]{0,19})$/;

// An unsigned integer as it is written; anything else is no value.
function readNumber({ document }: Event, node: number): bigint | undefined {
  const text = compactText(document, node);
  const value = UNSIGNED.test(text) ? BigInt(text) : undefined;
  return value === undefined || value > MOST_UINT64 ? undefined : value;
}

function readBool({ document }: Event, node: number): boolean | undefined {
  const text = compactText(document, node);
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function readWith(
  name: string,
  field: ReaderField,
  argument: ByteString | undefined,
  view: View,
  onFault: OnReaderFault,
): Extract {
  const text = argument === undefined ? undefined : fromBytes(argument);
  const type = field.type ?? 'string';
  return (event) => {
    try {
      const value = field.read(view.of(event), text);
      if (value === undefined) return undefined;
      const checked = field.list === true ? listOf(value) : checkedValue(value, type);
      if (typeof checked !== 'object' || !('fault' in checked)) return checked;
      onFault(name, checked.fault);
    } catch (error) {
      onFault(name, firstLine(error));
    }
    return undefined;
  };
}

interface Fault {
  readonly fault: string;
}

function checkedValue(value: FieldValue, type: PluginFieldType): Value | Fault {
  switch (type) {
    case 'string':
      return textOf(value);
    case 'bool':
      return typeof value === 'boolean' ? value : { fault: `gives a ${kindOf(value)}, not a boolean` };
    case 'uint64':
      if (typeof value === 'bigint' && value >= 0n && value <= MOST_UINT64) return value;
      return {
        fault: `gives ${typeof value === 'bigint' ? 'a number out of range' : `a ${kindOf(value)}, not a bigint`}`,
      };
  }
}

function textOf(value: unknown): ByteString | Fault {
  if (typeof value !== 'string') return { fault: `gives a ${kindOf(value)}, not a string` };
  if (value.length > LONGEST_VALUE) return { fault: `gives a text of ${value.length} chars` };
  return untilNul(toBytes(value));
}

function listOf(value: FieldValue): readonly ByteString[] | undefined | Fault {
  if (!Array.isArray(value)) return { fault: `gives a ${kindOf(value)}, not a list` };
  if (value.length > MOST_ELEMENTS) return { fault: `gives a list of ${value.length} elements` };
  const texts = value.map(textOf);
  const wrong = texts.find((text) => typeof text !== 'string');
  return typeof wrong === 'object' ? wrong : unlessEmpty(texts as readonly ByteString[]);
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

// A list without elements is a missing value in Falco.
function unlessEmpty(values: readonly ByteString[] | undefined): readonly ByteString[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
