// What a language server reads of the disk: rules files below the folders that an editor has open, the settings, events
// of suites. What cannot be read is not there.

import { posix } from 'node:path';
import {
  type LintSettings,
  readLintSettings,
  SETTINGS_FILE,
  SettingsError,
} from '../../authoring/lint-settings.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { isRules, nameOf } from '../../language/check.js';
import { documentOf, type TextDocument } from '../../language/document.js';
import type { Host, ToolHost } from '../host.js';
import { filesBelow } from '../load/rules-paths.js';

/** Files that are read of a folder; what is larger is no project of rules. */
const MOST_FILES = 2000;
const LARGEST = 4 * 1024 * 1024;

export function readRulesBelow(roots: readonly string[], host: Host): readonly TextDocument[] {
  return roots.flatMap((root) => {
    const folder = fromBytes(nameOf(root));
    const paths = (filesBelow(folder, host) ?? []).slice(0, MOST_FILES);
    return paths.flatMap((path) => readRules(uriOf(path), host) ?? []);
  });
}

/** @returns undefined where there is no file, or one without rules */
export function readRules(uri: string, host: Pick<ToolHost, 'files'>): TextDocument | undefined {
  const bytes = readOrNothing(nameOf(uri), host);
  return bytes !== undefined && isRules({ bytes }) ? documentOf(uri, 0, bytes) : undefined;
}

const uriOf = (path: string): string => `file://${path.split('/').map(encodeURIComponent).join('/')}`;

function readOrNothing(path: ByteString, host: Pick<ToolHost, 'files'>): ByteString | undefined {
  try {
    const bytes = host.files.read(path, LARGEST + 1);
    return bytes.length > LARGEST ? undefined : bytes;
  } catch {
    // It may just have been deleted.
    return undefined;
  }
}

/** Settings in the first folder; wrong ones change nothing, and are told by tsfalco lint. */
export function readSettings(root: string | undefined, host: ToolHost): LintSettings {
  if (root === undefined) return { parts: [] };
  const bytes = readOrNothing(toBytes(posix.join(fromBytes(nameOf(root)), SETTINGS_FILE)), host);
  try {
    return bytes === undefined ? { parts: [] } : readLintSettings(bytes);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    host.error(toBytes(`${SETTINGS_FILE}: ${error.message}`));
    return { parts: [] };
  }
}

/** An event file of a suite, relative to it; an empty event where it cannot be read. */
export function readEventFile(suite: ByteString, path: string, host: Pick<ToolHost, 'files'>): string {
  const bytes = readOrNothing(toBytes(posix.join(posix.dirname(fromBytes(suite)), path)), host);
  return bytes === undefined ? '{}' : fromBytes(bytes);
}
