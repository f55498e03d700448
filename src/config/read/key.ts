// In: a key of `-o` such as `rules[].disable.tag`. Out: the steps that lead to its value, and the tree with a value
// set there. Answers to yaml_helper::get_node (spec: cli-and-config.md §1.4).

import type { ByteString } from '../../bytes.js';
import { ConfigError, child, item, NULL, type Tree, withChild, withItem } from './tree.js';

/** A name, an index, or `[]`, which stands for a new item at the end. */
type KeyStep =
  | { readonly kind: 'name'; readonly name: ByteString }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'append'; readonly text: ByteString };

interface Path {
  readonly steps: readonly KeyStep[];
  /** Why the rest of the key cannot be read. */
  readonly fault: ByteString | undefined;
}

const ESCAPABLE = '.[]\\';

/** Splits a key. Positions in messages count from 0, as Falco's do. */
function parseKey(key: ByteString): Path {
  const steps: KeyStep[] = [];
  const fault = (text: ByteString): Path => ({ steps, fault: `Parsing error: ${text}` });
  let name = '';
  const shift = (): void => {
    steps.push({ kind: 'name', name });
    name = '';
  };
  for (let i = 0; i < key.length; i++) {
    const char = key[i]!;
    const last = i === key.length - 1;
    if (char === '\\') {
      if (last) return fault(`trailing backslash at pos ${i}`);
      const next = key[++i]!;
      if (!ESCAPABLE.includes(next)) return fault(`invalid escape sequence '\\${next}' at pos ${i - 1}`);
      name += next;
      if (i === key.length - 1) shift();
      continue;
    }
    if (char !== '.' && char !== '[') {
      if (i > 0 && name === '' && key[i - 1] !== '.') return fault(`expected '.' character at pos ${i - 1}`);
      name += char;
      if (last) shift();
      continue;
    }
    if (name === '') return fault(`unexpected character at pos ${i}`);
    shift();
    if (char === '.') continue;
    const close = key.indexOf(']', i);
    // Falco hangs here.
    if (close < 0) return fault(`missing ']' for '[' at pos ${i}`);
    const step = parseIndex(key.slice(i + 1, close));
    if (step === undefined) return fault(`expected a numeric index, found '${key.slice(i + 1, close)}'`);
    steps.push(step);
    i = key[close + 1] === '.' ? close + 1 : close;
  }
  return { steps, fault: undefined };
}

/** What C's atoi would read: blanks, a sign and digits; what follows them does not matter. */
function parseIndex(text: ByteString): KeyStep | undefined {
  if (text === '') return { kind: 'append', text };
  const match = /^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(text);
  return match === null ? undefined : { kind: 'index', index: Number(match[1]) };
}

function wrapped(key: ByteString, action: () => Tree): Tree {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`Config error at key "${key}": ${error.message}`);
  }
}

/** The tree with `value` at `key`; missing mappings and sequences are made. @throws ConfigError */
export function setAt(tree: Tree, key: ByteString, value: Tree): Tree {
  return wrapped(key, () => {
    const { steps, fault } = parseKey(key);
    const changed = apply(tree, steps, 0, value);
    if (fault !== undefined) throw new ConfigError(fault);
    return changed;
  });
}

function apply(tree: Tree | undefined, steps: readonly KeyStep[], at: number, value: Tree): Tree {
  const step = steps[at];
  if (step === undefined) return value;
  switch (step.kind) {
    case 'name': {
      const inner = tree === undefined ? undefined : child(tree, step.name);
      return withChild(tree ?? NULL, step.name, apply(inner, steps, at + 1, value));
    }
    case 'index': {
      const inner = tree === undefined ? undefined : item(tree, step.index);
      return withItem(tree, step.index, apply(inner, steps, at + 1, value));
    }
    case 'append': {
      if (tree !== undefined && tree.kind !== 'sequence') {
        throw new ConfigError("Parsing error: expected a numeric index, found ''");
      }
      const length = tree?.items.length ?? 0;
      return withItem(tree, length, apply(NULL, steps, at + 1, value));
    }
  }
}

/** The value at a plain dotted key of the program's own. @throws ConfigError where a scalar stands in the way. */
export function getAt(tree: Tree, key: string): Tree | undefined {
  let value: Tree | undefined = tree;
  try {
    for (const name of key.split('.')) {
      if (value === undefined) return undefined;
      value = child(value, name);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`Config error at key "${key}": ${error.message}`);
  }
  return value;
}
