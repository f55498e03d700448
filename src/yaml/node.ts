// YamlNode: what a YAML text holds, with places. Types, and the few questions that everyone asks.

/** A place in a YAML text: byte offset, line and column, all from 0. */
export interface Mark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  /** Begin of the node, its anchor and tag included. */
  readonly mark: Mark;
  /** Text with escapes and folding done, bytes; never turned into a number or the like. */
  readonly text: string;
  /** Empty, or plain `~`, `null`, `Null`, `NULL`. */
  readonly isNull: boolean;
  /** The whole text of the file, and where in it the scalar's own begins, behind anchor and tag (see originOf). */
  readonly source: string;
  readonly from: number;
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
