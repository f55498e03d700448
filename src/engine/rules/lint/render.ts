// Findings → text with snippets, JSON, or SARIF 2.1.0, which code hosts show beside the lines of a pull request.

import { type ByteString, fromBytes, toBytes } from '../../../bytes.js';
import { printable } from '../../../printable.js';
import { ERRORS, type ErrorCode, WARNINGS, type WarningCode } from '../../diagnostic/codes.js';
import type { Json } from '../../diagnostic/json.js';
import { lineOf, meant, pointer } from '../../diagnostic/pointer.js';
import { type Finding, type Level, LINT_RULES, type LintId } from './finding.js';

export const LINT_FORMATS = ['text', 'json', 'sarif'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

/** Text of the files by name: snippets are cut from it. */
type Contents = ReadonlyMap<ByteString, ByteString>;

/** Renders findings, with a line break at the end. */
export function renderFindings(
  findings: readonly Finding[],
  contents: Contents,
  format: LintFormat,
): ByteString {
  switch (format) {
    case 'text':
      return `${findings.map((finding) => findingText(finding, contents)).join('')}${summary(findings)}\n`;
    case 'json':
      return `${toBytes(JSON.stringify({ findings: findings.map(findingJson) }))}\n`;
    case 'sarif':
      return `${toBytes(JSON.stringify(sarif(findings, contents)))}\n`;
  }
}

function findingText(finding: Finding, contents: Contents): ByteString {
  const { place, level, message, id, suggestion } = finding;
  const where = `${printable(place.file)}:${place.line}:${place.column}`;
  return `${where}: ${level}: ${printable(message)}${printable(meant(suggestion))} [${id}]\n${pointer(place, contents)}`;
}

function summary(findings: readonly Finding[]): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}${count === 1 ? '' : 's'}`];
  });
  return counts.length === 0 ? 'nothing to say' : counts.join(', ');
}

function findingJson({ id, level, message, place, suggestion, item }: Finding): Json {
  return {
    id,
    level,
    message: fromBytes(message),
    file: fromBytes(place.file),
    line: place.line,
    column: place.column,
    offset: place.offset,
    length: place.length,
    ...(item === undefined ? {} : { item: fromBytes(item) }),
    ...(suggestion === undefined ? {} : { suggestion: fromBytes(suggestion) }),
  };
}

function sarif(findings: readonly Finding[], contents: Contents): Json {
  const ids = [...new Set(findings.map(({ id }) => id))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tsfalco', rules: ids.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => sarifResult(finding, ids, contents)),
      },
    ],
  };
}

function sarifRule(id: string): Json {
  const text = id in WARNINGS ? WARNINGS[id as WarningCode].description : describe(id);
  // GitHub asks for all three.
  return {
    id,
    shortDescription: { text: describe(id) },
    fullDescription: { text },
    help: { text },
    defaultConfiguration: { level: levelOf(id) },
  };
}

function levelOf(id: string): Level {
  if (id in LINT_RULES) return LINT_RULES[id as LintId].level;
  return id in WARNINGS ? 'warning' : 'error';
}

/** A path as a URI reference, relative to where lint was run unless it is absolute. */
function uriOf(path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded.replace(/^(?:\.\/)+/, '');
}

function describe(id: string): string {
  if (id in LINT_RULES) return LINT_RULES[id as LintId].text;
  if (id in WARNINGS) return WARNINGS[id as WarningCode].text;
  return ERRORS[id as ErrorCode];
}

function sarifResult(finding: Finding, ids: readonly string[], contents: Contents): Json {
  const { id, level, message, place, suggestion } = finding;
  const line = lineOf(place, contents);
  const startColumn = fromBytes(line.slice(0, place.column - 1)).length + 1;
  const covered = fromBytes(line.slice(place.column - 1, place.column - 1 + place.length));
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level,
    message: { text: fromBytes(`${message}${meant(suggestion)}`) || describe(id) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(fromBytes(place.file)) },
          region: {
            startLine: place.line,
            startColumn,
            endColumn: startColumn + Math.max(covered.length, 1),
          },
        },
      },
    ],
  };
}
