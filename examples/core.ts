// Rules on events in a browser, a worker or any other runtime: no file, no network, nothing of Node's. A bundler makes one
// file of it.

import { loadRules, useRuntime } from 'tsfalco/core';

useRuntime({ machineName: () => 'my-page', utcOffset: () => 0 });

const { ruleset, report } = loadRules(`
- rule: Exec into a pod
  desc: Somebody opened a shell in a container.
  condition: ka.verb in (create, get) and ka.target.subresource = exec
  output: Shell (user=%ka.user.name pod=%ka.target.name host=%evt.hostname)
  priority: NOTICE
  source: k8s_audit
`);
if (ruleset === undefined) throw new Error(report);

const event = {
  kind: 'Event',
  auditID: '1',
  verb: 'create',
  user: { username: 'alice' },
  objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-0' },
  stageTimestamp: '2024-05-01T12:00:00.000000Z',
};
for (const { message } of ruleset.evaluate(event).alerts) console.log(message);
