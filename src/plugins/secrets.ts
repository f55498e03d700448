// Settings that are secrets (Setting.secret): what their values stand for where lines and errors hold them.

import { toBytes } from '../bytes.js';
import { SourceError } from '../sources/source.js';
import type { Plugin } from './plugin.js';

/** Puts `***` in the place of secrets. */
export type Mask = (text: string) => string;

/** Shorter ones are no secrets, and are in every text. */
const SHORTEST = 4;

export function createMask({ settings: schema }: Pick<Plugin, 'settings'>, settings: unknown): Mask {
  const values = Object.entries(settings ?? {});
  const secrets = values
    .filter(([key, value]) => schema?.properties[key]?.secret === true && typeof value === 'string')
    .map(([, value]) => String(value))
    .filter(({ length }) => length >= SHORTEST);
  if (secrets.length === 0) return (text) => text;
  // As they are, and as addresses and JSON hold them.
  const spelled = secrets.flatMap((each) => [
    ...[each, toBytes(each), encodeURIComponent(each)],
    JSON.stringify(each).slice(1, -1),
  ]);
  const all = [...new Set(spelled)].toSorted((a, b) => b.length - a.length);
  return (text) => all.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** The same error without secrets. */
export function maskedError(error: unknown, mask: Mask): unknown {
  if (!(error instanceof Error) || mask(error.message) === error.message) return error;
  const message = mask(error.message);
  return error instanceof SourceError
    ? new SourceError(message, { retryable: error.retryable })
    : new Error(message);
}
