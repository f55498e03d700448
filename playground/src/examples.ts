// Examples: rules with events that they find, taken from our own rules and their tests.

import baseRules from '../../rules/k8s_audit_rules.yaml?raw';
import correlationRules from '../../rules/k8s_correlation_rules.yaml?raw';
import correlationTests from '../../rules/tests/k8s_correlation_rules.yaml?raw';
import credentialAccess from '../../rules/tests/scenarios/credential-access.yaml?raw';
import privilegeEscalation from '../../rules/tests/scenarios/privilege-escalation.yaml?raw';
import { readSuite } from '../../src/rule-test/suite.js';
import firstEvents from '../examples/first.jsonl?raw';
import firstRules from '../examples/first.yaml?raw';
import firstTests from '../examples/first-tests.yaml?raw';
import ownRules from '../examples/own.yaml?raw';
import type { PlaygroundState } from './state.js';

export interface Example {
  readonly title: string;
  readonly state: () => PlaygroundState;
}

/** The rules that can be loaded before those in the editor. */
export const BASE_RULES = { name: 'k8s_audit_rules.yaml', content: baseRules };

const SEQUENCES = [
  'many refusals, then a secret',
  'secrets of five namespaces',
  'anonymous, refused, then let in',
];

export const EXAMPLES: readonly Example[] = [
  {
    title: 'A first rule',
    state: () => ({ rules: firstRules, events: firstEvents, suite: firstTests, base: false, all: false }),
  },
  {
    title: 'Own rules after ours, on attacks',
    state: () => ({
      rules: ownRules,
      events: [credentialAccess, privilegeEscalation].map(eventsOf).join(''),
      suite: '',
      base: true,
      all: true,
    }),
  },
  {
    title: 'Correlations: several events, one alert',
    state: () => ({
      rules: correlationRules,
      events: sequencesOf(correlationTests),
      suite: correlationTests,
      base: true,
      all: false,
    }),
  },
  {
    title: 'All our rules for audit events',
    state: () => ({
      rules: baseRules,
      events: eventsOf(credentialAccess),
      suite: '',
      base: false,
      all: false,
    }),
  },
];

/** Scenarios hold each event in a line, as JSON. */
const eventsOf = (scenario: string): string =>
  [...scenario.matchAll(/^ +event: (\{.*\})$/gm)].map(([, event]) => `${event}\n`).join('');

/** Events of some tests, each an hour after the one before. */
function sequencesOf(suite: string): string {
  const { tests } = readSuite('k8s_correlation_rules.yaml', suite, () => '{}');
  return tests
    .filter(({ name }) => SEQUENCES.includes(name))
    .flatMap(({ sequence }, hour) => (sequence ?? []).map((event) => `${shifted(event, hour)}\n`))
    .join('');
}

const HOUR_MS = 3_600_000;

function shifted(event: string, hours: number): string {
  return event.replace(
    /"(stageTimestamp|requestReceivedTimestamp)":"([^"]+)"/g,
    (_all, key: string, time: string) => {
      const moved = new Date(Date.parse(time) + hours * HOUR_MS).toISOString();
      return `"${key}":"${moved.slice(0, 19)}${time.slice(19)}"`;
    },
  );
}
