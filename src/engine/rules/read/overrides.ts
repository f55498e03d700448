// The `override` key: which keys of an item change an earlier one, and how.
// Answers to decode_overrides and warn_unknown_keys of Falco's rule reader (spec: rules-language.md §4.8).

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { isNull, keyText, valueAt, type YamlMapping, type YamlNode, yamlPlace } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { fileContext, itemFault, nodeContext, structureFault } from '../fault.js';

export interface Overrides {
  readonly append: ReadonlySet<string>;
  readonly replace: ReadonlySet<string>;
}

const NO_NODE =
  'invalid node; this may result from using a map iterator as a sequence iterator, or vice-versa';

/** Text of a key or operation as yaml-cpp converts it: null is `null`, collections are an error. */
export function convertText(node: YamlNode, context: Context): ByteString {
  if (isNull(node)) return 'null';
  if (node.kind === 'scalar') return node.text;
  const message = `yaml-cpp: ${yamlPlace(node.mark)}: bad conversion`;
  throw itemFault(message, fileContext(context.locations[0]!.name));
}

/** Whether anything is overridden. */
export const hasOverrides = ({ append, replace }: Overrides): boolean => append.size + replace.size > 0;

/** @param appendable @param replaceable keys that allow the operation. */
export function readOverrides(
  item: YamlMapping,
  appendable: ReadonlySet<string>,
  replaceable: ReadonlySet<string>,
  context: Context,
): Overrides {
  const append = new Set<string>();
  const replace = new Set<string>();
  const node = valueAt(item, 'override');
  if (node === undefined || node.kind === 'scalar') return { append, replace };
  const inner = nodeContext(item.mark, 'overrides', '', context);
  if (node.kind === 'sequence') throw itemFault(NO_NODE, fileContext(context.locations[0]!.name));
  for (const { key: keyNode, value } of node.entries) {
    const key = convertText(keyNode, context);
    const operation = convertText(value, context);
    const keyContext = nodeContext(keyNode.mark, 'overrides', key, inner);
    if (operation === 'append') {
      if (!appendable.has(key))
        throw structureFault(`Key '${key}' cannot be appended to, use 'replace' instead`, keyContext, {
          suggestion: suggest(key, appendable),
        });
      append.add(key);
    } else if (operation === 'replace') {
      if (!replaceable.has(key))
        throw structureFault(`Key '${key}' cannot be replaced`, keyContext, {
          suggestion: suggest(key, replaceable),
        });
      replace.add(key);
    } else {
      const allowed = `${appendable.has(key) ? 'append ' : ''}${replaceable.has(key) ? 'replace ' : ''}`;
      throw structureFault(
        `Invalid override operation for key '${key}': '${operation}'. Allowed values are: ${allowed}`,
        nodeContext(value.mark, 'value for', key, inner),
        { suggestion: suggest(operation, ['append', 'replace']) },
      );
    }
  }
  return { append, replace };
}

/** Keys of an item that nobody reads, in order. */
export function unknownKeys(
  item: YamlMapping,
  known: ReadonlySet<string>,
  context: Context,
): readonly { readonly key: ByteString; readonly node: YamlNode }[] {
  return item.entries
    .map(({ key: node }) => ({ key: convertText(node, context), node }))
    .filter(({ key }) => !known.has(key));
}

/** Whether an item has a key. */
export const hasKey = (item: YamlMapping, key: string): boolean =>
  item.entries.some((entry) => keyText(entry.key) === key);
