// docs/fields.md from the field tables.

import { fromBytes } from '../../src/bytes.js';
import type { Field } from '../../src/fields/field.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { table } from './table.js';

/** Markdown page of every field a rule on audit events can read. */
export function fieldsPage(): string {
  const { classes } = createFieldTable('k8s_audit');
  const parts = classes.map(({ name, description, fields }) => {
    const rows = fields.map((field) => [
      `\`${field.name}\``,
      typeText(field),
      argumentText(field),
      fromBytes(field.description),
    ]);
    const head = description === '' ? `## ${name}` : `## ${name}\n\n${description}`;
    return `${head}\n\n${table(['field', 'type', 'argument', 'meaning'], rows)}`;
  });
  return `${[
    '# Fields',
    'What conditions and outputs of rules with `source: k8s_audit` can read. Generated from the code; see',
    '[compatibility.md](compatibility.md) for where values differ from Falco.',
  ].join('\n')}\n\n${parts.join('\n\n')}\n`;
}

const TYPE_NAMES: Readonly<Record<Field['type'], string>> = {
  CHARBUF: 'text',
  UINT64: 'number',
  RELTIME: 'duration, ns',
  ABSTIME: 'time, ns',
  BOOL: 'true or false',
  IPADDR: 'address',
  IPNET: 'network',
};

function typeText({ type, isList }: Field): string {
  return isList ? `list of ${TYPE_NAMES[type]}` : TYPE_NAMES[type];
}

function argumentText({ argument }: Field): string {
  if (argument === null) return '';
  const kinds = [argument.index ? 'index' : '', argument.key ? 'key' : ''].filter(Boolean).join(' or ');
  return argument.required ? kinds : `${kinds} (optional)`;
}
