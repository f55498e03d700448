// System errors in the words of Go, in which Falco's plugins report them: `stat /x: no such file or directory`.

import { getSystemErrorMap } from 'node:util';
import { type ByteString, toBytes } from '../bytes.js';

// Where libuv's words differ from those of the system's own list, which Go uses.
const TEXTS: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EIO: 'input/output error',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
  EBUSY: 'device or resource busy',
  ENOTSUP: 'operation not supported',
  EINVAL: 'invalid argument',
  ENOTFOUND: 'no such host',
};

/** The system's code of an error (`ENOENT`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What went wrong, without where. */
export function errorText(error: unknown): ByteString {
  const code = errorCode(error);
  const known = code === undefined ? undefined : TEXTS[code];
  if (known !== undefined) return known;
  // Other libraries have numbers of their own (zlib).
  const ofSystem = code !== undefined && /^E(?!RR_)/.test(code);
  const errno = ofSystem && error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
  const text =
    getSystemErrorMap().get(errno)?.[1] ?? (error instanceof Error ? error.message : String(error));
  return toBytes(text);
}

/** `<operation> <path>: <what went wrong>`. */
export function pathError(operation: string, path: ByteString, error: unknown): ByteString {
  return `${operation} ${path}: ${errorText(error)}`;
}
