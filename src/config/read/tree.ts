// Tree: the merged configuration, as YAML nodes that `-o` and included files may change. A leaf of src/config.
// Scalars keep their text; values are typed when they are read (read.ts). Missing and wrong nodes behave as in
// yaml-cpp, on which falco's yaml_helper.h is built (spec: cli-and-config.md §1.4, §2.1).

import type { ByteString } from '../../bytes.js';

/** Place in a file, from 0; undefined for what the command line made. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  /** Undefined: the text of an option. */
  readonly file: ByteString | undefined;
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly text: ByteString;
  readonly isNull: boolean;
  readonly mark: Mark | undefined;
}

export interface SequenceTree {
  readonly kind: 'sequence';
  readonly items: readonly Tree[];
  readonly mark: Mark | undefined;
}

export interface MappingTree {
  readonly kind: 'mapping';
  readonly entries: readonly { readonly key: ScalarTree; readonly value: Tree }[];
  readonly mark: Mark | undefined;
}

export type Tree = ScalarTree | SequenceTree | MappingTree;

/** Wrong configuration. The message is what stands behind `Error: `. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** A line that is said before it. */
  readonly notice: ByteString | undefined;

  constructor(message: ByteString, notice?: ByteString) {
    super(message);
    this.notice = notice;
  }
}

export const NULL: Tree = { kind: 'scalar', text: '', isNull: true, mark: undefined };

export function scalar(text: ByteString, mark?: Mark): ScalarTree {
  return { kind: 'scalar', text, isNull: false, mark };
}

/** Falco's wording of a fault at a place. */
export function yamlFault(mark: Mark | undefined, text: ByteString): ConfigError {
  const place =
    mark === undefined ? '' : `yaml-cpp: error at line ${mark.line + 1}, column ${mark.column + 1}: `;
  return new ConfigError(place + text);
}

export function badConversion(tree: Tree): ConfigError {
  return yamlFault(tree.mark, 'bad conversion');
}

export function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.isNull;
}

/** A key's text as lookups compare it. */
export function keyText(key: ScalarTree): ByteString {
  return key.isNull ? 'null' : key.text;
}

/**
 * The value of a key. Sequences and null have none.
 * @throws ConfigError for a scalar, which has no keys at all.
 */
export function child(tree: Tree, key: ByteString): Tree | undefined {
  if (tree.kind === 'mapping') return tree.entries.find((entry) => keyText(entry.key) === key)?.value;
  if (tree.kind === 'scalar' && !tree.isNull) {
    throw yamlFault(tree.mark, `operator[] call on a scalar (key: "${key}")`);
  }
  return undefined;
}

/** The tree with `value` under `key`. Null becomes a mapping, so does a sequence (its indexes become keys). */
export function withChild(tree: Tree, key: ByteString, value: Tree): MappingTree {
  child(tree, key);
  const entries = tree.kind === 'mapping' ? tree.entries : indexed(tree);
  const at = entries.findIndex((entry) => keyText(entry.key) === key);
  const entry = { key: at < 0 ? scalar(key) : entries[at]!.key, value };
  return {
    kind: 'mapping',
    entries: at < 0 ? [...entries, entry] : entries.with(at, entry),
    mark: tree.mark,
  };
}

function indexed(tree: Tree): MappingTree['entries'] {
  if (tree.kind !== 'sequence') return [];
  return tree.items.map((value, index) => ({ key: scalar(String(index)), value }));
}

/** The tree with `value` at an index; an index further than one behind the end makes a mapping of it, as in yaml-cpp. */
export function withItem(tree: Tree | undefined, index: number, value: Tree): Tree {
  const items = tree === undefined || isNull(tree) ? [] : tree.kind === 'sequence' ? tree.items : undefined;
  if (items === undefined || index < 0 || index > items.length) {
    return withChild(tree ?? NULL, String(index), value);
  }
  return {
    kind: 'sequence',
    items: index === items.length ? [...items, value] : items.with(index, value),
    mark: tree?.mark,
  };
}

/** The item at an index, or the value of a key that spells it. @throws ConfigError for a scalar. */
export function item(tree: Tree, index: number): Tree | undefined {
  if (tree.kind === 'sequence') return tree.items[index];
  return child(tree, String(index));
}
