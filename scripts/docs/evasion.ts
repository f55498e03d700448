// The table of attacks by form, from the suite that tests hold the rules against: which forms of a change a rule sees.

import { ATTACKS, type Attack } from '../../test/rules/evasion/attacks.js';
import { eventOf, FORMS, formsOf, writingsOf } from '../../test/rules/evasion/spellings.js';
import { loadOurRules, matches } from '../../test/rules/open-rules.js';
import { table } from './table.js';

const FOUND = '●';
const WITH_RESPONSE = '◐';
const MISSED = '○';
const NO_SUCH = '';

/** A row a rule, a column a form. */
export function evasionTable(): string {
  const forms = Object.keys(FORMS);
  const rules = [...new Set(ATTACKS.map(({ rule }) => rule))];
  const rows = rules.map((rule) => {
    const attacks = ATTACKS.filter((attack) => attack.rule === rule);
    return [rule, ...forms.map((form) => worst(attacks.map((attack) => cell(attack, form))))];
  });
  return table(['rule', ...forms], rows);
}

function cell(attack: Attack, name: string): string {
  const form = formsOf(attack).find(([each]) => each === name)?.[1];
  if (form === undefined) return NO_SUCH;
  const workspace = loadOurRules();
  const found = (level: 'Request' | 'RequestResponse'): boolean =>
    writingsOf(form).every(([, writing]) =>
      matches(workspace, eventOf(attack, attack.bad, form, writing, level)).includes(attack.rule),
    );
  if (!found('RequestResponse')) return MISSED;
  return found('Request') ? FOUND : WITH_RESPONSE;
}

const worst = (cells: readonly string[]): string =>
  [MISSED, WITH_RESPONSE, FOUND].find((each) => cells.includes(each)) ?? NO_SUCH;
