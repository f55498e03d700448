// Alerts of a file with audit events, as they come.
//   npm run build && node --experimental-strip-types examples/sources.ts

import { fileURLToPath } from 'node:url';
import { loadRules, openSource, watch } from 'tsfalco';

const { ruleset, report } = loadRules(`
- rule: Command in a container
  desc: Somebody runs a command in a container
  condition: ka.target.subresource = exec
  output: "%ka.user.name in %ka.target.namespace/%ka.target.name"
  priority: WARNING
  source: k8s_audit
`);
if (ruleset === undefined) throw new Error(report);

const source = await openSource(fileURLToPath(new URL('events.jsonl', import.meta.url)));
for await (const alert of watch(source, ruleset, { onFault: console.error })) console.log(alert.message);
