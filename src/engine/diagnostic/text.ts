// Load results as text: the verbose form with contexts and snippets, and the one-line summary.
// Answers to Falco's rule_loader::result (spec: rules-language.md §5.4, §5.5), line breaks included.

import type { ByteString } from '../../bytes.js';
import { printable } from '../../printable.js';
import type { Context, Diagnostic, LoadResult } from '../diagnostic.js';
import { ERRORS, type ErrorCode, WARNINGS, type WarningCode } from './codes.js';
import { snippet } from './snippet.js';

const RULER = '------\n';

/** The short text that stands in brackets behind a code. */
export function codeText(diagnostic: Diagnostic): string {
  if (diagnostic.severity === 'error') return ERRORS[diagnostic.code as ErrorCode];
  const { text } = WARNINGS[diagnostic.code as WarningCode];
  const { deprecatedField } = diagnostic;
  return deprecatedField === undefined ? text : `${text}: field '${deprecatedField}'`;
}

/** `none`, `ok`, or the first thing that the schema has against the file. */
export function schemaSummary({ schemaStatus }: LoadResult): ByteString {
  return schemaStatus[0] ?? 'none';
}

/** Whether the schema was checked and objects. */
export function hasSchemaWarnings({ schemaStatus }: LoadResult): boolean {
  return schemaStatus.length > 0 && schemaStatus[0] !== 'ok';
}

/** `rules.yaml: Ok, with warnings`. */
export function headline(result: LoadResult): ByteString {
  const warned = result.warnings.length > 0 ? 'Ok, with warnings' : 'Ok';
  const name = result.name === '' ? '' : `${result.name}: `;
  return name + (result.successful ? warned : 'Invalid');
}

/** The whole result with contexts and snippets. Without errors and warnings: the headline, no line break. */
export function verboseText(result: LoadResult): ByteString {
  let text = headline(result);
  if (hasSchemaWarnings(result)) {
    text += `\n${result.schemaStatus.length} Schema warnings:\n`;
    for (const status of result.schemaStatus) text += `${RULER}${status}\n`;
    text += RULER;
  }
  return text + group(result, result.errors, 'Errors') + group(result, result.warnings, 'Warnings');
}

function group(result: LoadResult, items: readonly Diagnostic[], title: string): ByteString {
  if (items.length === 0) return '';
  let text = `\n${items.length} ${title}:\n`;
  for (const item of items) {
    text += contextText(item.context) + RULER + snippet(item.context, result.contents) + RULER;
    text += `${item.code} (${codeText(item)}): ${item.message}\n`;
  }
  return text;
}

function contextText({ locations }: Context): ByteString {
  return locations
    .map(({ itemType, itemName, name, line, column }, index) => {
      const item = itemName === '' ? itemType : `${itemType} '${oneLine(itemName)}'`;
      return `${index === 0 ? 'In ' : '    '}${item}: (${oneLine(name)}:${line}:${column})\n`;
    })
    .join('');
}

/** A name must not look like another line of the result. */
const oneLine = (name: ByteString): ByteString => name.replace(/[\n\r]+/g, printable);

/** One line a group, codes only. */
export function summaryText(result: LoadResult): ByteString {
  let text = headline(result);
  if (hasSchemaWarnings(result)) {
    const { schemaStatus } = result;
    text += `\n ${schemaStatus.length} schema warnings: [${schemaStatus.join(' ')}]`;
  }
  const codes = (items: readonly Diagnostic[]): string =>
    items.map((item) => `${item.code} (${codeText(item)})`).join(' ');
  if (result.errors.length > 0) text += `\n ${result.errors.length} errors: [${codes(result.errors)}]`;
  if (result.warnings.length > 0)
    text += `\n ${result.warnings.length} warnings: [${codes(result.warnings)}]`;
  return text;
}
