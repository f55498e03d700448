// Durations and groupings of items of ours: `timespan`, `suppress`, `group-by`. In: nodes. Out: microseconds, names with
// their nodes.

import type { ByteString } from '../../../bytes.js';
import { parseInterval } from '../../../interval.js';
import { suggest } from '../../../suggest.js';
import { isNull, valueAt, type YamlMapping, type YamlNode } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import type { NamedNode, SuppressInfo } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { missingKey } from './decode.js';

const MICROS_PER_MS = 1000;
/** No window is longer than a year. */
const MOST_MS = 366 * 86_400_000;
const WRITTEN = 'durations are written 90s, 10m, 1h30m or 7d';

/** A duration in microseconds. @param zero whether there may be none */
export function readSpan(node: YamlNode, key: string, context: Context, zero = false): number {
  const inner = nodeContext(node.mark, 'value for', key, context);
  if (node.kind !== 'scalar') throw structureFault('Value is not a scalar value', inner);
  if (zero && node.text === '0') return 0;
  const ms = parseInterval(node.text);
  if (ms === 0) throw structureFault(`'${node.text}' is not a duration`, inner, { help: WRITTEN });
  if (ms > MOST_MS) throw structureFault(`'${node.text}' is longer than a year`, inner);
  return ms * MICROS_PER_MS;
}

/** A text, or a list of texts. */
export function readNames(node: YamlNode, key: string, context: Context): readonly NamedNode[] {
  const nodes = node.kind === 'sequence' ? node.items : [node];
  return nodes.map((each) => {
    const inner = nodeContext(each.mark, 'value for', key, context);
    if (each.kind === 'scalar' && !each.isNull && each.text !== '') return { text: each.text, node: each };
    throw structureFault('a field is expected', inner);
  });
}

/** Keys that a mapping may have. Errors: LoadFault. */
export function checkKeys(mapping: YamlMapping, keys: readonly string[], context: Context): void {
  for (const { key } of mapping.entries) {
    const text: ByteString = key.kind === 'scalar' ? key.text : '';
    if (keys.includes(text)) continue;
    throw structureFault(`Unknown key '${text}'`, nodeContext(key.mark, 'value for', text, context), {
      suggestion: suggest(text, keys),
      help: `known are ${keys.join(', ')}`,
    });
  }
}

/** `suppress: {by: […], for: 10m}` of a rule. */
export function readSuppress(item: YamlMapping, context: Context): SuppressInfo | undefined {
  const node = valueAt(item, 'suppress');
  if (node === undefined || isNull(node)) return undefined;
  const inner = nodeContext(node.mark, 'value for', 'suppress', context);
  if (node.kind !== 'mapping')
    throw structureFault('suppress of a rule is a mapping: {by: [ka.user.name], for: 10m}', inner);
  checkKeys(node, ['by', 'for'], inner);
  const time = valueAt(node, 'for');
  if (time === undefined) throw missingKey(node, 'for', inner);
  const by = valueAt(node, 'by');
  return {
    by: by === undefined ? [] : readNames(by, 'by', inner),
    time: readSpan(time, 'for', inner),
    context: inner,
  };
}
