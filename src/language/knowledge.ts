// What editors are told of words: fields, operators, transformers, keys, MITRE tags. Texts are Markdown.

import {
  MODIFIER_ENTRIES,
  OPERATOR_ENTRIES,
  operandsText,
  TRANSFORMER_ENTRIES,
  TYPE_WORDS,
} from '../authoring/reference.js';
import { itemKeys, PRIORITY_NAMES, RULE_KEY_TEXTS } from '../authoring/rules-schema.js';
import { type ByteString, fromBytes } from '../bytes.js';
import { OPERATORS } from '../engine/condition/operators/operators.js';
import { KERNEL_SOURCE } from '../engine/rules/definitions.js';
import type { Field } from '../fields/field.js';
import { defectOf } from '../fields/knowledge.js';
import type { EventSources } from '../plugins/event-sources.js';

/** What is known of the event sources of a project. */
export interface Knowledge {
  readonly sources: readonly string[];
  /** Fields of a source; those of the first where it says nothing. */
  fieldsOf(source: string): readonly Field[];
  /** The field of a name, of whatever source. */
  fieldNamed(name: ByteString): Field | undefined;
}

export function createKnowledge({ names, table }: Pick<EventSources, 'names' | 'table'>): Knowledge {
  const sources = [...names, KERNEL_SOURCE];
  const fieldsOf = (source: string): readonly Field[] =>
    (table(source) ?? table(names[0]!))?.classes.flatMap(({ fields }) => fields) ?? [];
  let byName: ReadonlyMap<ByteString, Field> | undefined;
  return {
    sources,
    fieldsOf,
    fieldNamed(name) {
      byName ??= new Map(
        sources
          .toReversed()
          .flatMap((source) => fieldsOf(source).map((field) => [field.name, field] as const)),
      );
      return byName.get(name);
    },
  };
}

/** The keys of an item, without the one that `override` has taken the place of. */
export const keysOf = (kind: string): readonly string[] => itemKeys(kind).filter((key) => key !== 'append');

export const priorities: readonly string[] = PRIORITY_NAMES;

export function fieldText({ name, type, isList, argument, description, values = [] }: Field): string {
  const brackets = argument === null ? '' : argument.required ? '[…]' : '[…] may follow';
  const defect = defectOf(name, false);
  return [
    `**${name}**${brackets} — ${isList ? 'list of ' : ''}${TYPE_WORDS[type]}`,
    fromBytes(description),
    ...(values.length > 0 ? [`Values: ${values.map((value) => `\`${value}\``).join(', ')}`] : []),
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
