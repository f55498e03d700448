// In: a scalar's text and the environment. Out: the text with `${NAME}` replaced (spec: cli-and-config.md §1.5).
// Answers to yaml_helper::pre_process_env_vars.

import { type ByteString, toBytes } from '../../bytes.js';
import { ConfigError, type Tree } from './tree.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that names itself would go on for ever. */
const MAX_SUBSTITUTIONS = 100;

/**
 * Replaces `${NAME}`, also in what a replacement brings along; `$${NAME}` stays as `${NAME}`.
 * Any other `$` ends the scan, as in Falco.
 * @throws ConfigError where replacing does not come to an end
 */
export function expandText(text: ByteString, env: Environment): ByteString {
  let value = text;
  let at = value.indexOf('$');
  let substitutions = 0;
  while (at >= 0) {
    const close = value.indexOf('}', at);
    const escaped = value.startsWith('$${', at);
    if (close < 0 || !(escaped || value.startsWith('${', at))) break;
    if (escaped) {
      value = value.slice(0, at) + value.slice(at + 1);
      at++;
    } else {
      if (++substitutions > MAX_SUBSTITUTIONS) {
        throw new ConfigError(
          `Config error: environment variables in '${text}' refer to each other without end`,
        );
      }
      const name = value.slice(at + 2, close);
      value = value.slice(0, at) + variable(name, env) + value.slice(close + 1);
    }
    at = value.indexOf('$', at);
  }
  return value;
}

function variable(name: ByteString, env: Environment): ByteString {
  const wanted = Buffer.from(name, 'latin1').toString('utf8');
  return Object.hasOwn(env, wanted) ? toBytes(env[wanted] ?? '') : '';
}

/** Replaces variables in all values of a tree; keys stay as they are. @throws ConfigError */
export function expandTree(tree: Tree, env: Environment): Tree {
  switch (tree.kind) {
    case 'scalar':
      return tree.isNull ? tree : { ...tree, text: expandText(tree.text, env) };
    case 'sequence':
      return { ...tree, items: tree.items.map((each) => expandTree(each, env)) };
    case 'mapping':
      return {
        ...tree,
        entries: tree.entries.map(({ key, value }) => ({ key, value: expandTree(value, env) })),
      };
  }
}
