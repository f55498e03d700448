// Comments that switch checks off: `# tsfalco-disable-next-line ID, ID: reason` for what begins in the next line (an item,
// or a key with its value), `# tsfalco-disable-file ID: reason` for the file. Errors stay: no run starts with them.
// A comment that is of no use is told, so that none stays behind.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { ERRORS, WARNINGS } from '../../diagnostic/codes.js';
import type { RulesFile } from '../loader.js';
import { type Finding, finding, LINT_RULES } from './finding.js';

const COMMENT =
  /^([ \t]*)#[ \t]*tsfalco-disable(-next-line|-file)?(?![\w-])[ \t]*([^:\r\n]*)(?::[ \t]*(.*))?/;

interface Directive {
  readonly ids: readonly string[];
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  readonly place: Finding['place'];
  readonly complaint: string | undefined;
}

/** Whether a check of this name can be switched off. */
export function isSuppressible(id: string): boolean {
  return id in WARNINGS || (id in LINT_RULES && id !== 'invalid-configuration');
}

export const CHECK_IDS: readonly string[] = [...Object.keys(LINT_RULES), ...Object.keys(WARNINGS)];

/** Takes away what comments switch off, and adds what is wrong with the comments. */
export function suppressed(findings: readonly Finding[], files: readonly RulesFile[]): readonly Finding[] {
  const directives = new Map(files.map((file) => [file.name, directivesIn(file)]));
  const used = new Set<string>();
  const kept = findings.filter(({ id, level, place }) => {
    if (level === 'error') return true;
    const one = directives
      .get(place.file)
      ?.find(({ ids, from, to }) => ids.includes(id) && from <= place.line && place.line <= to);
    if (one !== undefined) used.add(keyOf(one, id));
    return one === undefined;
  });
  const complaints = [...directives.values()].flat().flatMap((one) => complaintsOf(one, used));
  return [...kept, ...complaints];
}

const keyOf = ({ place }: Directive, id: string): string => `${place.file}\n${place.offset}\n${id}`;

function complaintsOf(directive: Directive, used: ReadonlySet<string>): readonly Finding[] {
  const { ids, place, complaint } = directive;
  const first = complaint === undefined ? [] : [finding('suppression', complaint, place)];
  const others = ids.flatMap((id) => {
    if (used.has(keyOf(directive, id))) return [];
    if (id in ERRORS) return [finding('suppression', `${id} is an error and stays one`, place)];
    if (isSuppressible(id))
      return [finding('suppression', `there is no ${id} here to switch off`, place, { level: 'note' })];
    return [
      finding('suppression', `no check is called '${id}'`, place, { suggestion: suggest(id, CHECK_IDS) }),
    ];
  });
  return [...first, ...others];
}

function directivesIn({ name, content }: RulesFile): readonly Directive[] {
  if (!content.includes('tsfalco-disable')) return [];
  const skipped = content.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const lines = content.slice(skipped).split(/(?<=\n)/);
  let offset = skipped;
  return lines.flatMap((line, index) => {
    const start = offset;
    offset += line.length;
    const found = COMMENT.exec(line);
    if (found === null) return [];
    const [whole, indent = '', kind, names = '', reason = ''] = found;
    const column = indent.length;
    const place = {
      ...{ file: name, line: index + 1, column: column + 1, offset: start + column },
      length: whole.length - column,
    };
    const ids = names.split(/[\s,]+/).filter((id) => id !== '');
    const range =
      kind === '-file'
        ? { from: 1, to: lines.length }
        : kind === undefined
          ? NOWHERE
          : extent(lines, index + 1);
    return [{ ids, ...range, place, complaint: complaintOn(kind, ids, reason) }];
  });
}

const NOWHERE = { from: 1, to: 0 };

function complaintOn(kind: string | undefined, ids: readonly string[], reason: string): string | undefined {
  if (kind === undefined) return 'write tsfalco-disable-next-line or tsfalco-disable-file';
  if (ids.length === 0) return `say which check: # tsfalco-disable${kind} ID: reason`;
  return reason.trim() === '' ? `say why: # tsfalco-disable${kind} ${ids.join(', ')}: reason` : undefined;
}

/** What begins in the first line behind a comment that says something: it, and all lines that are indented deeper. */
function extent(
  lines: readonly ByteString[],
  behind: number,
): { readonly from: number; readonly to: number } {
  const start = lines.findIndex((line, index) => index >= behind && !/^\s*(?:#|$)/.test(line));
  if (start < 0) return NOWHERE;
  const indentOf = (line: ByteString): number => /^[ ]*/.exec(line)![0].length;
  const indent = indentOf(lines[start]!);
  const end = lines.findIndex((line, index) => index > start && /\S/.test(line) && indentOf(line) <= indent);
  return { from: start + 1, to: end < 0 ? lines.length : end };
}
