// In: a JSON schema and a YAML node. Out: the statuses that Falco reports, deepest first. A leaf, shared by the
// configuration and the rules files (spec: rules-language.md §6, cli-and-config.md §2.2).
// Answers to Falco's use of valijson with weak types: scalars have no type, their text decides. Own validator: ajv
// knows JavaScript values only, and neither its order nor its texts can be bent to these.

import type { ByteString } from './bytes.js';

/** What is validated. YamlNode is one. */
export type SchemaNode =
  | { readonly kind: 'scalar'; readonly text: ByteString; readonly isNull: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly SchemaNode[] }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly { readonly key: SchemaNode; readonly value: SchemaNode }[];
    };

/** The part of JSON schema that Falco's schemas use. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  /** `#/definitions/Name` */
  readonly $ref?: string;
  readonly type?: 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string';
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minProperties?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
}

/** The one status of a valid document. */
export const SCHEMA_OK = 'ok';

/** Where a value stands, and where its faults are collected. */
interface Walk {
  readonly root: Schema;
  readonly faults: ByteString[];
}

/** Validates a document. @returns `['ok']`, or `failed for <root>…: <text>` for each fault in valijson's order. */
export function validate(schema: Schema, node: SchemaNode): readonly ByteString[] {
  const faults: ByteString[] = [];
  return check(schema, node, '<root>', { root: schema, faults }) ? [SCHEMA_OK] : faults;
}

function check(given: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  const schema = resolve(given, walk.root);
  // Falco's validator goes on after a fault, so each of these runs.
  const verdicts = [
    checkType(schema, node, path, walk),
    checkAnyOf(schema, node, path, walk),
    checkEnum(schema, node, path, walk),
    checkItems(schema, node, path, walk),
    checkRange(schema, node, path, walk),
    checkSize(schema, node, path, walk),
    checkOneOf(schema, node, path, walk),
    checkProperties(schema, node, path, walk),
    checkRequired(schema, node, path, walk),
  ];
  return verdicts.every((verdict) => verdict);
}

function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '');
  return name === undefined ? schema : (root.definitions?.[name] ?? schema);
}

function fail(walk: Walk, path: ByteString, text: ByteString): false {
  walk.faults.push(`failed for ${path}: ${text}`);
  return false;
}

function checkType(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.type === undefined || hasType(node, schema.type)) return true;
  return fail(walk, path, "Value type not permitted by 'type' constraint.");
}

function hasType(node: SchemaNode, type: NonNullable<Schema['type']>): boolean {
  const text = node.kind === 'scalar' && !node.isNull ? node.text : undefined;
  switch (type) {
    case 'array':
      return node.kind === 'sequence';
    case 'object':
      return node.kind === 'mapping';
    case 'null':
      return node.kind === 'scalar' && (node.isNull || node.text === '');
    case 'string':
      return text !== undefined;
    case 'boolean':
      return text === 'true' || text === 'false';
    case 'integer':
      return text !== undefined && /^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text);
    case 'number':
      return text !== undefined && numeric(text) !== undefined;
  }
}

/** The number that C's strtod reads from a whole text. */
function numeric(text: ByteString): number | undefined {
  const decimal = /^[ \t\n\v\f\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
  return decimal.test(text) ? Number(text) : undefined;
}

function checkAnyOf(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.anyOf === undefined) return true;
  const { faults, matches } = checkChildren(schema.anyOf, node, path, walk);
  if (matches > 0) return true;
  walk.faults.push(...faults);
  return fail(walk, path, 'Failed to validate against any schemas allowed by anyOf constraint.');
}

function checkOneOf(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.oneOf === undefined) return true;
  const { faults, matches } = checkChildren(schema.oneOf, node, path, walk);
  if (matches === 1) return true;
  if (matches > 1) return fail(walk, path, 'Failed to validate against exactly one child schema.');
  walk.faults.push(...faults);
  return fail(walk, path, 'Failed to validate against any child schemas allowed by oneOf constraint.');
}

function checkChildren(children: readonly Schema[], node: SchemaNode, path: ByteString, walk: Walk) {
  const faults: ByteString[] = [];
  let matches = 0;
  for (const [index, child] of children.entries()) {
    if (check(child, node, path, { root: walk.root, faults })) matches++;
    else faults.push(`failed for ${path}: Failed to validate against child schema #${index}.`);
  }
  return { faults, matches };
}

function checkEnum(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.enum === undefined) return true;
  if (node.kind === 'scalar' && !node.isNull && schema.enum.includes(node.text)) return true;
  return fail(walk, path, 'Failed to match against any enum values.');
}

function checkItems(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.items === undefined || node.kind !== 'sequence') return true;
  let valid = true;
  for (const [index, item] of node.items.entries()) {
    if (!check(schema.items, item, `${path}[${index}]`, walk)) {
      valid = fail(walk, path, `Failed to validate item #${index} in array.`);
    }
  }
  return valid;
}

function checkRange(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  const value = node.kind === 'scalar' && !node.isNull ? numeric(node.text) : undefined;
  if (value === undefined) return true;
  const { minimum, maximum } = schema;
  if (maximum !== undefined && value > maximum) {
    return fail(walk, path, `Expected number less than or equal to ${maximum.toFixed(6)}`);
  }
  if (minimum !== undefined && value < minimum) {
    return fail(walk, path, `Expected number greater than or equal to ${minimum.toFixed(6)}`);
  }
  return true;
}

function checkSize(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  const { minProperties } = schema;
  if (minProperties === undefined || node.kind !== 'mapping' || node.entries.length >= minProperties)
    return true;
  return fail(walk, path, `Object should have no fewer than ${minProperties} properties.`);
}

function checkProperties(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (node.kind !== 'mapping') return true;
  const { properties = {}, additionalProperties: additional = true } = schema;
  const values = valuesByKey(node);
  let valid = true;
  for (const key of Object.keys(properties).sort()) {
    const value = values.get(key);
    if (value !== undefined && !check(properties[key]!, value, `${path}[${key}]`, walk)) {
      valid = fail(walk, path, `Failed to validate against schema associated with property name '${key}'.`);
    }
  }
  const others = [...values].filter(([key]) => !Object.hasOwn(properties, key));
  if (additional === true) return valid;
  if (additional === false) {
    // Duplicate keys are counted as well: they are reported as the property ''.
    if (others.length === 0 && values.size === node.entries.length) return valid;
    return fail(walk, path, `${UNWANTED}: '${others[0]?.[0] ?? ''}'.`);
  }
  for (const [key, value] of others) {
    if (!check(additional, value, `${path}[${key}]`, walk)) {
      valid = fail(walk, path, 'Failed to validate against additional properties schema.');
    }
  }
  return valid;
}

const UNWANTED =
  "Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints";

/** The first value of each key, in the order of the text. */
function valuesByKey(node: SchemaNode & { readonly kind: 'mapping' }): ReadonlyMap<ByteString, SchemaNode> {
  const values = new Map<ByteString, SchemaNode>();
  for (const { key, value } of node.entries) {
    const name = key.kind !== 'scalar' ? '' : key.isNull ? 'null' : key.text;
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

function checkRequired(schema: Schema, node: SchemaNode, path: ByteString, walk: Walk): boolean {
  if (schema.required === undefined || node.kind !== 'mapping') return true;
  const values = valuesByKey(node);
  let valid = true;
  for (const key of [...schema.required].sort()) {
    if (!values.has(key)) valid = fail(walk, path, `Missing required property '${key}'.`);
  }
  return valid;
}
