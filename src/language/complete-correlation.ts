// What may stand in a correlation (docs/correlation.md) and in no rule: types, steps, fields to group by, conditions on numbers.

import type { Context } from './context.js';
import type { Project, RulesDocument } from './project.js';
import { fieldProposals, matching, namesOf, type Proposal, type Proposals } from './proposal.js';

const TYPES: Readonly<Record<string, string>> = {
  event_count: 'so many events match any of the steps',
  value_count: 'a field has so many different values',
  temporal: 'every step was met, in whatever order',
  temporal_ordered: 'the steps were met one after the other',
  absence: 'fewer events came than expected',
};

const NUMBERS: Readonly<Record<string, string>> = {
  count: 'events that count in the window',
  distinct: 'different values, or different steps',
  first: 'time of the first of them',
  last: 'time of the last of them',
  events: 'their audit ids, the first ten',
  group: 'the values of group-by',
  suppressed: 'alerts of this group held back since its last one',
};

const STEP_KEYS = ['as', 'condition', 'rule', 'source'];
const COMPARISONS = ['gte', 'gt', 'eq', 'lt', 'lte', 'field'];

/** @returns undefined: what may stand here is what may stand in a rule */
export function inCorrelation(
  project: Project,
  document: RulesDocument,
  { item, key, outer, before }: Context,
  source: string,
): Proposals | undefined {
  if (item?.kind !== 'correlation') return undefined;
  const start = /[\w.]*$/.exec(before)![0];
  const fields = (): readonly Proposal[] => fieldProposals(project, source);
  if (key === 'rules' || outer === 'rules') return inStep(project, document, key, before);
  switch (key) {
    case 'type':
      return matching(described(TYPES, ''), start);
    case 'condition':
      return /\bfield[ \t]*:[ \t]*[\w.]*$/.test(before)
        ? matching(fields(), start)
        : matching(COMPARISONS.map(keyProposal), start);
    case 'group-by':
      return matching(fields(), start);
    case 'output': {
      const sign = /%[\w.]*$/.exec(before)?.[0];
      const all = [...described(NUMBERS, '%corr.'), ...fieldProposals(project, source, '%')];
      return sign === undefined ? undefined : matching(all, sign);
    }
    default:
      return undefined;
  }
}

/** Names of rules and correlations, or keys of a step; undefined: its condition is one as of rules. */
function inStep(
  project: Project,
  document: RulesDocument,
  key: string | undefined,
  before: string,
): Proposals | undefined {
  if (key === 'condition') return undefined;
  if (key === 'as' || key === 'source') return key === 'as' ? matching([], '') : undefined;
  const names = [...namesOf(project, document, 'rule'), ...namesOf(project, document, 'correlation')];
  // Behind the last dash, bracket or comma.
  const start = key === 'rule' ? before : before.replace(/^.*(?:- +|[[{,] *)/, '');
  return matching(key === 'rule' ? names : [...names, ...STEP_KEYS.map(keyProposal)], start);
}

const keyProposal = (label: string): Proposal => ({ label, kind: 'key', insert: `${label}: ` });

const described = (texts: Readonly<Record<string, string>>, sign: string): readonly Proposal[] =>
  Object.entries(texts).map(([name, detail]) => ({ label: sign + name, kind: 'value', detail }));
