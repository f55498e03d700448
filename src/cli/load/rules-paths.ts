// In: what a command is given to read: files, folders, patterns. Out: the files, each with its bytes; below folders and
// patterns those that hold rules, and how many others were left out.

import { fitsPattern, folderOf, isPattern } from '../../authoring/path-pattern.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { kindOfFile } from '../../config/check/kind-of-file.js';
import { embeddedRules } from '../../engine/rules/lint/embedded.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import { looksLikeRules } from '../../engine/rules/read/reader.js';
import { MAX_YAML_BYTES } from '../../yaml.js';
import { readFileBytes } from '../arguments/usage.js';
import type { Host } from '../host.js';

export interface FoundFiles {
  readonly files: readonly RulesFile[];
  /** YAML files that hold no rules. */
  readonly leftOut: readonly ByteString[];
}

/** @throws Failure where a file cannot be read */
export function readRulesPaths(paths: readonly string[], host: Host): FoundFiles {
  const leftOut: ByteString[] = [];
  const read = (path: string): RulesFile => ({
    name: toBytes(path),
    content: readFileBytes(host, path, MAX_YAML_BYTES + 1),
  });
  const files = paths.flatMap((path) => {
    const below = filesBelow(path, host);
    if (below === undefined) return [read(path)];
    const found = below.map(read);
    const wanted = found.filter(({ content }) => holdsRules(content));
    leftOut.push(...found.filter((file) => !wanted.includes(file)).map(({ name }) => name));
    return wanted;
  });
  const once = new Map(files.map((file) => [file.name, file]));
  return { files: [...once.values()], leftOut };
}

function holdsRules(content: ByteString): boolean {
  const kind = kindOfFile(content)?.kind;
  if (kind === 'suite') return false;
  return kind === 'configuration' || looksLikeRules(content) || embeddedRules(content) !== undefined;
}

/** Undefined: the path is a file's, or nothing's. */
export function filesBelow(path: string, { files }: Pick<Host, 'files'>): readonly string[] | undefined {
  const kind = files.kind(toBytes(path));
  if (kind === 'directory') return walk(path, { files }, /\.ya?ml$/);
  if (kind !== undefined || !isPattern(path)) return undefined;
  const folder = folderOf(path);
  if (files.kind(toBytes(folder)) !== 'directory') return undefined;
  const found = walk(folder, { files }, /./).filter((file) => fitsPattern(file, path));
  return found.length === 0 ? undefined : found;
}

const DEEPEST = 32;

/** Files below a folder in order of their paths; hidden ones and packages are nobody's rules. */
function walk(folder: string, host: Pick<Host, 'files'>, wanted: RegExp, depth = 0): readonly string[] {
  // Links may lead in circles.
  if (depth > DEEPEST) return [];
  const names = host.files.list(toBytes(folder)).map(fromBytes).sort();
  return names.flatMap((name) => {
    if (name.startsWith('.') || name === 'node_modules') return [];
    const path = folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`;
    const kind = host.files.kind(toBytes(path));
    if (kind === 'directory') return walk(path, host, wanted, depth + 1);
    return kind === 'file' && wanted.test(name) ? [path] : [];
  });
}
