// In: a YAML node. Out: the value that YAML 1.2's core schema gives it: texts, numbers, true, false, null, arrays, objects.
// For files of our own; Falco's know texts only. What a value cannot be is given to `fail`, which throws.

import { fromBytes } from '../bytes.js';
import { keyText, type YamlEntry, type YamlNode, type YamlScalar } from './node.js';
import { isQuotedOrBlock } from './spaces.js';

type Fail = (node: YamlNode, message: string) => never;

export function typedValue(node: YamlNode, fail: Fail, above: readonly YamlNode[] = []): unknown {
  if (node.kind === 'scalar') return scalarValue(node);
  if (above.includes(node)) return fail(node, 'an alias refers to a value that holds it');
  const inside = [...above, node];
  if (node.kind === 'sequence') return node.items.map((item) => typedValue(item, fail, inside));
  const seen = new Set<string>();
  // Not by assignment, which would take the key __proto__ for the prototype.
  return Object.fromEntries(
    node.entries.map(({ key, value }: YamlEntry) => {
      const name = keyText(key);
      if (name === undefined) return fail(key, 'a key must be a text');
      if (seen.has(name)) return fail(key, 'duplicated mapping key');
      seen.add(name);
      return [fromBytes(name), typedValue(value, fail, inside)];
    }),
  );
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  ...{ true: true, True: true, TRUE: true },
  ...{ false: false, False: false, FALSE: false },
};
const NUMBER = /^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const EXTREME = /^([-+]?)\.(?:inf|Inf|INF)$/;

function scalarValue({ text, isNull, source, from }: YamlScalar): unknown {
  if (isNull) return null;
  if (isQuotedOrBlock(source, from)) return fromBytes(text);
  if (Object.hasOwn(TRUTHS, text)) return TRUTHS[text];
  if (NUMBER.test(text)) return Number(text);
  const extreme = EXTREME.exec(text);
  if (extreme !== null) return extreme[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : fromBytes(text);
}
