// In: plugins, and an event source. Out: the table of fields that its rules may read: the core's, then those of each plugin
// that serves the source, in order, and last those that are tsfalco's own.

import { type ByteString, toBytes } from '../bytes.js';
import type { Field, FieldClass, FieldHome, FieldTable, Semantics } from '../fields/field.js';
import { isKernelName } from '../fields/kernel.js';
import { createNodes } from '../fields/nodes.js';
import type { Shape } from '../fields/shape.js';
import { type CoreOptions, createTable, SYSCALL } from '../fields/tables.js';
import { createView, type View } from './event-view.js';
import { json } from './json/index.js';
import { auditEvents } from './k8saudit/events.js';
import type { FieldKit, Plugin, PluginField, PluginFields } from './plugin.js';
import { type OnReaderFault, shapeOf, TYPES } from './plugin-field.js';

export interface FieldTableOptions extends CoreOptions {
  /** Loaded plugins, in order; those that serve the source give it their fields. Default: k8saudit, json. */
  readonly plugins?: readonly Plugin[];
  /** Default: falco. */
  readonly semantics?: Semantics;
  /** Plugins that there are besides, for hints. */
  readonly known?: readonly KnownPlugin[];
  /** Hears of a field whose reader threw, or gave what it must not. */
  readonly onFault?: OnReaderFault;
}

/** What is known of a plugin that is not loaded. */
export interface KnownPlugin {
  readonly name: string;
  /** The event source that its fields are for; undefined: all, or it has none. */
  readonly source?: string;
  /** What the names of its fields begin with. */
  readonly fields?: readonly string[];
}

/** What rules are tried with where no configuration says otherwise. */
export const DEFAULT_PLUGINS: readonly Plugin[] = [auditEvents, json];

/** Makes the table of an event source. */
export function createFieldTable(source: string, options: FieldTableOptions = {}): FieldTable {
  const { plugins = DEFAULT_PLUGINS, semantics = 'falco', known = [], onFault = () => {} } = options;
  const classes = pluginClasses(source, plugins, semantics, onFault);
  return createTable(source, classes, (name) => homeOf(name, plugins, known), options);
}

/** Whether a plugin's fields are for the events of a source. */
export function servesFields(plugin: Plugin, source: string): boolean {
  if (plugin.fields === undefined) return false;
  return plugin.fieldSources === '*' || fieldSourcesOf(plugin).includes(source);
}

/** The event sources that a plugin's fields are for, where they are not for all. */
export function fieldSourcesOf({ fieldSources, source }: Plugin): readonly string[] {
  if (fieldSources !== undefined && fieldSources !== '*') return fieldSources;
  return source === undefined ? [] : [source.name];
}

function pluginClasses(
  source: string,
  plugins: readonly Plugin[],
  semantics: Semantics,
  onFault: OnReaderFault,
): readonly FieldClass[] {
  const nodes = createNodes();
  const view = createView(nodes);
  const ownShapes = new Map<string, Shape>();
  const kit: FieldKit = {
    semantics,
    nodes,
    time: timePlace(source, plugins),
    own: (name) => ownShapes.get(name),
  };
  const owns: Field[] = [];
  const classes = plugins
    .filter((plugin) => servesFields(plugin, source))
    .map((plugin) => {
      const falcos: Field[] = [];
      for (const [name, spec] of Object.entries(fieldsOf(plugin, kit))) {
        const field = toField(name, spec, kit, view, onFault);
        if (spec.own === true) ownShapes.set(name, field);
        (spec.own === true ? owns : falcos).push(field);
      }
      return { name: plugin.name, description: '', plugin: true, fields: falcos };
    });
  return owns.length === 0
    ? classes
    : [...classes, { name: 'tsfalco', description: OWN_FIELDS, plugin: true, fields: owns }];
}

const OWN_FIELDS =
  'Fields of tsfalco that Falco does not have: what a request sets in an object, whatever the spelling of its body. A rule with one of them does not load in Falco; `jevt.value[/ka.set.pod.host_paths]` and its like do, and find nothing there.';

/** Where the events of a source have their time, as text. */
function timePlace(source: string, plugins: readonly Plugin[]): string | undefined {
  const [time] = plugins.flatMap((plugin) =>
    (plugin.source === undefined ? servesFields(plugin, source) : plugin.source.name === source)
      ? (plugin.envelope?.time ?? [])
      : [],
  );
  return time === undefined || (time.form ?? 'rfc3339') !== 'rfc3339' ? undefined : time.at;
}

function fieldsOf({ fields = {} }: Plugin, kit: FieldKit): PluginFields {
  return typeof fields === 'function' ? fields(kit) : fields;
}

function toField(name: string, spec: PluginField, kit: FieldKit, view: View, onFault: OnReaderFault): Field {
  return {
    name,
    type: TYPES[spec.type ?? 'string'],
    description: spec.description ?? '',
    ...(spec.values && { values: spec.values.map(toBytes) }),
    ...shapeOf(name, spec, kit.nodes, view, onFault),
  };
}

/**
 * Falco's message if two plugins give a source the same fields, which it refuses.
 * @returns undefined if they do not
 */
export function fieldOverlap({ source, classes }: FieldTable): string | undefined {
  const taken = new Set(
    classes.filter(({ plugin }) => !plugin).flatMap(({ fields }) => fields.map((field) => field.name)),
  );
  for (const { name: plugin, fields } of classes.filter((each) => each.plugin)) {
    const repeated = fields.find(({ name }) => taken.has(name));
    if (repeated !== undefined)
      return `Plugin '${plugin}' supports extraction of field '${repeated.name}' that is overlapping for source '${source}'`;
    for (const { name } of fields) taken.add(name);
  }
  return undefined;
}

const NAMES_ONLY: FieldKit = {
  semantics: 'falco',
  nodes: createNodes(),
  time: undefined,
  own: () => undefined,
};
const names = new WeakMap<Plugin, ReadonlySet<string>>();

function namesOf(plugin: Plugin): ReadonlySet<string> {
  const known = names.get(plugin) ?? new Set(Object.keys(fieldsOf(plugin, NAMES_ONLY)));
  names.set(plugin, known);
  return known;
}

/** Plugins that share fields are named by the first of them; of loaded ones names count, of others what they begin with. */
function homeOf(
  name: ByteString,
  plugins: readonly Plugin[],
  known: readonly KnownPlugin[],
): FieldHome | undefined {
  for (const plugin of [...plugins, ...DEFAULT_PLUGINS]) {
    if (namesOf(plugin).has(name)) return { plugin: plugin.name, source: sourceOf(plugin) };
  }
  const loaded = new Set(plugins.map((plugin) => plugin.name));
  const found = known.filter(({ fields }) => fields?.some((prefix) => name.startsWith(prefix)));
  // A name under the prefix of a plugin that is loaded is no field at all.
  if (found.length > 0 && !found.some((each) => loaded.has(each.name)))
    return { plugin: found[0]!.name, source: found[0]!.source };
  return isKernelName(name) ? { source: SYSCALL, plugin: undefined } : undefined;
}

function sourceOf(plugin: Plugin): string | undefined {
  return plugin.fieldSources === '*' ? undefined : fieldSourcesOf(plugin)[0];
}
