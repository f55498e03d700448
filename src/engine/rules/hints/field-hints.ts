// In: a name that is no field of a rule's source. Out: the field that was probably meant, and what to do.
// Falco says only that there is no such field. A name that is a field elsewhere is never a typo of one of this source.

import type { ByteString } from '../../../bytes.js';
import type { FieldHome, FieldTable } from '../../../fields/field.js';
import { suggest } from '../../../suggest.js';
import { KERNEL_SOURCE } from '../definitions.js';
import type { Hint } from '../fault.js';

/** What people write from memory, and the field that gives it. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  'k8s.ns.name': 'ka.target.namespace',
  'k8s.pod.name': 'ka.target.pod.name',
  'container.name': 'ka.req.pod.containers.name',
  'container.image': 'ka.req.pod.containers.image',
  'container.image.repository': 'ka.req.pod.containers.image.repository',
  'container.privileged': 'ka.req.pod.containers.privileged',
  'proc.cmdline': 'ka.uri.param[command]',
  ...pointers('/requestObject', [
    'req',
    'request',
    'req.object',
    'request.object',
    'requestobject',
    'req.obj',
  ]),
  ...pointers('/responseObject', ['resp', 'response', 'resp.object', 'response.object', 'responseobject']),
  ...pointers('/objectRef', ['target', 'objectref', 'object']),
  ...pointers('/annotations', ['annotations']),
};

function pointers(pointer: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`ka.${name}`, `jevt.value[${pointer}]`]));
}

/** @param name without its argument */
export function fieldHint(table: FieldTable, name: ByteString): Pick<Hint, 'suggestion' | 'help'> {
  const home = table.home(name);
  if (home === undefined) return { suggestion: counterpart(table, name) ?? near(table, name) };
  if (home.source === undefined || home.source === table.source) return { help: notLoaded(name, home) };
  const suggestion = table.source === KERNEL_SOURCE ? undefined : counterpart(table, name);
  return { suggestion, help: otherSource(table, name, home.source) };
}

function notLoaded(name: ByteString, { plugin }: FieldHome): ByteString {
  return `${name} comes with the plugin ${plugin}, which load_plugins does not name`;
}

function otherSource(table: FieldTable, name: ByteString, source: string): ByteString {
  if (table.source === KERNEL_SOURCE)
    return `${name} is a field of source ${source}, and rules without a source are for system calls: add source: ${source}`;
  const whose = source === KERNEL_SOURCE ? 'system calls' : `source ${source}`;
  return `${name} is a field of ${whose}, which events of source ${table.source} do not have`;
}

const namesOf = ({ classes }: FieldTable): readonly string[] =>
  classes.flatMap(({ fields }) => fields.map((field) => field.name));

/** A field that gives what the name asks for: one that is known to, or one with the same last words. */
function counterpart(table: FieldTable, name: ByteString): ByteString | undefined {
  const known = COUNTERPARTS[name.toLowerCase()];
  if (known !== undefined && !('error' in table.lookup(known))) return known;
  const words = table.home(name) === undefined ? name.slice(name.indexOf('.') + 1) : name;
  return endingWith(table, words);
}

/** The nearest by spelling, else one with the same last word. */
function near(table: FieldTable, name: ByteString): ByteString | undefined {
  return suggest(name, namesOf(table)) ?? endingWith(table, name.slice(name.lastIndexOf('.') + 1));
}

const TARGET = 'ka.target.';

/** What a request is about comes first, then short names. */
function endingWith(table: FieldTable, words: ByteString): ByteString | undefined {
  const found = namesOf(table).filter((field) => field.endsWith(`.${words}`));
  const rank = (field: string): number => (field.startsWith(TARGET) ? 0 : field.length);
  return found.toSorted((a, b) => rank(a) - rank(b))[0];
}
