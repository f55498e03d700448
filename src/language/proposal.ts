// Proposal: something that may stand at a place, for a menu. What it is made of: names of the project, fields, words.

import { type ByteString, fromBytes } from '../bytes.js';
import { fieldText, WORDS } from './knowledge.js';
import type { ItemKind } from './outline.js';
import { type Definition, type Project, type RulesDocument, textOf, valueIn } from './project.js';

export interface Proposal {
  readonly label: string;
  readonly kind:
    | 'field'
    | 'operator'
    | 'macro'
    | 'list'
    | 'rule'
    | 'correlation'
    | 'value'
    | 'key'
    | 'snippet'
    | 'function'
    | 'word';
  /** What is put in, if that is not the label. */
  readonly insert?: string;
  /** The insertion has places to fill, as `$1`. */
  readonly snippet?: true;
  readonly detail?: string;
  /** More about it, Markdown; asked for the one that somebody looks at. */
  readonly text?: () => string;
}

export interface Proposals {
  readonly proposals: readonly Proposal[];
  /** Bytes before the place that they replace. */
  readonly replaced: number;
}

export const NOTHING: Proposals = { proposals: [], replaced: 0 };

export const value = (label: string): Proposal => ({ label, kind: 'value' });

export function matching(proposals: readonly Proposal[], start: ByteString): Proposals {
  const wanted = fromBytes(start).toLowerCase();
  return {
    proposals: proposals.filter(({ label }) => label.toLowerCase().startsWith(wanted)),
    replaced: start.length,
  };
}

/** The items of a kind, those of the document first. */
export function namesOf(project: Project, near: RulesDocument, kind: ItemKind): readonly Proposal[] {
  return [...project.definitions(kind, near)].flatMap(([name, definition]) =>
    definition.item.kind === kind ? [proposalOf(name, definition, kind)] : [],
  );
}

const DETAILS = { rule: 'desc', macro: 'condition', list: 'items', correlation: 'desc' } as const;
const remembered = new WeakMap<Definition, Proposal>();

function proposalOf(name: ByteString, definition: Definition, kind: ItemKind): Proposal {
  const before = remembered.get(definition);
  if (before !== undefined) return before;
  const made: Proposal = {
    label: fromBytes(name),
    kind,
    detail: fromBytes(valueIn(definition, DETAILS[kind]) ?? '').slice(0, 120),
    text: () => `\`\`\`yaml\n${fromBytes(textOf(definition)).slice(0, 2000)}\n\`\`\``,
  };
  remembered.set(definition, made);
  return made;
}

/** The fields of an event source. @param sign what stands before each */
export const fieldProposals = ({ knowledge }: Project, source: string, sign = ''): readonly Proposal[] =>
  knowledge.fieldsOf(source).map((field) => ({
    label: `${sign}${field.name}`,
    kind: 'field',
    ...(field.argument?.required === true && { insert: `${sign}${field.name}[$1]`, snippet: true as const }),
    detail: `${field.isList ? 'list' : field.type.toLowerCase()}`,
    text: () => fieldText(field),
  }));

export function word(label: string, kind: 'operator' | 'word'): Proposal {
  const text = WORDS.find(({ name }) => name === label)?.text;
  return { label, kind, ...(text !== undefined && { text: () => text }) };
}
