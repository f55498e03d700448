// In: a key of the configuration that is not in its schema. Out: what was probably meant, as the end of a sentence.

import type { Schema } from '../../schema.js';
import { suggest } from '../../suggest.js';
import { CONFIG_SCHEMA } from './schema.js';

/** Keys that are read although Falco's schema does not have them. */
const READ: readonly string[] = ['rules_file'];

/** Sections and keys that Falco had once. */
const FORMER: readonly string[] = [
  'grpc',
  'grpc_output',
  'outputs',
  'syscall_buf_size_preset',
  'syscall_drop_failed_exit',
  'modern_bpf',
  'outputs_queue.recovery',
  'engine.ebpf',
  'engine.gvisor',
];

/** In Falco's schema, but nobody reads it. */
const UNREAD = 'rule_files';

/** @param property what the schema says of the key */
export function isRead(path: string, property: Schema | undefined): boolean {
  return READ.includes(path) || (property !== undefined && path !== UNREAD);
}

/**
 * `; did you mean 'json_output'?`, `; it belongs under 'webserver'`, or nothing.
 * @param path the whole key, parts joined by dots
 * @param siblings the keys that are known at its place
 */
export function adviceOnKey(path: string, siblings: readonly string[]): string {
  if (FORMER.includes(path)) return ': Falco no longer has it';
  const name = path.slice(path.lastIndexOf('.') + 1);
  const near = suggest(
    name,
    siblings.filter((key) => key !== name && key !== UNREAD),
  );
  if (near !== undefined) return `; did you mean '${near}'?`;
  const homes = HOMES.get(name) ?? [];
  if (homes.length !== 1) return '';
  return homes[0] === '' ? '; it belongs at the top level' : `; it belongs under '${homes[0]}'`;
}

/** Where each known key stands: the path of its section, empty for the top level. */
const HOMES: ReadonlyMap<string, readonly string[]> = collectHomes();

function collectHomes(): ReadonlyMap<string, readonly string[]> {
  const homes = new Map<string, string[]>();
  const walk = (schema: Schema, path: string): void => {
    const name = schema.$ref?.replace('#/definitions/', '');
    const { properties = {} } = name === undefined ? schema : (CONFIG_SCHEMA.definitions?.[name] ?? schema);
    for (const [key, inner] of Object.entries(properties)) {
      homes.set(key, [...(homes.get(key) ?? []), path]);
      walk(inner, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(CONFIG_SCHEMA, '');
  return homes;
}
