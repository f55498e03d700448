// What may stand at a place of a rules file: keys where keys stand, in conditions what fits behind what is there.

import { operatorsFor } from '../authoring/reference.js';
import { type ByteString, fromBytes } from '../bytes.js';
import { MODIFIERS } from '../engine/condition/operators/operators.js';
import { inCorrelation } from './complete-correlation.js';
import { type Context, contextAt } from './context.js';
import type { TextPosition } from './document.js';
import { keysOf, keyText, priorities, TACTIC_TAGS, tagText, WORDS } from './knowledge.js';
import { KEY } from './outline.js';
import type { Project, RulesDocument } from './project.js';
import {
  fieldProposals,
  matching,
  NOTHING,
  namesOf,
  type Proposal,
  type Proposals,
  value,
  word,
} from './proposal.js';

export function complete(project: Project, document: RulesDocument, position: TextPosition): Proposals {
  const context = contextAt(document, position);
  const { key, outer, before } = context;
  const start = /[\w%.[\]/-]*$/.exec(before)![0];
  if (outer === 'override') return matching(key === undefined ? [] : ['append', 'replace'].map(value), start);
  if (outer === 'exceptions') return inException(project, document, context, key, start);
  const correlated = inCorrelation(project, document, context, sourceAt(project, document, context));
  if (correlated !== undefined) return correlated;
  switch (key) {
    case undefined:
      return keysFor(document, context, start);
    case 'condition':
      return inCondition(project, document, context);
    case 'output':
      return inOutput(project, document, context);
    case 'priority':
      return matching(priorities.map(value), start);
    case 'source':
      return matching(project.knowledge.sources.map(value), start);
    case 'enabled':
      return matching(['true', 'false'].map(value), start);
    case 'tags':
      return matching(
        tagsOf(project).filter(({ label }) => label !== start || TACTIC_TAGS.includes(label)),
        start,
      );
    case 'items':
      return matching(namesOf(project, document, 'list'), start);
    case 'rule':
    case 'correlation':
      return matching(namesOf(project, document, key), before);
    case 'macro':
    case 'list':
      return matching(namesOf(project, document, key), start);
    default:
      return NOTHING;
  }
}

function tagsOf(project: Project): readonly Proposal[] {
  const seen = new Set(TACTIC_TAGS);
  for (const { lines } of project.all())
    for (const line of lines) {
      const flow = /^\s*tags:\s*\[(.*)\]/.exec(line)?.[1];
      for (const tag of flow?.split(',') ?? []) if (/^[\w.-]+$/.test(tag.trim())) seen.add(tag.trim());
    }
  return [...seen].map((label) => {
    const text = tagText(label);
    return { ...value(label), ...(text !== undefined && { text: () => text }) };
  });
}

/** The source of the rule that a place is in; of macros, that of the document's first rule. */
function sourceAt({ knowledge }: Project, document: RulesDocument, { item }: Context): string {
  const own = item === undefined ? [] : document.lines.slice(item.from, item.to + 1);
  return sourceIn(own) ?? sourceIn(document.lines) ?? knowledge.sources[0]!;
}

function sourceIn(lines: readonly ByteString[]): string | undefined {
  const line = lines.find((each) => SOURCE_LINE.test(each));
  return line === undefined ? undefined : SOURCE_LINE.exec(line)?.[1];
}

const SOURCE_LINE = /^ +source:\s*["']?([\w-]+)/;

function inOutput(project: Project, document: RulesDocument, context: Context): Proposals {
  const start = /%[\w.]*$/.exec(context.before)?.[0];
  if (start === undefined) return NOTHING;
  return matching(fieldProposals(project, sourceAt(project, document, context), '%'), start);
}

const FIELD = String.raw`([a-z][\w.]*(?:\[[^\]]*\])?)`;
const symbols = WORDS.filter(({ name, kind }) => kind === 'operator' && !/\w/.test(name)).map(
  ({ name }) => name,
);
const names = WORDS.filter(
  ({ name, kind }) => kind === 'operator' && /\w/.test(name) && name !== 'exists',
).map(({ name }) => name);
const longest = (words: readonly string[]): string => words.toSorted((a, b) => b.length - a.length).join('|');
const OPEN_LIST = String.raw`(\([ \t]*(?:(?:"[^"]*"|[^ \t"(),]+)[ \t]*,[ \t]*)*)?`;
const BEHIND_OPERATOR = new RegExp(
  String.raw`${FIELD}[ \t]*(?:${longest(symbols)}|(?:${longest(names)})(?=[ \t(]))(?:[ \t]+(?:${MODIFIERS.join('|')}))?[ \t]*${OPEN_LIST}("[^"]*|[^ \t"(),]*)$`,
);
const BEHIND_FIELD = new RegExp(String.raw`(?:^|[ \t(])${FIELD}[ \t]+([a-z!<>=]*)$`);
const BEHIND_CHECK = /[^ \t(,=<>!][ \t]+([a-z]*)$/;
const CONNECTED = /(?:^|[ \t(])(?:and|or|not)[ \t]+[a-z][\w.]*$|(?:^|[ \t(])(?:and|or|not)[ \t]+$/;

function inCondition(project: Project, document: RulesDocument, context: Context): Proposals {
  const { before } = context;
  const behindOperator = BEHIND_OPERATOR.exec(before);
  const field = behindOperator && project.knowledge.fieldNamed(nameOf(behindOperator[1]!));
  if (behindOperator !== null && field) return valueProposals(project, document, field.name, behindOperator);
  const operator = BEHIND_FIELD.exec(before);
  const left = operator && project.knowledge.fieldNamed(nameOf(operator[1]!));
  if (operator !== null && left)
    return matching(
      operatorsFor(left).map((label) => word(label, 'operator')),
      operator[2]!,
    );
  const start = /[^ \t(,=%]*$/.exec(before)![0];
  const joined = BEHIND_CHECK.exec(before);
  if (joined !== null && !CONNECTED.test(before))
    return matching([word('and', 'word'), word('or', 'word')], joined[1]!);
  return matching(
    [
      ...namesOf(project, document, 'macro'),
      ...fieldProposals(project, sourceAt(project, document, context)),
      word('not', 'word'),
      ...WORDS.filter(({ kind }) => kind === 'transformer').map(({ name, text }) => ({
        ...{ label: name, kind: 'function' as const, insert: `${name}($1)`, snippet: true as const },
        text: () => text,
      })),
    ],
    start,
  );
}

const nameOf = (field: ByteString): ByteString => field.replace(/\[.*$/, '');

function valueProposals(
  project: Project,
  document: RulesDocument,
  field: ByteString,
  [, , list, start = '']: RegExpExecArray,
): Proposals {
  const values = (project.knowledge.fieldNamed(field)?.values ?? []).map((each) => value(fromBytes(each)));
  const lists = list === undefined ? [] : namesOf(project, document, 'list');
  return matching([...values, ...lists], start);
}

function inException(
  project: Project,
  document: RulesDocument,
  context: Context,
  key: string | undefined,
  start: ByteString,
): Proposals {
  if (key === 'fields') {
    const fields = fieldProposals(project, sourceAt(project, document, context));
    return matching(fields, /[\w.]*$/.exec(context.before)![0]);
  }
  if (key === 'comps')
    return matching(
      WORDS.filter(({ kind }) => kind === 'operator').map(({ name }) => word(name, 'operator')),
      start,
    );
  if (key !== undefined && key !== 'exceptions') return NOTHING;
  return matching(
    ['name', 'fields', 'comps', 'values'].map((label) => ({ label, kind: 'key', insert: `${label}: ` })),
    start,
  );
}

const NEW_ITEMS: readonly Proposal[] = [
  {
    label: 'rule',
    kind: 'snippet',
    snippet: true,
    detail: 'a rule on audit events',
    insert:
      'rule: ${1:Name}\n  desc: ${2:What it finds.}\n  condition: ${3:ka.verb = create}\n  output: ${4:user=%ka.user.name}\n  priority: ${5:WARNING}\n  source: k8s_audit\n  tags: [${6:k8s}]',
  },
  { label: 'macro', kind: 'snippet', snippet: true, insert: 'macro: ${1:name}\n  condition: $0' },
  { label: 'list', kind: 'snippet', snippet: true, insert: 'list: ${1:name}\n  items: [$0]' },
  {
    label: 'correlation',
    kind: 'snippet',
    snippet: true,
    detail: 'an alert over several events',
    insert:
      'correlation: ${1:Name}\n  desc: ${2:What it finds.}\n  type: ${3:event_count}\n  rules: [${4:Name of a rule}]\n  group-by: [${5:ka.user.name}]\n  timespan: ${6:10m}\n  condition: {gte: ${7:5}}\n  output: ${8:%corr.count times by %ka.user.name}\n  priority: ${9:WARNING}\n  source: k8s_audit',
  },
];

function keysFor(document: RulesDocument, { item }: Context, start: ByteString): Proposals {
  if (item?.kind === undefined) {
    const dash = NEW_ITEMS.map((one) => ({ ...one, insert: `- ${one.insert}` }));
    return matching(item === undefined ? dash : NEW_ITEMS, start);
  }
  const there = new Set(document.lines.slice(item.from, item.to + 1).map((line) => KEY.exec(line)?.[2]));
  const keys = keysOf(item.kind).filter((key) => !there.has(key));
  return matching(
    [
      ...keys.map((label): Proposal => {
        const text = keyText(label);
        return { label, kind: 'key', insert: `${label}: `, ...(text !== undefined && { text: () => text }) };
      }),
    ],
    start,
  );
}
