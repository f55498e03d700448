// Where a web hook listens: the URL of open_params → host, port and path, with Go's words for what is missing.

import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import { SourceError } from '../source.js';

export interface WebhookAddress {
  readonly secure: boolean;
  /** Empty: all interfaces. */
  readonly host: string;
  /** undefined: the URL has none, which is only noticed when listening. */
  readonly port: number | undefined;
  /** Path that is served; with a slash at its end everything below it as well. */
  readonly path: ByteString;
}

const URL_PARTS = /^(https?):\/\/([^/?#]*)([^?#]*)/i;
const AUTHORITY = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/;

/** Errors: SourceError, as Go's url.Parse words them. */
export function parseWebhookUrl(url: ByteString): WebhookAddress {
  const [, scheme = '', authority = '', path = ''] = URL_PARTS.exec(url) ?? [];
  const [, host = '', port = ''] = AUTHORITY.exec(authority) ?? [];
  if (!/^\d*$/.test(port)) throw new SourceError(`parse "${url}": invalid port ":${port}" after host`);
  if (Number(port) > 65535) throw new SourceError(`listen tcp: address ${port}: invalid port`);
  return {
    secure: scheme.toLowerCase() === 'https',
    host: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? undefined : Number(port),
    // Falco crashes on an empty path.
    path: posix.normalize(unescapeUrl(path, url) || '/'),
  };
}

/** Decodes the percent signs of a URL's path. Errors: SourceError. */
export function unescapeUrl(path: ByteString, url: ByteString): ByteString {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(path);
  if (bad !== null) throw new SourceError(`parse "${url}": invalid URL escape "${bad[0]}"`);
  return path.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
