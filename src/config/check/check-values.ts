// In: the tree of one configuration file, or the merged one. Out: keys that nobody reads and values that do not convert,
// each of which Falco passes over in silence (spec: cli-and-config.md §2.1, §2.2). What is known is in the schema.

import type { ByteString } from '../../bytes.js';
import type { Schema } from '../../schema.js';
import { parseYaml } from '../../yaml.js';
import type { ConfigFinding } from '../finding.js';
import { MAX_UINT8, MAX_UINT32, MAX_UINT64, readDecimal, readFlag, readInteger } from '../read/read.js';
import { isNull, keyText, type MappingTree, type Mark, type ScalarTree, type Tree } from '../read/tree.js';
import { CONFIG_SCHEMA } from './schema.js';
import { adviceOnKey, isRead } from './unknown-key.js';

/** A place in the tree with what the schema says of it. */
interface Spot {
  readonly schema: Schema;
  /** Keys joined by dots, items as `[]`. */
  readonly path: string;
  /** Where its key stands: a value that is missing has no place of its own. */
  readonly key?: Mark | undefined;
}

export function checkValues(tree: Tree): readonly ConfigFinding[] {
  return isNull(tree) ? [] : [...check(tree, { schema: resolve(CONFIG_SCHEMA), path: '' })];
}

/** Only the first document of a file is read. */
export function checkDocuments(content: ByteString, file: ByteString): readonly ConfigFinding[] {
  const [, second] = parseYaml(content, { documents: 2 }).documents;
  if (second === undefined || (second.kind === 'scalar' && second.isNull)) return [];
  const { line, column } = second.mark;
  const text = "has no effect: only the part before the second '---' is read";
  return [{ mark: { line, column, file }, text }];
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '');
  return name === undefined ? schema : (CONFIG_SCHEMA.definitions?.[name] ?? schema);
}

function* check(tree: Tree, spot: Spot): Generator<ConfigFinding> {
  const schema = choose(resolve(spot.schema), tree);
  switch (schema.type) {
    case 'object':
      yield* checkMapping(tree, { ...spot, schema });
      return;
    case 'array':
      yield* checkList(tree, { ...spot, schema });
      return;
    case undefined:
    case 'null':
      return;
    default:
      yield* checkScalar(tree, { ...spot, schema });
  }
}

/** Of several schemas the one for this kind of node. */
function choose(schema: Schema, tree: Tree): Schema {
  if (schema.anyOf === undefined) return schema;
  const wanted = tree.kind === 'mapping' ? 'object' : tree.kind === 'sequence' ? 'array' : 'string';
  const children = schema.anyOf.map(resolve);
  const nullable = isNull(tree) ? children.find(({ type }) => type === 'null') : undefined;
  return nullable ?? children.find(({ type }) => type === wanted) ?? children[0]!;
}

function* checkMapping(tree: Tree, { schema, path }: Spot): Generator<ConfigFinding> {
  if (tree.kind !== 'mapping') {
    // Of a scalar Falco says so itself, but where it asks for no key in it.
    if (tree.kind === 'sequence' || (path === 'static_fields' && !isNull(tree)))
      yield { mark: tree.mark, text: `${named(path)}keys with values are expected here; this has no effect` };
    return;
  }
  yield* checkTwice(tree, path);
  const { properties = {}, additionalProperties } = schema;
  for (const { key, value } of firstOfEach(tree)) {
    const name = keyText(key);
    const inner = path === '' ? name : `${path}.${name}`;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const other = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const known = property ?? other;
    if (additionalProperties === false && !isRead(inner, property)) {
      const advice = adviceOnKey(inner, Object.keys(properties));
      yield { mark: key.mark, text: `unknown key ${shown(inner)} has no effect${advice}` };
    } else if (known !== undefined) yield* check(value, { schema: known, path: inner, key: key.mark });
  }
}

/** The first entry of each key, which is the one that counts. */
function firstOfEach({ entries }: MappingTree): MappingTree['entries'] {
  const seen = new Set<ByteString>();
  return entries.filter(({ key }) => {
    const name = keyText(key);
    return !seen.has(name) && seen.add(name);
  });
}

function* checkTwice({ entries }: MappingTree, path: string): Generator<ConfigFinding> {
  const first = new Map<ByteString, ScalarTree>();
  for (const { key } of entries) {
    const name = keyText(key);
    const before = first.get(name);
    if (before === undefined) first.set(name, key);
    else {
      const line = before.mark === undefined ? '' : ` (line ${before.mark.line + 1})`;
      yield {
        mark: key.mark,
        text: `${named(path)}key ${shown(name)} stands here twice; the first one counts${line}`,
      };
    }
  }
}

function* checkList(tree: Tree, { schema, path }: Spot): Generator<ConfigFinding> {
  if (tree.kind === 'mapping')
    yield { mark: tree.mark, text: `${named(path)}a list is expected here; this has no effect` };
  if (tree.kind !== 'sequence' || schema.items === undefined) return;
  for (const item of tree.items) yield* check(item, { schema: schema.items, path: `${path}[]` });
}

/** Keys whose text decides, not what it means as a flag. */
const LITERALLY_TRUE: readonly string[] = ['file_output.keep_alive', 'program_output.keep_alive'];

const LARGEST: ReadonlyMap<string, number> = new Map([
  ['http_output.max_consecutive_timeouts', MAX_UINT8],
  ['outputs_queue.capacity', MAX_UINT64],
]);

function* checkScalar(tree: Tree, { schema, path, key }: Spot): Generator<ConfigFinding> {
  if (tree.kind !== 'scalar') {
    yield { mark: tree.mark, text: `${named(path)}a single value is expected here; this has no effect` };
    return;
  }
  const text = scalarFault(tree, schema, path);
  if (text !== undefined)
    yield { mark: tree.isNull ? (key ?? tree.mark) : tree.mark, text: named(path) + text };
}

function scalarFault(tree: ScalarTree, schema: Schema, path: string): ByteString | undefined {
  const { text } = tree;
  switch (schema.type) {
    case 'boolean':
      if (tree.isNull) return undefined;
      if (readFlag(text) === undefined) return `${shown(text)} is neither true nor false; the default counts`;
      return LITERALLY_TRUE.includes(path) && readFlag(text) === true && text !== 'true'
        ? `${shown(text)} does not switch it on, only true does`
        : undefined;
    case 'integer': {
      const largest = BigInt(LARGEST.get(path) ?? MAX_UINT32);
      const value = tree.isNull ? 0n : readInteger(text);
      if (value !== undefined && value >= 0n && value <= largest) return undefined;
      return `${shown(text)} is no whole number from 0 to ${largest}; the default counts`;
    }
    case 'number':
      return tree.isNull || readDecimal(text) !== undefined
        ? undefined
        : `${shown(text)} is no number; the default counts`;
    default:
      return tree.isNull && !path.endsWith('.open_params')
        ? "no value is read as the text 'null'; quotes ('') stand for an empty text"
        : undefined;
  }
}

function named(path: string): string {
  return path === '' ? '' : `${path}: `;
}

const LONGEST = 60;

/** A value as it was written, but not all of a long one: it may be in the wrong place, and a secret. */
function shown(text: ByteString): ByteString {
  return `'${text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text}'`;
}
