// What our own sub-commands share: reading their options, files and rules, and reporting faults in one line.

import { readFileSync, writeFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../authoring/workspace.js';
import { type ByteString, toBytes } from '../../bytes.js';
import { exactPlaces } from '../../engine/diagnostic/pointer.js';
import { verboseText } from '../../engine/diagnostic/text.js';
import { looksLikeRules } from '../../engine/rules/read/reader.js';
import { MAX_YAML_BYTES } from '../../yaml.js';
import { Failure, type Host, MISUSE } from '../host.js';

/** A command that was called wrongly. */
export function misuse(text: string): Failure {
  return new Failure(toBytes(text), 'error', MISUSE);
}

/** Runs a command whose 1 is an answer: where it could give none, it ends with 2. @throws Failure */
export async function answering(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.message, error.kind, MISUSE);
    throw error;
  }
}

/** Parses a sub-command's arguments. @throws Failure */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw misuse(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** A file's bytes, `most` of them; `-` is standard input. @throws Failure where it cannot be read */
export function readFileBytes(host: Host, path: string, most?: number): ByteString {
  try {
    // By its number, since a socket cannot be opened as /dev/stdin.
    return path === '-' ? readFileSync(0, 'latin1') : host.files.read(toBytes(path), most);
  } catch {
    throw new Failure(toBytes(`Could not open file ${path} for reading`));
  }
}

/** Writes a file whole. @throws Failure where it cannot be written */
export function writeFileBytes(path: ByteString, content: ByteString): void {
  try {
    writeFileSync(Buffer.from(path, 'latin1'), content, 'latin1');
  } catch {
    throw new Failure(`Could not open file ${path} for writing`);
  }
}

/** Loads rules files for authoring. @throws Failure with the load result of the first file that has an error */
export function loadWorkspace(host: Host, paths: readonly string[], options: WorkspaceOptions): Workspace {
  const files = paths.map((path) => ({
    name: toBytes(path),
    content: readFileBytes(host, path, MAX_YAML_BYTES + 1),
  }));
  const { workspace, results, unmet } = openWorkspace(files, options);
  // Plugins that are missing explain errors about unknown fields, so they come first.
  if (unmet !== undefined) throw new Failure(unmet);
  if (workspace !== undefined) return workspace;
  const failed = results.find(({ successful }) => !successful)!;
  // A suite may name any file; what is in it, if not rules, is not for its readers.
  if (!looksLikeRules(failed.contents.get(failed.name)!))
    throw new Failure(`${failed.name} is no rules file: no item in it has a rule, macro or list`);
  throw new Failure(verboseText(failed), 'error', 1, exactPlaces(failed));
}
