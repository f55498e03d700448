// In: a configuration tree. Out: one line of flow YAML, all texts in double quotes, as `--support` shows it
// (spec: cli-and-config.md §1.11). Answers to yaml_helper::dump.

import type { ByteString } from '../bytes.js';
import type { ScalarTree, Tree } from './read/tree.js';

export function dumpTree(tree: Tree): ByteString {
  switch (tree.kind) {
    case 'scalar':
      return dumpScalar(tree);
    case 'sequence':
      return `[${tree.items.map(dumpTree).join(', ')}]`;
    case 'mapping':
      return `{${tree.entries.map(({ key, value }) => `${dumpScalar(key)}: ${dumpTree(value)}`).join(', ')}}`;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
};

function dumpScalar(scalar: ScalarTree): ByteString {
  if (scalar.isNull) return 'null';
  const text = scalar.text.replace(/["\\\x00-\x1f\x7f]/g, (char) => {
    const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
    return ESCAPES[char] ?? `\\x${hex}`;
  });
  return `"${text}"`;
}
