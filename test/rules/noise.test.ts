// How loud our rules are. What is ordinary must stay silent at WARNING and above, or nobody reads on.

import { expect, test } from 'vitest';
import { createTraffic } from '../../bench/traffic/traffic.js';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { loadOurRules } from './open-rules.js';

const WARNING = 4;
const NOTICE = 5;
const EVENTS = 10_000;
const workspace = loadOurRules();

/** Alerts of a priority and above, by rule: the first that matches, as by default. */
function alerts(next: () => string, priority: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let index = 0; index < EVENTS; index++) {
    workspace.readEvents(
      next(),
      (event) => {
        const info = workspace.matches(event)[0]?.rule.info;
        if (info !== undefined && info.priority <= priority)
          found.set(info.name, (found.get(info.name) ?? 0) + 1);
      },
      (fault) => expect.fail(fault),
    );
  }
  return found;
}

const generated = (alerting: number): (() => string) => {
  const next = createEventGenerator({ seed: 7, alerting });
  return () => next().message;
};

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, each) => total + each, 0);

test('nothing alerts on what controllers, nodes and AWS do all the time', () => {
  expect([...alerts(generated(0), 7)]).toEqual([]);
});

test('with a tenth of it the kind that stock rules alert on, less than 1 % warn', () => {
  const found = alerts(generated(0.1), WARNING);
  // What in it is no ordinary traffic is found.
  expect([...found.keys()].sort()).toEqual(
    expect.arrayContaining(['Cluster Admin Bound', 'Privileged Pod', 'Wildcard Role']),
  );
  expect(sum(found)).toBeLessThan(EVENTS / 100);
});

test('a cluster with the usual add-ons, a pipeline and a team warns of next to nothing', () => {
  // Roles with wildcards that charts bring, a DaemonSet that watches its nodes, a web hook's certificate.
  const wanted = ['Wildcard Role', 'Pod In Host Namespace', 'Admission Webhook Changed'];
  const found = alerts(createTraffic(7), WARNING);
  expect([...found.keys()].filter((rule) => !wanted.includes(rule))).toEqual([]);
  expect(sum(found)).toBeLessThan(5);
});

test('and notes little: ten a thousand would be too many', () => {
  console.log(alerts(createTraffic(11), NOTICE));
  expect(sum(alerts(createTraffic(11), NOTICE))).toBeLessThan(EVENTS / 1000);
});
