// In: `-o key=value`. Out: the tree with that value (spec: cli-and-config.md §1.4).

import type { ByteString } from '../../bytes.js';
import { parseYaml } from '../../yaml.js';
import { setAt } from './key.js';
import { toTree } from './read-file.js';
import { ConfigError, NULL, scalar, type Tree } from './tree.js';

/** @throws ConfigError */
export function override(tree: Tree, option: ByteString): Tree {
  const equals = option.indexOf('=');
  if (equals < 0) {
    throw new ConfigError(
      `Error parsing config option "${option}". Must be of the form key=val or key.subkey=val`,
    );
  }
  const text = option.slice(equals + 1);
  return setAt(tree, option.slice(0, equals), overrideValue(text));
}

function overrideValue(text: ByteString): Tree {
  if (!(text.startsWith('{') && text.endsWith('}'))) return scalar(text);
  const { documents, error } = parseYaml(text, { documents: 1 });
  if (error !== undefined) throw new ConfigError(error.message);
  return documents[0] === undefined ? NULL : toTree(documents[0], undefined);
}
