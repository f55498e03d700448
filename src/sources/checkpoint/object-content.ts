// What an object that is a checkpoint holds: gzipped JSON with the records, who has it, and a beat that changes with each
// write. In and out: bytes. What is no such object is refused, never written over.

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { SourceError } from '../source.js';
import type { Found } from './object-client.js';

export interface Content {
  readonly tsfalco: 'checkpoint';
  readonly owner: { readonly id: string; readonly host: string; readonly pid: string };
  readonly beat: number;
  /** Its owner has let it go. */
  readonly free: boolean;
  readonly records: readonly unknown[];
  /** Records of others, each as JSON. */
  readonly beside?: readonly string[];
}

const MOST_BYTES = 512 * 1024 * 1024;

const gzipped = promisify<string, object, Buffer>(gzip);
const gunzipped = promisify<Uint8Array, object, Buffer>(gunzip);

/** Identities do not get smaller; the rest does at once. */
export function pack(content: Content): Promise<Buffer> {
  return gzipped(JSON.stringify(content), { level: 1 });
}

/** @param place how people call the object. Errors: SourceError, where it is something else. */
export async function unpack(place: string, { bytes }: Found): Promise<Content> {
  const json = await parse(bytes).catch(() => undefined);
  if (isContent(json)) return json;
  throw new SourceError(`${place} is no checkpoint: name another key, or remove the object`);
}

async function parse(bytes: Uint8Array): Promise<unknown> {
  const text = await gunzipped(bytes, { maxOutputLength: MOST_BYTES });
  return JSON.parse(text.toString('utf8'));
}

function isContent(json: unknown): json is Content {
  if (typeof json !== 'object' || json === null) return false;
  const content = json as Partial<Record<keyof Content, unknown>>;
  const owner = content.owner as Partial<Content['owner']> | null | undefined;
  return (
    content.tsfalco === 'checkpoint' &&
    Array.isArray(content.records) &&
    (content.beside === undefined || isTexts(content.beside)) &&
    typeof content.free === 'boolean' &&
    typeof owner?.id === 'string' &&
    typeof owner.host === 'string' &&
    typeof owner.pid === 'string'
  );
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
