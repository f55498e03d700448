// Rules from text, an event from an object, alerts out. Run it in a clone:
//   npm run build && node --experimental-strip-types examples/library.ts     (Node.js ≥ 22.6; older: compile it first)

import { loadRules } from 'tsfalco';

const rules = `
- list: sensitive_namespaces
  items: [kube-system, kube-public]

- macro: modifies
  condition: ka.verb in (create, update, patch, delete)

- rule: Change in a sensitive namespace
  desc: Somebody who is no system user changes something where only the system should
  condition: >
    modifies and ka.target.namespace in (sensitive_namespaces)
    and not ka.user.name startswith "system:"
  output: "%ka.user.name did %ka.verb %ka.target.resource/%ka.target.name in %ka.target.namespace"
  priority: WARNING
  source: k8s_audit
  tags: [k8s]
`;

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'a0000000-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  stageTimestamp: '2024-05-01T12:00:00.123456Z',
  verb: 'delete',
  user: { username: 'mallory' },
  objectRef: { resource: 'configmaps', namespace: 'kube-system', name: 'coredns' },
};

const { ruleset, report } = loadRules(rules);
if (ruleset === undefined) throw new Error(report);

const { alerts, faults } = ruleset.evaluate(event);
for (const { priority, rule, message, fields } of alerts) {
  console.log(`${priority} "${rule}": ${message}`);
  console.log(`who: ${fields['ka.user.name']}`);
}
for (const fault of faults) console.error(fault);

const [explanation] = ruleset.explain('Change in a sensitive namespace', event);
console.log(explanation?.text);
