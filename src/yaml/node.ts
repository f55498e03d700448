// YamlNode: what a YAML text holds, with places. Types, and the few questions that everyone asks.

import type { Mark } from './stream.js';

export interface YamlScalar {
  readonly kind: 'scalar';
  /** Begin of the node, its anchor and tag included. */
  readonly mark: Mark;
  /** Text with escapes and folding done, bytes; never turned into a number or the like. */
  readonly text: string;
  /** Not quoted and no block scalar. */
  readonly plain: boolean;
  /** Empty, or plain `~`, `null`, `Null`, `NULL`. */
  readonly isNull: boolean;
  /** Pairs: index in `text`, offset in the file of what stands there (see originOf). */
  readonly origins: readonly number[];
}

export interface YamlSequence {
  readonly kind: 'sequence';
  readonly mark: Mark;
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly mark: Mark;
  /** In order, duplicate keys included; the first one counts. */
  readonly entries: readonly YamlEntry[];
}

/** Aliases are the nodes they name, so a node may be met more than once, even inside itself. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export const isNull = (node: YamlNode): boolean => node.kind === 'scalar' && node.isNull;

/** Value of the first entry with this key; undefined if there is none. Null keys have no name. */
export function valueAt(node: YamlMapping, key: string): YamlNode | undefined {
  return node.entries.find((entry) => keyText(entry.key) === key)?.value;
}

/** Name of a key; undefined for null and for collections. */
export function keyText(key: YamlNode): string | undefined {
  return key.kind === 'scalar' && !key.isNull ? key.text : undefined;
}

/** Offset in the file of the byte at `index` of the scalar's text. */
export function originOf(scalar: YamlScalar, index: number): number {
  const { origins } = scalar;
  let low = 0;
  let high = origins.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (origins[middle * 2]! <= index) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return scalar.mark.offset;
  const at = (low - 1) * 2;
  const next = origins[at + 3];
  const origin = origins[at + 1]! + (index - origins[at]!);
  // A folded break is one byte of text for many in the file.
  return next === undefined ? origin : Math.min(origin, next - 1);
}
