// Alerts of an EKS cluster, from CloudWatch Logs, until Ctrl-C.
//   npm run build && node --experimental-strip-types examples/eks.ts my-cluster

import { readFileSync } from 'node:fs';
import { loadRules, watch } from 'tsfalco';
import { openEksSource } from 'tsfalco/cloudwatch';

const [, , cluster = 'my-cluster'] = process.argv;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const path = 'rules/k8s_audit_rules.yaml';
const { ruleset, report } = loadRules([{ name: path, content: readFileSync(path, 'utf8') }]);
if (ruleset === undefined) throw new Error(report);

const source = openEksSource(cluster, { region: 'eu-west-1', checkpoint: `/tmp/${cluster}.checkpoint` });
for await (const { line } of watch(source, ruleset, { signal: stop.signal })) console.log(line);
