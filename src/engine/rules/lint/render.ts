// Findings → text with snippets, JSON, or SARIF 2.1.0, which code hosts show beside the lines of a pull request.

import { type ByteString, fromBytes, toBytes } from '../../../bytes.js';
import { printable } from '../../../printable.js';
import { ERRORS, type ErrorCode, WARNINGS, type WarningCode } from '../../diagnostic/codes.js';
import type { Json } from '../../diagnostic/json.js';
import { lineOf, meant, pointer } from '../../diagnostic/pointer.js';
import { type Finding, type Level, LINT_RULES, type LintId } from './finding.js';

export const LINT_FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

/** Text of the files by name: snippets are cut from it. */
type Contents = ReadonlyMap<ByteString, ByteString>;

export interface RenderOptions {
  /** Of this program, for SARIF. */
  readonly version?: string;
  /** Folder that paths in SARIF are relative to. */
  readonly root?: ByteString;
  /** Colours. */
  readonly styled?: boolean;
  /** How many findings --fix would mend. */
  readonly fixable?: number;
}

/** Renders findings, with a line break at the end. */
export function renderFindings(
  findings: readonly Finding[],
  contents: Contents,
  format: LintFormat,
  options: RenderOptions = {},
): ByteString {
  switch (format) {
    case 'text': {
      const style = options.styled === true ? COLOURS : PLAIN;
      const texts = findings.map((finding) => findingText(finding, contents, style));
      return `${texts.join('')}${summary(findings, contents, options)}\n`;
    }
    case 'json':
      return `${toBytes(JSON.stringify({ findings: findings.map(findingJson) }))}\n`;
    case 'sarif':
      return `${toBytes(JSON.stringify(sarif(findings, contents, options)))}\n`;
    case 'markdown':
      return markdown(findings, summary(findings, contents, options));
  }
}

type Style = Readonly<Record<Level | 'place', (text: string) => string>>;

const colour = (code: string) => (text: string) => `\x1b[${code}m${text}\x1b[0m`;
const COLOURS: Style = {
  ...{ error: colour('1;31'), warning: colour('1;33'), note: colour('36'), place: colour('1') },
};
const same = (text: string): string => text;
const PLAIN: Style = { error: same, warning: same, note: same, place: same };

function findingText(finding: Finding, contents: Contents, style: Style): ByteString {
  const { place, level, message, id, suggestion } = finding;
  const where = style.place(`${printable(place.file)}:${place.line}:${place.column}`);
  const said = `${printable(message)}${printable(meant(suggestion))} [${id}]`;
  return `${where}: ${style[level](level)}: ${said}\n${pointer(place, contents)}`;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function summary(findings: readonly Finding[], contents: Contents, { fixable = 0 }: RenderOptions): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [plural(count, level)];
  });
  const files = contents.size > 1 ? ` in ${contents.size} files` : '';
  if (counts.length === 0) return `nothing to say${files}`;
  const mendable = fixable > 0 ? `; --fix mends ${fixable}` : '';
  return `${counts.join(', ')}${files}${mendable}`;
}

/** Rows of a table of findings at most; reports of code hosts have limits. */
const MOST_ROWS = 200;

function markdown(findings: readonly Finding[], total: string): ByteString {
  const cell = (text: ByteString): ByteString =>
    printable(text)
      .replace(/[&<>|`*_[\]\\]/g, (char) => `&#${char.charCodeAt(0)};`)
      .replace(/[\r\n]+/g, ' ');
  const row = ({ level, id, place, message, suggestion }: Finding): ByteString =>
    `| ${level} | ${cell(place.file)}:${place.line} | ${cell(message + meant(suggestion))} | ${id} |\n`;
  const rows = findings.slice(0, MOST_ROWS).map(row).join('');
  const table = rows === '' ? '' : `\n| level | place | finding | check |\n|---|---|---|---|\n${rows}`;
  const more = findings.length > MOST_ROWS ? `\n${findings.length - MOST_ROWS} more are not shown.\n` : '';
  return `**tsfalco lint: ${total}**\n${table}${more}`;
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

function sarif(findings: readonly Finding[], contents: Contents, options: RenderOptions): Json {
  const ids = [...new Set(findings.map(({ id }) => id))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tsfalco',
            ...(options.version === undefined
              ? {}
              : { version: options.version, semanticVersion: options.version }),
            rules: ids.map(sarifRule),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => sarifResult(finding, ids, contents, options.root)),
      },
    ],
  };
}

function sarifRule(id: string): Json {
  const text = id in WARNINGS ? WARNINGS[id as WarningCode].description : describe(id);
  const help = `${text}\n\n${whatToDo(id)}`;
  // GitHub asks for all three, and shows the last one.
  return {
    id,
    shortDescription: { text: describe(id) },
    fullDescription: { text },
    help: { text: help.replaceAll('`', ''), markdown: help },
    properties: { tags: ['falco', 'kubernetes'] },
    defaultConfiguration: { level: levelOf(id) },
  };
}

function whatToDo(id: string): string {
  if (!(id in LINT_RULES || id in WARNINGS))
    return 'No run starts with rules that have this error; it cannot be switched off.';
  return `Where it is on purpose, switch it off for the next item by the comment \`# tsfalco-disable-next-line ${id}: reason\`, for a file by \`# tsfalco-disable-file ${id}: reason\`, for many files in \`.tsfalco.yaml\` by \`lint: {levels: {${id}: off}}\`.`;
}

function levelOf(id: string): Level {
  if (id in LINT_RULES) return LINT_RULES[id as LintId].level;
  return id in WARNINGS ? 'warning' : 'error';
}

/** A path as a URI reference, relative to the root where it is below that. */
function uriOf(path: string, root: ByteString | undefined): string {
  const prefix = root === undefined ? undefined : `${fromBytes(root).replace(/\/$/, '')}/`;
  const short = prefix !== undefined && path.startsWith(prefix) ? path.slice(prefix.length) : path;
  const encoded = short.split('/').map(encodeURIComponent).join('/');
  return short.startsWith('/') ? `file://${encoded}` : encoded.replace(/^(?:\.\/)+/, '');
}

function describe(id: string): string {
  if (id in LINT_RULES) return LINT_RULES[id as LintId].text;
  if (id in WARNINGS) return WARNINGS[id as WarningCode].text;
  return ERRORS[id as ErrorCode];
}

function sarifResult(
  finding: Finding,
  ids: readonly string[],
  contents: Contents,
  root: ByteString | undefined,
): Json {
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
          artifactLocation: { uri: uriOf(fromBytes(place.file), root) },
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
