// Field tables: event source → the fields that its rules may name, and the look-up of a field as a rule spells it. In: the
// classes of fields that plugins bring (plugins/field-table.ts). The order of classes, the rule of the longest prefix and
// the messages are Falco's (spec: rules-language.md §1.4).

import { type ByteString, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { runtime } from '../runtime/runtime.js';
import { unsignedNanos } from '../time.js';
import { eventFields } from './evt.js';
import type { BoundField, Field, FieldClass, FieldError, FieldTable } from './field.js';
import { KERNEL_CLASSES, kernelField } from './kernel.js';
import { staticFields } from './static.js';

export interface CoreOptions {
  /** `static_fields` of the configuration, without the prefix. */
  readonly staticFields?: ReadonlyMap<ByteString, ByteString>;
  /** For evt.hostname. Default: the machine's name. */
  readonly hostname?: () => ByteString;
  /** For evt.reltime, nanoseconds since the epoch. Default: the time of the first event that such a field is read from. */
  readonly firstEventTime?: () => bigint;
}

export const SYSCALL = 'syscall';

/**
 * Makes the table of an event source. Look-ups are for load time; what they return is for every event.
 * @param plugins classes of fields that plugins bring, in order
 * @param home whose field a name is that the table may lack
 */
export function createTable(
  source: string,
  plugins: readonly FieldClass[],
  home: FieldTable['home'],
  options: CoreOptions = {},
): FieldTable {
  const classes = [...coreClasses(source, options), ...plugins];
  return { source, classes, lookup: (spelled) => lookup(classes, source, spelled), home };
}

function coreClasses(source: string, options: CoreOptions): readonly FieldClass[] {
  const surroundings = {
    hostname: options.hostname ?? machineHostname,
    firstEventTime: options.firstEventTime ?? createFirstSeen(),
  };
  const evt: FieldClass = {
    name: 'evt',
    description: 'Fields of every event, whatever its source',
    plugin: false,
    fields: eventFields(surroundings),
  };
  const entries = options.staticFields ?? new Map();
  const fixed: FieldClass = {
    name: 'static',
    description: 'Fixed texts from the configuration (static_fields)',
    plugin: false,
    fields: staticFields(entries),
  };
  return [evt, ...(source === SYSCALL ? KERNEL_CLASSES : []), ...(entries.size > 0 ? [fixed] : [])];
}

function machineHostname(): ByteString {
  return toBytes(runtime.machineName());
}

// Time of the first event that is asked for.
function createFirstSeen(): (event: Event) => bigint {
  let first: bigint | undefined;
  return (event) => (first ??= unsignedNanos(event));
}

function lookup(
  classes: readonly FieldClass[],
  source: string,
  spelled: ByteString,
): BoundField | FieldError {
  for (const { fields, plugin } of classes) {
    const field = longestPrefix(fields, spelled);
    if (field === undefined) continue;
    const bound = plugin ? bindPluginField(field, spelled) : bindWhole(field, spelled);
    if (bound !== undefined) return bound;
    // The first class that knows a prefix of the text decides.
    if (!plugin || !isOtherName(field, spelled)) break;
  }
  return (source === SYSCALL ? bindKernelField(spelled) : undefined) ?? unknown(spelled);
}

function longestPrefix(fields: readonly Field[], spelled: ByteString): Field | undefined {
  let longest: Field | undefined;
  for (const field of fields) {
    if (spelled.startsWith(field.name) && field.name.length > (longest?.name.length ?? -1)) longest = field;
  }
  return longest;
}

function unknown(spelled: ByteString): FieldError {
  return { error: `filter_check called with nonexistent field ${spelled}`, unknown: true };
}

function bad(error: ByteString): FieldError {
  return { error, unknown: false };
}

function bindWhole(field: Field, spelled: ByteString): BoundField | undefined {
  return spelled === field.name ? bind(field, undefined) : undefined;
}

function bind(field: Field, argument: ByteString | undefined): BoundField {
  return { field, argument, extract: field.bind(argument), place: field.place?.(argument) };
}

const BRACKETS = /^([^[\]]*)(?:\[([^\]]*)\])?$/;

function bindKernelField(spelled: ByteString): BoundField | undefined {
  const [, name = '', argument] = BRACKETS.exec(spelled) ?? [];
  const field = kernelField(name);
  return field === undefined ? undefined : bind(field, argument);
}

// Plugins see the text up to its first blank.
function beforeBlank(spelled: ByteString): ByteString {
  const blank = spelled.indexOf(' ');
  return blank < 0 ? spelled : spelled.slice(0, blank);
}

// Whether the name in front of the bracket is longer than the field's: then another class may know it.
function isOtherName(field: Field, spelled: ByteString): boolean {
  const open = beforeBlank(spelled).indexOf('[');
  return open >= 0 && open !== field.name.length;
}

// undefined: the text is not just this field.
function bindPluginField(field: Field, spelled: ByteString): BoundField | FieldError | undefined {
  const { name, argument: allowed } = field;
  const text = beforeBlank(spelled);
  const open = text.indexOf('[');
  if (open < 0) {
    if (allowed?.required === true)
      return bad(`filter '${text}': ${name} requires an argument but none provided`);
    return bindWhole(field, spelled);
  }
  if (open !== name.length) return undefined;
  if (open === text.length - 1)
    return bad(`filter '${text}': ${name} terminates with incomplete argument brackets`);
  const close = text.indexOf(']', open);
  if (close < 0) return bad(`filter '${text}': ${name} has unbalanced argument brackets`);
  const argument = text.slice(open + 1, close);
  if (allowed === null) {
    return bad(
      `filter '${text}': ${name} does not allow nor require an argument but one is provided: ${argument}`,
    );
  }
  const fault = allowed.index && !allowed.key ? indexFault(argument) : undefined;
  if (fault !== undefined)
    return bad(`filter ${text} ${name} has an invalid index argument ${fault}: ${argument}`);
  return close + 1 === spelled.length ? bind(field, argument) : undefined;
}

const MAX_INDEX = 2n ** 64n - 1n;

function indexFault(argument: ByteString): string | undefined {
  if (/[^0-9]/.test(argument)) return 'not composed only by digits';
  if (argument === '' || (argument.length > 1 && argument.startsWith('0'))) return 'starting with 0';
  return BigInt(argument) > MAX_INDEX ? 'not representable on 64 bit' : undefined;
}
