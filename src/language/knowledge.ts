// What editors are told of words: fields, operators, transformers, keys, MITRE tags. Texts are Markdown.

import {
  MODIFIER_ENTRIES,
  OPERATOR_ENTRIES,
  operandsText,
  TRANSFORMER_ENTRIES,
  TYPE_WORDS,
} from '../authoring/reference.js';
import { PRIORITY_NAMES, RULE_KEY_TEXTS } from '../authoring/rules-schema.js';
import { type ByteString, fromBytes } from '../bytes.js';
import { OPERATORS } from '../engine/condition/operators/operators.js';
import type { Field, FieldTable } from '../fields/field.js';
import { defectOf, knownValues } from '../fields/knowledge.js';
import { createFieldTable } from '../plugins/field-table.js';

const TABLES: ReadonlyMap<string, FieldTable> = new Map(
  ['k8s_audit', 'syscall'].map((source) => [source, createFieldTable(source)]),
);

/** Fields of a source; those of audit events where it says nothing. */
export function fieldsOf(source: string): readonly Field[] {
  const table = TABLES.get(source) ?? TABLES.get('k8s_audit')!;
  return table.classes.flatMap(({ fields }) => fields);
}

const BY_NAME = new Map(
  [...TABLES.values()]
    .reverse()
    .flatMap(({ classes }) =>
      classes.flatMap(({ fields }) => fields.map((field) => [field.name, field] as const)),
    ),
);

export const fieldNamed = (name: ByteString): Field | undefined => BY_NAME.get(name);

export const priorities: readonly string[] = PRIORITY_NAMES;

/** Values that a field has, where they are few. */
export const valuesOf = (field: ByteString): readonly ByteString[] => knownValues(field) ?? [];

export function fieldText({ name, type, isList, argument, description }: Field): string {
  const brackets = argument === null ? '' : argument.required ? '[…]' : '[…] may follow';
  const known = valuesOf(name);
  const defect = defectOf(name, false);
  return [
    `**${name}**${brackets} — ${isList ? 'list of ' : ''}${TYPE_WORDS[type]}`,
    fromBytes(description),
    ...(known.length > 0 ? [`Values: ${known.map((value) => `\`${value}\``).join(', ')}`] : []),
    ...(defect === undefined ? [] : [`⚠ ${name} ${defect.text}`]),
  ].join('\n\n');
}

interface Word {
  readonly name: string;
  readonly kind: 'operator' | 'modifier' | 'transformer';
  readonly text: string;
}

const operands = new Map(OPERATORS.map((operator) => [operator.name, operandsText(operator)]));

/** Operators, their modifiers and transformers. */
export const WORDS: readonly Word[] = [
  ...OPERATOR_ENTRIES.map((entry) => ({ ...entry, kind: 'operator' as const })),
  ...MODIFIER_ENTRIES.map((entry) => ({ ...entry, kind: 'modifier' as const })),
  ...TRANSFORMER_ENTRIES.map((entry) => ({ ...entry, kind: 'transformer' as const })),
].map(({ name, kind, meaning, examples }) => ({
  name,
  kind,
  text: [
    `**${name}** — ${kind}${kind === 'operator' ? ` for ${operands.get(name)}` : ''}`,
    meaning,
    ...(examples.length > 0
      ? [`\`\`\`\n${examples.map(([condition]) => condition).join('\n')}\n\`\`\``]
      : []),
  ].join('\n\n'),
}));

export const keyText = (key: string): string | undefined =>
  Object.hasOwn(RULE_KEY_TEXTS, key) ? RULE_KEY_TEXTS[key as keyof typeof RULE_KEY_TEXTS] : undefined;

const TACTICS: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043',
  resource_development: 'TA0042',
  initial_access: 'TA0001',
  execution: 'TA0002',
  persistence: 'TA0003',
  privilege_escalation: 'TA0004',
  defense_evasion: 'TA0005',
  credential_access: 'TA0006',
  discovery: 'TA0007',
  lateral_movement: 'TA0008',
  collection: 'TA0009',
  command_and_control: 'TA0011',
  exfiltration: 'TA0010',
  impact: 'TA0040',
};

/** Tags of tactics, as Falco's rules write them. */
export const TACTIC_TAGS: readonly string[] = Object.keys(TACTICS).map((name) => `mitre_${name}`);

const SITE = 'https://attack.mitre.org';

/** A tag of MITRE ATT&CK with its page; undefined for others. */
export function tagText(tag: string): string | undefined {
  const technique = /^T(\d{4})(?:\.(\d{3}))?$/.exec(tag);
  if (technique !== null) {
    const [, number, part] = technique;
    return `[MITRE ATT&CK ${tag}](${SITE}/techniques/T${number}${part === undefined ? '' : `/${part}`}/)`;
  }
  const name = /^mitre_(\w+)$/.exec(tag)?.[1];
  const id = name === undefined ? undefined : TACTICS[name];
  return id === undefined
    ? undefined
    : `[MITRE ATT&CK: ${name!.replaceAll('_', ' ')} (${id})](${SITE}/tactics/${id}/)`;
}
