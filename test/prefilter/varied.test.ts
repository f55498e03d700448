// Traffic in which everything varies, and rules that look into much of it: what is left to decide repeats itself all the same,
// so that a prefilter soon knows all there is, and the alerts are those of evaluation.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mixedRules } from '../../bench/rules.js';
import { createVariedTraffic } from '../../bench/traffic/varied.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { type Rulesets, rulesetsOf, runnerOf } from './support.js';

const rules = (name: string): string =>
  fromBytes(readFileSync(new URL(`../../rules/${name}`, import.meta.url), 'latin1'));

/** Events whose lessons count. */
const MORE = 1000;

/** The same, and how often a reader had to be taught something. */
function counted(rulesets: Rulesets): { readonly rulesets: Rulesets; readonly lessons: () => number } {
  let lessons = 0;
  const prefilter = rulesets.prefiltered.prefilter!;
  const asked = Object.create(prefilter, {
    begin: {
      value: (event: Parameters<typeof prefilter.begin>[0]): void => {
        lessons++;
        prefilter.begin(event);
      },
    },
  }) as typeof prefilter;
  return {
    rulesets: { ...rulesets, prefiltered: { ...rulesets.prefiltered, prefilter: asked } },
    lessons: () => lessons,
  };
}

test.each([
  ['our own rules', 20_000, rules('k8s_audit_rules.yaml') + rules('eks_audit_rules.yaml'), 850, 100],
  ['2,000 rules of mixed kinds', 5000, mixedRules(2000), 100, 10],
])(
  '%s: behind the first %d events hardly any has something new',
  (_name, settled, text, mostAtFirst, most) => {
    const next = createVariedTraffic(1);
    const lines = Array.from({ length: settled + MORE }, () => toBytes(next()));
    const { rulesets, lessons } = counted(rulesetsOf(text, 'first'));
    const block = runnerOf(rulesets, 'block');
    block(lines.slice(0, settled));
    const before = lessons();
    expect(before).toBeLessThan(mostAtFirst);
    const { outcome } = block(lines.slice(settled));
    expect(lessons() - before).toBeLessThan(most);
    const { outcome: expected } = runnerOf(rulesets, 'plain')(lines.slice(settled));
    expect(outcome).toEqual(expected);
  },
);
