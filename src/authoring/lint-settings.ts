// In: the text of .tsfalco.yaml. Out: which findings it changes, and how: checks off, or of another level, everywhere or
// below some paths. Errors are not negotiable.

import { type ByteString, fromBytes } from '../bytes.js';
import type { Finding, Level } from '../engine/rules/lint/finding.js';
import { CHECK_IDS, isSuppressible } from '../engine/rules/lint/suppress.js';
import { suggest } from '../suggest.js';
import { keyText, parseYaml, type YamlMapping, type YamlNode } from '../yaml.js';
import { fitsPattern } from './path-pattern.js';

export const SETTINGS_FILE = '.tsfalco.yaml';

export interface LintSettings {
  /** In order: the last part that fits a path counts. */
  readonly parts: readonly {
    /** Undefined: all. */
    readonly paths: readonly string[] | undefined;
    readonly levels: ReadonlyMap<string, Level | 'off'>;
  }[];
}

/** What is wrong with the settings, with its place. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const LEVELS = ['off', 'note', 'warning', 'error'] as const;

/** @throws SettingsError */
export function readLintSettings(content: ByteString): LintSettings {
  const { documents, error } = parseYaml(content, { documents: 1 });
  if (error !== undefined) throw new SettingsError(fromBytes(error.message));
  const [root] = documents;
  if (root === undefined || (root.kind === 'scalar' && root.isNull)) return { parts: [] };
  const { lint } = keysOf(root, ['lint']);
  if (lint === undefined) return { parts: [] };
  const { levels, files } = keysOf(lint, ['levels', 'files']);
  if (files !== undefined && files.kind !== 'sequence') throw fault(files, 'files is no list');
  const special = (files?.items ?? []).map((item) => {
    const part = keysOf(item, ['paths', 'levels']);
    return { paths: part['paths'] && textsOf(part['paths']), levels: levelsOf(part['levels']) };
  });
  return { parts: [{ paths: undefined, levels: levelsOf(levels) }, ...special] };
}

/** Findings as the settings want them. */
export function withSettings(findings: readonly Finding[], { parts }: LintSettings): readonly Finding[] {
  return findings.flatMap((finding) => {
    if (!isSuppressible(finding.id) || finding.level === 'error') return [finding];
    const path = fromBytes(finding.place.file);
    const part = parts.findLast(
      ({ paths, levels }) =>
        levels.has(finding.id) && (paths?.some((pattern) => fitsPattern(path, pattern)) ?? true),
    );
    const level = part?.levels.get(finding.id);
    if (level === undefined) return [finding];
    return level === 'off' ? [] : [{ ...finding, level }];
  });
}

function levelsOf(node: YamlNode | undefined): ReadonlyMap<string, Level | 'off'> {
  if (node === undefined) return new Map();
  const { entries } = mappingOf(node);
  return new Map(
    entries.map(({ key, value }) => {
      const id = keyText(key) ?? '';
      if (!isSuppressible(id)) throw fault(key, `no check is called '${id}'${near(id, CHECK_IDS)}`);
      const text = value.kind === 'scalar' ? value.text : '';
      const level = LEVELS.find((one) => one === text);
      if (level === undefined) throw fault(value, `levels are ${LEVELS.join(', ')}`);
      return [id, level];
    }),
  );
}

function keysOf(node: YamlNode, known: readonly string[]): Readonly<Record<string, YamlNode | undefined>> {
  const { entries } = mappingOf(node);
  for (const { key } of entries) {
    const name = keyText(key) ?? '';
    if (!known.includes(name)) throw fault(key, `unknown key '${name}'${near(name, known)}`);
  }
  return Object.fromEntries(entries.map(({ key, value }) => [keyText(key)!, value]));
}

function textsOf(node: YamlNode): readonly string[] {
  if (node.kind !== 'sequence') throw fault(node, 'paths is no list');
  return node.items.map((item) => (item.kind === 'scalar' ? fromBytes(item.text) : ''));
}

function mappingOf(node: YamlNode): YamlMapping {
  if (node.kind !== 'mapping') throw fault(node, 'keys and values are expected');
  return node;
}

function near(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? '' : ` (did you mean '${meant}'?)`;
}

const fault = ({ mark }: YamlNode, text: string): SettingsError =>
  new SettingsError(`line ${mark.line + 1}, column ${mark.column + 1}: ${fromBytes(text)}`);
