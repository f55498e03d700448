// Finding: one piece of advice about rules files. Types, and the list of what lint knows to say.

import type { ByteString } from '../../../bytes.js';
import type { Place } from '../../diagnostic.js';

export type Level = 'error' | 'warning' | 'note';

export interface Finding {
  /** A code of Falco's load results, or one of LINT_RULES. */
  readonly id: string;
  readonly level: Level;
  readonly message: ByteString;
  readonly place: Place;
  /** The word that was probably meant. */
  readonly suggestion?: ByteString;
  /** The rule, macro or list that it is about. */
  readonly item?: ByteString;
}

interface LintRule {
  readonly level: Level;
  readonly text: string;
}

/** What lint looks for beyond what loading says. */
export const LINT_RULES = {
  'never-true': { level: 'warning', text: 'A condition that no event can meet: the rule never fires.' },
  'always-true': { level: 'warning', text: 'A condition that every event meets.' },
  'never-true-check': {
    level: 'warning',
    text: 'A comparison with a value that the field never has, or that is false for every value.',
  },
  'shadowed-rule': {
    level: 'warning',
    text: 'With rule_matching: first, an earlier rule matches every event that this one matches.',
  },
  'field-defect': {
    level: 'warning',
    text: 'A field that does not give what its name promises, in Falco and here.',
  },
  'falco-crash': {
    level: 'warning',
    text: 'A field at which Falco ends for some events, and alerts no more; here it is missing then.',
  },
  'transformed-list': {
    level: 'warning',
    text: 'tolower, toupper, b64 and basename of a list never equal a constant in Falco: in and intersects are false.',
  },
  'transformed-value': {
    level: 'warning',
    text: 'A single value is never `in` a transformed one in Falco; = works.',
  },
  'regex-never-matches': {
    level: 'warning',
    text: 'A regular expression that matches no value: it is compared with the whole value, and its anchors contradict that.',
  },
  'whole-value-regex': {
    level: 'note',
    text: 'A regular expression with an anchor at one end only: in Falco it has to match the whole value anyway.',
  },
  'exception-excludes-all': {
    level: 'warning',
    text: 'An exception that takes away every event that the rule matches.',
  },
  'exception-never-applies': {
    level: 'note',
    text: 'An exception for events that the rule does not match anyway.',
  },
  'duplicate-macro': {
    level: 'note',
    text: 'Two macros that stand for the same condition, whatever the order of its parts.',
  },
  'nested-list': {
    level: 'warning',
    text: 'The name of a list that stays a literal value: lists are looked up one level deep.',
  },
  'undefined-list': {
    level: 'note',
    text: 'A value that looks like the name of a list, but no such list exists.',
  },
  'all-elements': {
    level: 'note',
    text: "`in` asks whether all elements of a list field are among the values: no request's groups are.",
  },
  'text-order': {
    level: 'note',
    text: 'An order of numbers on a field of texts: they are compared letter by letter.',
  },
  'unknown-field': { level: 'warning', text: 'An unknown field in a macro that no rule uses.' },
  'cut-field': {
    level: 'warning',
    text: 'A field of an output that is not there: Falco takes the longest one that its name begins with, and the rest as text.',
  },
  'missing-source': {
    level: 'warning',
    text: 'A rule without a source is for system calls, but its condition asks about fields of another source.',
  },
  'unmet-requirement': {
    level: 'error',
    text: 'A plugin that required_plugin_versions asks for is not there, or too old: no run starts with the file.',
  },
  'duplicate-key': { level: 'warning', text: 'A key that is there twice: the first value counts.' },
  'merge-key': {
    level: 'warning',
    text: '`<<` merges nothing in rules files: it is an unknown key.',
  },
  'redefined-item': {
    level: 'warning',
    text: 'A rule, macro or list that is fully defined twice in one file: the second definition replaces the first.',
  },
  'correlation-never': {
    level: 'warning',
    text: 'A correlation, or a step of it, that no events can complete.',
  },
  'correlation-disabled-step': {
    level: 'note',
    text: 'A step of a correlation that is a disabled rule: it meets nothing.',
  },
  'correlation-group': {
    level: 'warning',
    text: 'A field of group-by that the events of a step never have: they are all in one group.',
  },
  'correlation-partition': {
    level: 'warning',
    text: 'A correlation without the partition key (tsfalco.correlation.partition_key) in group-by: each process counts its part.',
  },
  'correlation-list': {
    level: 'note',
    text: 'A list in group-by or counted by a correlation: as a whole it is one value.',
  },
  'uncounted-rule': {
    level: 'warning',
    text: 'A rule or correlation with alert: false that no correlation counts: it does nothing.',
  },
  suppression: {
    level: 'warning',
    text: 'A comment that is to switch a check off, and does not: no such check, nothing to switch off, no reason.',
  },
  'setting-without-effect': {
    level: 'warning',
    text: 'Something that a falco.yaml says in vain: an unknown key, a value of the wrong type, an entry twice, a file that is not there.',
  },
  'invalid-configuration': { level: 'error', text: 'A falco.yaml that no run starts with.' },
} as const satisfies Record<string, LintRule>;

export type LintId = keyof typeof LINT_RULES;

/** Makes a finding, with its rule's level unless told otherwise. */
export function finding(
  id: LintId,
  message: ByteString,
  place: Place,
  more: {
    readonly suggestion?: ByteString | undefined;
    readonly item?: ByteString;
    readonly level?: Level | undefined;
  } = {},
): Finding {
  const { suggestion, item } = more;
  return {
    id,
    level: more.level ?? LINT_RULES[id].level,
    message,
    place,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(item === undefined ? {} : { item }),
  };
}
