// Does memory stay flat when no two events are alike? `node bench/soak.mjs [minutes] [events a second]`: bodies of 100
// events at the web hook, each with identities, names, addresses and agents that never came before, under the rules of
// ours. Out: memory by minute, alerts, and exit 1 if the last quarter needs a tenth more than the second one.

import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { post, STOCK, start, statusOf, temporaryFolder } from './command.mjs';

const [minutes = '20', perSecond = '3000'] = process.argv.slice(2);
const EVENTS = 100;

const VERBS = ['get', 'list', 'create', 'delete', 'patch', 'update', 'watch'];
const RESOURCES = [
  'pods',
  'secrets',
  'configmaps',
  'clusterroles',
  'serviceaccounts',
  'nodes',
  'deployments',
];

function eventOf(n) {
  const id = n.toString(36);
  const verb = VERBS[n % VERBS.length];
  const resource = RESOURCES[(n >> 3) % RESOURCES.length];
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    auditID: `audit-${id}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/ns-${id}/${resource}/name-${id}?timeout=${n}s`,
    verb,
    user: {
      username: `user-${id}`,
      uid: id,
      groups: [`group-${id}`],
      extra: { arn: [`arn:aws:iam::${n}:x`] },
    },
    impersonatedUser: { username: `other-${id}`, groups: [`g-${id}`] },
    sourceIPs: [address],
    userAgent: `agent/${id}`,
    objectRef: { resource, namespace: `ns-${id}`, name: `name-${id}`, apiVersion: 'v1' },
    responseStatus: { code: 200 + (n % 300) },
    stageTimestamp: new Date().toISOString(),
  });
}

const { path, remove } = temporaryFolder();
const target = await start(path, STOCK, { yaml: 'json_output: true' });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const memory = () => statusOf(target.child.pid, 'VmRSS');
const begin = Date.now();
const perMinute = [];
let sent = 0;
let refused = 0;
for (let minute = 1; minute <= Number(minutes); minute++) {
  let most = 0;
  for (let i = 0; Date.now() < begin + minute * 60_000; i++) {
    const body = `[${Array.from({ length: EVENTS }, (_, j) => eventOf(sent + j)).join(',')}]`;
    const status = await post(target.port, agent, Buffer.from(body));
    if (status === 200) sent += EVENTS;
    else refused++;
    if (i % 10 === 0) most = Math.max(most, memory());
    const ahead = (sent / Number(perSecond)) * 1000 - (Date.now() - begin);
    if (ahead > 0) await sleep(ahead);
  }
  perMinute.push(most);
  console.log(`minute ${minute}: ${sent} events, ${refused} bodies refused, ${Math.round(most)} MB`);
}
agent.destroy();
target.child.kill('SIGTERM');
await target.exit;
remove();
const quarter = Math.floor(perMinute.length / 4);
const mostOf = (part) => Math.round(Math.max(...part));
const [second, last] = [mostOf(perMinute.slice(quarter, 2 * quarter)), mostOf(perMinute.slice(-quarter))];
console.log(`second quarter ${second} MB, last quarter ${last} MB`);
process.exit(quarter > 0 && last > second * 1.1 ? 1 : 0);
