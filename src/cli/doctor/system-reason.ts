// An error of the system or of ours → one line for people.

import { fromBytes } from '../../bytes.js';
import { describeError } from '../session/loaded.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  ENOSPC: 'the disk is full',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
};

export function systemReason(error: unknown): string {
  const reason = REASONS[codeOf(error) ?? ''];
  // A run would try again; here nothing is.
  return (
    reason ??
    fromBytes(describeError(error))
      .split('\n', 1)[0]!
      .replace(/; trying again$/, '')
  );
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
