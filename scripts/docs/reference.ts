// docs/operators.md and docs/transformers.md from the engine's tables and src/authoring/reference.ts.

import {
  type Entry,
  MODIFIER_ENTRIES,
  OPERATOR_ENTRIES,
  operandsText,
  SAMPLE,
  TRANSFORMER_ENTRIES,
} from '../../src/authoring/reference.js';
import { OPERATORS } from '../../src/engine/condition/operators/operators.js';
import { table } from './table.js';

/** Markdown page of every operator. */
export function operatorsPage(): string {
  const operands = new Map(OPERATORS.map((operator) => [operator.name, operandsText(operator)]));
  const rows = OPERATOR_ENTRIES.map((entry) => [
    code(entry.name),
    operands.get(entry.name)!,
    entry.meaning,
    examples(entry),
  ]);
  return page(
    '# Operators',
    'What stands between a field and what it is compared with. Generated from the code.',
    SUBJECT,
    table(['operator', 'fields', 'meaning', 'examples'], rows),
    '## With several values\n\nBehind an operator for texts, before a list in parentheses:',
    table(
      ['word', 'meaning', 'examples'],
      MODIFIER_ENTRIES.map((entry) => [code(entry.name), entry.meaning, examples(entry)]),
    ),
    JOINING,
  );
}

/** Markdown page of every transformer. */
export function transformersPage(): string {
  const rows = TRANSFORMER_ENTRIES.map((entry) => [code(entry.name), entry.meaning, examples(entry)]);
  return page(
    '# Transformers',
    'Functions around a field, on either side of an operator and in outputs (`%tolower(ka.verb)`). They nest. A missing\nvalue stays missing. Generated from the code.',
    SUBJECT,
    table(['transformer', 'meaning', 'examples'], rows),
  );
}

const SUBJECT = `The examples are about this event; ✓ where it meets the condition, ✗ where not. A test evaluates each.

\`\`\`json
${JSON.stringify(SAMPLE, undefined, 2)}
\`\`\``;

const JOINING = `## Joining checks

\`and\`, \`or\`, \`not\`, and parentheses. \`not\` binds strongest, then \`and\`. A macro's name stands for its condition, a list's name among the items of a list for its items.

Every check of a missing value is false, \`!=\` too; so \`not\` of it is true.`;

const code = (text: string): string => `\`${text}\``;

const examples = ({ examples: list }: Entry): string =>
  list.map(([condition, met]) => `${met ? '✓' : '✗'} ${code(condition)}`).join('<br>');

const page = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;
