// docs/diagnostics.md from the registry of codes.

import { ERRORS, WARNINGS } from '../../src/engine/diagnostic/codes.js';
import { table } from './table.js';

/** Markdown page of every code a load result can hold. */
export function diagnosticsPage(): string {
  const errors = Object.entries(ERRORS).map(([code, text]) => [`\`${code}\``, text]);
  const warnings = Object.entries(WARNINGS).map(([code, { text, description }]) => [
    `\`${code}\``,
    text,
    description,
  ]);
  return [
    '# Diagnostics',
    'The codes of load results (`-V`), as Falco names them. Generated from the code.',
    `## Errors\n\nThe file does not load.\n\n${table(['code', 'text'], errors)}`,
    `## Warnings\n\nThe file loads.\n\n${table(['code', 'text', 'meaning'], warnings)}`,
  ]
    .join('\n\n')
    .concat('\n');
}
