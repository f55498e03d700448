// How loud our rules are on generated traffic of an EKS cluster. What is ordinary must stay silent, or nobody reads on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { createEventGenerator } from '../../src/endpoint/events.js';

const RULES = join(import.meta.dirname, '../../rules');
const WARNING = 4;
const EVENTS = 10_000;

/** Alerts on generated events, by rule, at `priority` and above. */
function alerts(alerting: number, priority: number): ReadonlyMap<string, number> {
  const names = ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'];
  const files = names.map((name) => ({ name, content: readFileSync(join(RULES, name), 'latin1') }));
  const { workspace } = openWorkspace(files);
  const found = new Map<string, number>();
  const next = createEventGenerator({ seed: 7, alerting });
  for (let index = 0; index < EVENTS; index++) {
    workspace!.readEvents(
      next().message,
      (event) => {
        for (const { rule } of workspace!.matches(event))
          if (rule.info.priority <= priority) found.set(rule.info.name, (found.get(rule.info.name) ?? 0) + 1);
      },
      (fault) => expect.fail(fault),
    );
  }
  return found;
}

test('nothing alerts on what controllers, nodes and AWS do all the time', () => {
  expect([...alerts(0, 7)]).toEqual([]);
});

test('with a tenth of it the kind that stock rules alert on, less than 1 % warn', () => {
  const found = alerts(0.1, WARNING);
  const count = [...found.values()].reduce((sum, each) => sum + each, 0);
  // The generator's own attacks are found.
  expect([...found.keys()].sort()).toEqual(
    expect.arrayContaining(['Cluster Admin Bound', 'Privileged Pod', 'Wildcard Role']),
  );
  expect(count).toBeLessThan(EVENTS / 100);
});
