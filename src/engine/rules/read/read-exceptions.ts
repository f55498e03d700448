// The `exceptions` of a rule item → ExceptionInfo, structure checked only (spec: rules-language.md §4.7).
// Answers to read_rule_exceptions of Falco's rule reader.

import type { ByteString } from '../../../bytes.js';
import { isNull, valueAt, type YamlMapping, type YamlNode } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import type { ExceptionEntry, ExceptionInfo } from '../definitions.js';
import { NO_ENTRY } from '../exception-entry.js';
import { nodeContext, structureFault } from '../fault.js';
import { missingKey, requireText } from './decode.js';
import type { Reading } from './reading.js';

/** @param append the exceptions are added to a rule's: fields may be missing, missing values are warned about. */
export function readExceptions(
  item: YamlMapping,
  context: Context,
  append: boolean,
  reading: Reading,
): readonly ExceptionInfo[] {
  const node = valueAt(item, 'exceptions');
  if (node === undefined || isNull(node)) return [];
  const inner = nodeContext(node.mark, 'exceptions', '', context);
  if (node.kind !== 'sequence') throw structureFault('Rule exceptions must be a sequence', inner);
  const exceptions: ExceptionInfo[] = [];
  const counts = new Map<ByteString, number>();
  for (const entry of node.items) {
    const unnamed = nodeContext(entry.mark, 'exception', '', inner);
    if (entry.kind !== 'mapping') throw structureFault('Rule exception must be a mapping', unnamed);
    const name = requireText(entry, 'name', unnamed);
    const own = nodeContext(entry.mark, 'exception', name, context);
    const earlier = counts.get(name) ?? 0;
    counts.set(name, earlier + 1);
    // As often as the name was there before.
    for (let count = 0; count < earlier; count++)
      reading.warn(
        'LOAD_EXCEPTION_NAME_NOT_UNIQUE',
        `Multiple definitions of exception '${name}' in the same rule`,
        own,
      );
    exceptions.push(readException(entry, name, own, append, reading));
  }
  return exceptions;
}

function readException(
  entry: YamlMapping,
  name: ByteString,
  context: Context,
  append: boolean,
  reading: Reading,
): ExceptionInfo {
  const fields = readPart(entry, 'fields', context, append);
  const comps = readPart(entry, 'comps', context, true);
  const values = readValues(entry, context);
  if (values === undefined && append)
    reading.warn('LOAD_APPEND_NO_VALUES', 'Overriding/appending exception with no values', context);
  return { name, fields, comps, values: values ?? [], context, file: reading.file };
}

function readPart(entry: YamlMapping, key: string, context: Context, optional: boolean): ExceptionEntry {
  const node = valueAt(entry, key);
  if (node === undefined && !optional) throw missingKey(entry, key, context);
  return node === undefined ? NO_ENTRY : readEntry(node, nodeContext(node.mark, 'value for', key, context));
}

function readValues(entry: YamlMapping, context: Context): readonly ExceptionEntry[] | undefined {
  const node = valueAt(entry, 'values');
  if (node === undefined) return undefined;
  const inner = nodeContext(node.mark, 'exception values', '', context);
  if (node.kind !== 'sequence') throw structureFault('Rule exception values must be a sequence', inner);
  return node.items.map((item) => {
    const value = nodeContext(item.mark, 'exception value', '', inner);
    return readEntry(item, nodeContext(item.mark, 'value for', '', value));
  });
}

/** Deeper than anything that means something; a YAML alias inside itself has no end. */
const MAX_DEPTH = 100;

function readEntry(node: YamlNode, context: Context, depth = 0): ExceptionEntry {
  if (depth > MAX_DEPTH) throw structureFault('Value is nested too deeply', context);
  switch (node.kind) {
    case 'scalar':
      if (node.isNull) return { ...NO_ENTRY, node };
      if (node.text === '') throw structureFault('Value must be non-empty', context);
      return { isList: false, text: node.text, items: [], node };
    case 'mapping':
      return { ...NO_ENTRY, node };
    case 'sequence': {
      const items = node.items.map((item) => {
        const inner = nodeContext(item.mark, 'exception', '', context);
        return readEntry(item, nodeContext(item.mark, 'value for', '', inner), depth + 1);
      });
      return { isList: true, text: '', items, node };
    }
  }
}
