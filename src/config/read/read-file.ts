// In: a file's name. Out: its first document as a tree, with variables replaced, and its schema's verdict
// (spec: cli-and-config.md §1.5, §2.2). Answers to yaml_helper::load_from_file.

import type { ByteString } from '../../bytes.js';
import { SCHEMA_OK, validate } from '../../schema.js';
import { MAX_YAML_BYTES, parseYaml, type YamlNode } from '../../yaml.js';
import { checkDocuments, checkValues } from '../check/check-values.js';
import { CONFIG_SCHEMA } from '../check/schema.js';
import type { Loading } from '../loading.js';
import { expandTree } from './env.js';
import { badConversion, ConfigError, NULL, type Tree, yamlFault } from './tree.js';

/** A file's first document, variables replaced, validated. @throws ConfigError */
export function readFile(loading: Loading, file: ByteString, named: boolean): Tree {
  let content: ByteString;
  try {
    // One byte more than is allowed tells that it is too large, also of what never ends.
    content = loading.source.files.read(file, MAX_YAML_BYTES + 1);
  } catch (error) {
    throw new ConfigError(systemText(error));
  }
  if (named) loading.files.push({ name: file, content });
  const { documents, error } = parseYaml(content, { documents: 1 });
  if (error !== undefined) throw new ConfigError(error.message);
  const [document] = documents;
  const tree = document === undefined ? NULL : expandTree(toTree(document, file), loading.source.env);
  loading.schema.set(file, validate(CONFIG_SCHEMA, tree)[0] ?? SCHEMA_OK);
  loading.findings.push(...checkDocuments(content, file), ...checkValues(tree));
  return tree;
}

function systemText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EISDIR') return 'Is a directory';
  if (code === 'EACCES') return 'Permission denied';
  if (code === 'ENOENT') return 'No such file or directory';
  return error instanceof Error ? error.message : String(error);
}

/**
 * Nodes are shared through aliases, also with themselves: that has no tree.
 * @param file undefined for the text of an option
 * @throws ConfigError
 */
export function toTree(node: YamlNode, file: ByteString | undefined, above: readonly YamlNode[] = []): Tree {
  const mark = { line: node.mark.line, column: node.mark.column, file };
  if (above.includes(node)) throw yamlFault(mark, 'an alias refers to a node that holds it');
  const inside = [...above, node];
  switch (node.kind) {
    case 'scalar':
      return { kind: 'scalar', text: node.text, isNull: node.isNull, mark };
    case 'sequence':
      return { kind: 'sequence', items: node.items.map((item) => toTree(item, file, inside)), mark };
    case 'mapping':
      return {
        kind: 'mapping',
        mark,
        entries: node.entries.map(({ key, value }) => {
          const name = toTree(key, file, inside);
          if (name.kind !== 'scalar') throw badConversion(name);
          return { key: name, value: toTree(value, file, inside) };
        }),
      };
  }
}
