// In: an open document, and the others that it belongs to. Out: what lint says of it, and what puts that right; for a
// suite, what keeps it from running.

import { lintable, lintInOrder } from '../authoring/lint.js';
import { type LintSettings, withSettings } from '../authoring/lint-settings.js';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { Finding } from '../engine/rules/lint/finding.js';
import { type Fix, fixesOf } from '../engine/rules/lint/fixes.js';
import { looksLikeRules } from '../engine/rules/read/reader.js';
import { readSuite, SuiteError } from '../rule-test/suite.js';
import type { Project, RulesDocument } from './project.js';

export interface Checked {
  readonly findings: readonly Finding[];
  readonly fixes: readonly Fix[];
}

const NOTHING: Checked = { findings: [], fixes: [] };

export const isSuite = ({ lines }: RulesDocument): boolean =>
  lines.some((line) => /^tests:/.test(line)) && !lines.some((line) => /^- (?:rule|macro|list):/.test(line));

/** Whether a text is any of our business. */
export const isRules = ({ bytes }: Pick<RulesDocument, 'bytes'>): boolean =>
  looksLikeRules(bytes) || lintable({ name: '', content: bytes }).embedded;

export function check(project: Project, document: RulesDocument, settings: LintSettings): Checked {
  if (isSuite(document) || !isRules(document)) return NOTHING;
  const name = nameOf(document.uri);
  const files = project
    .withNeeds(document)
    .map(({ uri, bytes }) => lintable({ name: nameOf(uri), content: bytes }));
  const all = lintInOrder(files, { ...project.context, inOrder: false }, true);
  const own = all
    .filter(({ place }) => place.file === name)
    .filter((finding) => !isUsedElsewhere(project, document, finding));
  const findings = withSettings(own, settings);
  const content = files.find(({ original }) => original.name === name)!.rules.content;
  return { findings, fixes: fixesOf(findings, content) };
}

/** The path that settings and messages know a document by. */
export function nameOf(uri: string): ByteString {
  return toBytes(decodeURIComponent(uri.replace(/^file:\/\//, '')));
}

/** Only the files that a document needs are linted with it, not those that need it. */
function isUsedElsewhere(project: Project, document: RulesDocument, { id, item }: Finding): boolean {
  const kind = id === 'LOAD_UNUSED_MACRO' ? 'macro' : id === 'LOAD_UNUSED_LIST' ? 'list' : undefined;
  if (kind === undefined || item === undefined) return false;
  return project.places(kind, item).some((place) => place.document !== document);
}

/** What keeps a suite from being read, with its line from 0; undefined: nothing. */
export function suiteFault(
  document: RulesDocument,
  readEvent: (path: string) => string,
): { readonly line: number; readonly message: string } | undefined {
  try {
    readSuite('suite', fromBytes(document.bytes), readEvent);
    return undefined;
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    const [, line = '1', message = error.message] = /^suite:(\d+): ([\s\S]*)$/.exec(error.message) ?? [];
    return { line: Number(line) - 1, message };
  }
}

/** Rules that a suite names and no file defines: name, and where it stands. */
export function unknownRules(
  project: Project,
  document: RulesDocument,
): readonly { readonly offset: number; readonly name: ByteString }[] {
  const rules = project.definitions('rule');
  if (rules.size === 0) return [];
  return document.lines.flatMap((line, at) => {
    const found =
      /^(\s+(?:- )?(?:expect|includes|excludes):\s*\[?\s*|\s+- rule:\s*)["']?([^\]"'{}#,]+?)["']?\s*\]?\s*$/.exec(
        line,
      );
    const name = found?.[2];
    if (found === null || name === undefined || name === 'none' || rules.has(name)) return [];
    return [{ offset: document.starts[at]! + line.indexOf(name, found[1]!.length), name }];
  });
}
