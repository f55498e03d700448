// In: what a module of someone else's exports. Out: what keeps it from being a plugin, as one line; the types of plugin.ts
// hold for those who compile against them only.

import type { Plugin } from './plugin.js';
import { BUILT_IN } from './registry.js';

type Shape = Readonly<Record<string, unknown>>;

const NAME = /^[A-Za-z][\w.-]{0,63}$/;
const VERSION = /^\d+\.\d+\.\d+/;
/** Fields of every event, of system calls, and of the configuration are Falco's. */
const TAKEN_FIELDS = /^(?:evt|static|proc|fd|container|thread|user|group|fs|fdlist|syscall)\./;
const FIELD = /^[A-Za-z][\w-]*(?:\.[\w-]+)+$/;

const isObject = (value: unknown): value is Shape => typeof value === 'object' && value !== null;

/** undefined: it is a plugin. */
export function pluginFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'it exports no plugin: definePlugin({…}) must be its default export';
  const { name, version, description, contact, source, fields, settings, marks } = value;
  if (typeof name !== 'string' || !NAME.test(name)) return "its name must be a word such as 'my-plugin'";
  if (BUILT_IN.some((each) => each.name === name)) return `its name ${name} is that of a built-in plugin`;
  if (typeof version !== 'string' || !VERSION.test(version)) return 'its version must be one such as 1.0.0';
  if (typeof description !== 'string') return 'it has no description';
  if (typeof contact !== 'string') return 'it has no contact';
  return (
    (source === undefined ? undefined : sourceFault(source)) ??
    (fields === undefined ? undefined : fieldsFault(fields)) ??
    (marks === undefined ? undefined : marksFault(marks)) ??
    (settings === undefined || isObject(settings) ? settingsFault(settings) : 'its settings are no schema')
  );
}

function sourceFault(source: unknown): string | undefined {
  if (!isObject(source) || typeof source['open'] !== 'function') return 'its source has no function open';
  const { name } = source;
  if (typeof name !== 'string' || !NAME.test(name)) return "its source needs a name such as 'my_log'";
  return name === 'syscall' ? 'its source cannot be syscall' : undefined;
}

function fieldsFault(fields: unknown): string | undefined {
  if (typeof fields === 'function') return undefined;
  if (!isObject(fields)) return 'its fields are neither a table nor a function';
  for (const [name, field] of Object.entries(fields)) {
    if (!FIELD.test(name)) return `its field ${name} must have a name such as my.field`;
    if (TAKEN_FIELDS.test(name)) return `its field ${name} begins like one of Falco's own`;
    if (!isObject(field)) return `its field ${name} is no object`;
    if (
      typeof field['place'] !== 'string' &&
      typeof field['read'] !== 'function' &&
      !isObject(field['shape'])
    )
      return `its field ${name} has neither a place nor a function read`;
    const { values } = field;
    if (values !== undefined && !(Array.isArray(values) && values.every((each) => typeof each === 'string')))
      return `the values of its field ${name} must be a list of strings`;
  }
  return undefined;
}

function marksFault(marks: unknown): string | undefined {
  const isMark = (mark: unknown): boolean =>
    isObject(mark) &&
    Array.isArray(mark['holds']) &&
    mark['holds'].every((each: unknown) => isObject(each) && typeof each['at'] === 'string');
  return Array.isArray(marks) && marks.every(isMark)
    ? undefined
    : "its marks must be a list such as [{ holds: [{ at: '/type' }] }]";
}

function settingsFault(settings: Shape | undefined): string | undefined {
  if (settings === undefined) return undefined;
  const { properties } = settings;
  if (!isObject(properties)) return 'its settings have no properties';
  const wrong = Object.entries(properties).find(
    ([, property]) => !isObject(property) || typeof property['type'] !== 'string',
  );
  return wrong === undefined ? undefined : `its setting ${wrong[0]} has no type`;
}

/** Takes what a module exports for a plugin. @throws Error with one line */
export function asPlugin(exports: unknown): Plugin {
  const module = isObject(exports) ? exports : {};
  const { default: byDefault, plugin } = module;
  // What CommonJS exports comes as the default of the default.
  const value = byDefault ?? plugin ?? exports;
  const fault = pluginFault(value);
  if (fault !== undefined) throw new Error(fault);
  return value as Plugin;
}
