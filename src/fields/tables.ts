// Field tables: event source → the fields that its rules may name, and the look-up of a field as a rule spells it.
// The order of classes, the rule of the longest prefix and the messages are Falco's (spec: rules-language.md §1.4).

import { type ByteString, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import { runtime } from '../runtime/runtime.js';
import { unsignedNanos } from '../time.js';
import { DESCRIPTIONS } from './descriptions.js';
import { eventFields } from './evt.js';
import type { BoundField, Field, FieldClass, FieldError, FieldHome, FieldTable, Semantics } from './field.js';
import { indentedEvent, pointedValue, rawTime } from './json.js';
import { auditFields } from './k8saudit.js';
import { isKernelName, KERNEL_CLASSES, kernelField } from './kernel.js';
import { createNodes, type Nodes } from './nodes.js';
import { setFields } from './set.js';
import type { Shape } from './shape.js';
import { staticFields } from './static.js';

export interface FieldTableOptions {
  /** Loaded plugins, in order; those that read events of the source give it their fields. Default: k8saudit, json. */
  readonly plugins?: readonly string[];
  /** `static_fields` of the configuration, without the prefix. */
  readonly staticFields?: ReadonlyMap<ByteString, ByteString>;
  /** Default: falco. */
  readonly semantics?: Semantics;
  /** For evt.hostname. Default: the machine's name. */
  readonly hostname?: () => ByteString;
  /** For evt.reltime, nanoseconds since the epoch. Default: the time of the first event that such a field is read from. */
  readonly firstEventTime?: () => bigint;
}

const SYSCALL = 'syscall';

// Plugins that extract fields: from which source (undefined: any), and which.
type Fields = (
  nodes: Nodes,
  semantics: Semantics,
  own: Readonly<Record<string, Shape>>,
) => Readonly<Record<string, Shape>>;

const JSON_FIELDS: Fields = (nodes, _semantics, own) => ({
  'json.value': pointedValue(nodes, own),
  'json.obj': indentedEvent(),
  'json.rawtime': rawTime(),
  'jevt.value': pointedValue(nodes, own),
  'jevt.obj': indentedEvent(),
  'jevt.rawtime': rawTime(),
});
const PROVIDERS: Readonly<Record<string, { readonly source?: string; readonly fields: Fields }>> = {
  k8saudit: { source: 'k8s_audit', fields: auditFields },
  'k8saudit-eks': { source: 'k8s_audit', fields: auditFields },
  'k8saudit-gke': { source: 'k8s_audit', fields: auditFields },
  'k8saudit-aks': { source: 'k8s_audit', fields: auditFields },
  'k8saudit-ovh': { source: 'k8s_audit', fields: auditFields },
  json: { fields: JSON_FIELDS },
};

/** Makes the table of an event source. Look-ups are for load time; what they return is for every event. */
export function createFieldTable(source: string, options: FieldTableOptions = {}): FieldTable {
  const classes = [...coreClasses(source, options), ...pluginClasses(source, options)];
  return { source, classes, lookup: (spelled) => lookup(classes, source, spelled), home };
}

let homes: ReadonlyMap<string, FieldHome> | undefined;

/** Plugins that share fields are named by the first of them. */
function home(name: ByteString): FieldHome | undefined {
  homes ??= findHomes();
  return homes.get(name) ?? (isKernelName(name) ? { source: SYSCALL, plugin: undefined } : undefined);
}

function findHomes(): ReadonlyMap<string, FieldHome> {
  const nodes = createNodes();
  const found = new Map<string, FieldHome>();
  for (const [plugin, { source, fields }] of Object.entries(PROVIDERS).toReversed()) {
    const own = fields === auditFields ? setFields(nodes) : {};
    for (const name of Object.keys({ ...own, ...fields(nodes, 'falco', own) }))
      found.set(name, { plugin, source });
  }
  return found;
}

function coreClasses(source: string, options: FieldTableOptions): readonly FieldClass[] {
  const surroundings = {
    hostname: options.hostname ?? machineHostname,
    firstEventTime: options.firstEventTime ?? createFirstSeen(),
  };
  const evt: FieldClass = {
    name: 'evt',
    description: 'Fields of every event, whatever its source',
    plugin: false,
    fields: eventFields(describe, surroundings),
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

function pluginClasses(source: string, options: FieldTableOptions): readonly FieldClass[] {
  const nodes = createNodes();
  const plugins = providersOf(source, options.plugins ?? ['k8saudit', 'json']);
  const audits = plugins.some((plugin) => PROVIDERS[plugin]!.fields === auditFields);
  const own = audits ? setFields(nodes) : {};
  const classes = plugins.map((plugin) => ({
    name: plugin,
    description: '',
    plugin: true,
    fields: Object.entries(PROVIDERS[plugin]!.fields(nodes, options.semantics ?? 'falco', own)).map(toField),
  }));
  const fields = Object.entries(own).map(toField);
  return audits ? [...classes, { name: 'tsfalco', description: OWN_FIELDS, plugin: true, fields }] : classes;
}

const OWN_FIELDS =
  'Fields of tsfalco that Falco does not have: what a request sets in an object, whatever the spelling of its body. A rule with one of them does not load in Falco; `jevt.value[/ka.set.pod.host_paths]` and its like do, and find nothing there.';

/**
 * Falco's message if two of the plugins would give a source the same fields, which it refuses.
 * @returns undefined if they do not
 */
export function fieldOverlap(source: string, plugins: readonly string[]): string | undefined {
  const providers = providersOf(source, plugins);
  const audit = providers.filter((plugin) => PROVIDERS[plugin]!.fields === auditFields);
  const repeated = providers.find((plugin, i) => providers.indexOf(plugin) < i) ?? audit[1];
  if (repeated === undefined) return undefined;
  const field = PROVIDERS[repeated]!.fields === auditFields ? 'ka.auditid' : 'json.value';
  return `Plugin '${repeated}' supports extraction of field '${field}' that is overlapping for source '${source}'`;
}

function providersOf(source: string, plugins: readonly string[]): readonly string[] {
  return plugins.filter((plugin) => {
    const provider = Object.hasOwn(PROVIDERS, plugin) ? PROVIDERS[plugin] : undefined;
    return provider !== undefined && (provider.source === undefined || provider.source === source);
  });
}

function toField([name, shape]: readonly [string, Shape]): Field {
  return { name, type: 'CHARBUF', description: describe(name), ...shape };
}

function describe(name: string): string {
  return DESCRIPTIONS[name] ?? '';
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
