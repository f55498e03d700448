// The history of a session's lines, kept in the home folder from one session to the next, newest first.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const HISTORY_SIZE = 1000;

export function readHistory(path: string): string[] {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  } catch {
    // What cannot be read is no reason not to start.
    return [];
  }
}

export function saveHistory(path: string, entries: readonly string[]): void {
  try {
    // Only for its owner: events and names stand in conditions.
    writeFileSync(path, `${entries.slice(0, HISTORY_SIZE).join('\n')}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written is no reason to stop; the history ends with the session.
  }
}
