// The whole way of an event through AWS, on moto and Lambda's own runtime emulator: put events → subscription filter → Kinesis → records →
// aws-lambda-rie → runtime client → the ready-made function → SNS, SQS, EventBridge, Security Hub, with a table of DynamoDB that knows what
// was sent. In: nothing; after `npm run build`, with moto (pip, 5.2.1) and aws-lambda-rie
// (go install github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@latest). Takes clients of the SDK from npm into a
// temporary folder. Out: a line of figures; 1 where the alerts are not those of a direct run.
// usage: node scripts/lambda-chain.mjs [EVENTS]: 5,000, of which EventBridge gets none; up to 500, with EventBridge

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '..');
const TOTAL = Number(process.argv[2] ?? 5000);
const SDK = '^3.1000.0';
const CLIENTS = ['cloudwatch-logs', 'kinesis', 'sns', 'sqs', 'eventbridge', 'securityhub', 'dynamodb'];
// Moto takes seconds for each call of EventBridge.
const withBus = TOTAL <= 500;
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const GROUP = '/aws/eks/prod/cluster';
const STREAM = 'kube-apiserver-audit-71976ca11bea5d3083393f7d32dab75b';
const folder = mkdtempSync(join(tmpdir(), 'lambda-chain-'));
const children = [];

function start(command, args, env) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      child.text = (child.text + chunk).slice(-200_000);
    });
  children.push(child);
  return child;
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function untilThere(url) {
  for (let tries = 0; tries < 600; tries++) {
    const there = await fetch(url).then(
      () => true,
      () => false,
    );
    if (there) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

/** Lambda's protocol for runtimes, as little of it as a function needs. */
const RUNTIME = `
// The emulator hands on only what Lambda would.
Object.assign(process.env, JSON.parse(require('node:fs').readFileSync(__dirname + '/env.json', 'utf8')));
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
const { handler } = require(process.env.LAMBDA_TASK_ROOT + '/lambda.cjs');
(async () => {
  for (;;) {
    const next = await fetch(base + 'next');
    const id = next.headers.get('lambda-runtime-aws-request-id');
    const event = await next.json();
    try {
      const answer = (await handler(event)) ?? null;
      await fetch(base + id + '/response', { method: 'POST', body: JSON.stringify(answer) });
    } catch (error) {
      const body = JSON.stringify({ errorMessage: error.message, errorType: error.name });
      await fetch(base + id + '/error', { method: 'POST', body });
    }
  }
})();`;

/** One event in six or so is worth an alert. */
function eventAt(i) {
  const kinds = [
    { verb: 'list', resource: 'pods' },
    { verb: 'get', resource: 'configmaps' },
    { verb: 'get', resource: 'pods', subresource: 'exec', namespace: 'kube-system' },
    { verb: 'watch', resource: 'endpoints' },
    { verb: 'update', resource: 'leases' },
    { verb: 'delete', resource: 'namespaces' },
    { verb: 'patch', resource: 'deployments' },
  ];
  const { verb, resource, subresource, namespace = 'shop' } = kinds[i % kinds.length];
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/${namespace}/${resource}/name-${i}${subresource ? `/${subresource}?command=sh` : ''}`,
    verb,
    user: { username: `user-${i % 50}`, groups: ['system:authenticated'] },
    sourceIPs: ['10.0.1.15'],
    userAgent: 'kubectl/v1.31.0',
    objectRef: {
      resource,
      namespace,
      name: `name-${i}`,
      apiVersion: 'v1',
      ...(subresource && { subresource }),
    },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-03-01T10:00:00.000000Z',
    stageTimestamp: '2026-03-01T10:00:00.010000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  });
}

/** What makes alerts the same, whoever wrote them. */
const gist = (line) => {
  const { rule, priority, time, output_fields: fields } = JSON.parse(line);
  return JSON.stringify([rule, priority, time, Object.entries(fields).sort()]);
};

function direct(events) {
  const file = join(folder, 'events.jsonl');
  writeFileSync(file, `${events.join('\n')}\n`);
  const config = join(folder, 'falco.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      plugins: [
        {
          name: 'k8saudit',
          library_path: 'libk8saudit.so',
          init_config: { cluster_name: 'prod' },
          open_params: file,
        },
        { name: 'json', library_path: 'libjson.so' },
      ],
      load_plugins: ['k8saudit', 'json'],
      rules_files: [join(folder, 'task/rules.yaml')],
      json_output: true,
      stdout_output: { enabled: true },
    }),
  );
  const args = [join(ROOT, 'bin/tsfalco.js'), '-c', config];
  const text = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(gist)
    .sort();
}

async function main() {
  execFileSync(process.execPath, [join(ROOT, 'scripts/lambda.mjs'), join(folder, 'task')], {
    stdio: 'ignore',
  });
  writeFileSync(join(folder, 'task/package.json'), '{"private":true}');
  const packages = CLIENTS.map((name) => `@aws-sdk/client-${name}@${SDK}`);
  execFileSync('npm', ['install', '--silent', '--prefix', join(folder, 'task'), ...packages], {
    stdio: 'inherit',
  });
  const require = createRequire(join(folder, 'task/x.js'));

  const endpoint = `http://127.0.0.1:${await freePort()}`;
  start(process.env.PYTHON ?? 'python3', [
    '-m',
    'moto.server',
    '-H',
    '127.0.0.1',
    '-p',
    new URL(endpoint).port,
  ]);
  await untilThere(endpoint);
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION };
  const client = (name, service, more = {}) =>
    new (require(`@aws-sdk/client-${name}`)[service])({
      endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...more,
    });
  const logs = client('cloudwatch-logs', 'CloudWatchLogs');
  // By HTTP/1, which is what moto speaks.
  const kinesis = client('kinesis', 'Kinesis', {
    requestHandler: new (require('@smithy/node-http-handler').NodeHttpHandler)(),
  });
  const sqs = client('sqs', 'SQS');
  const sns = client('sns', 'SNS');
  const buses = client('eventbridge', 'EventBridge');
  const hub = client('securityhub', 'SecurityHub');
  const tables = client('dynamodb', 'DynamoDB');

  // Where alerts go: a queue, one behind a topic, one behind a bus, and Security Hub.
  const queue = async (name) => {
    const { QueueUrl: url } = await sqs.createQueue({ QueueName: name });
    return { url, arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` };
  };
  const [own, behindTopic, behindBus] = [await queue('own'), await queue('topic'), await queue('bus')];
  const { TopicArn } = await sns.createTopic({ Name: 'alerts' });
  await sns.subscribe({
    TopicArn,
    Protocol: 'sqs',
    Endpoint: behindTopic.arn,
    Attributes: { RawMessageDelivery: 'true' },
  });
  await buses.putRule({ Name: 'all', EventPattern: JSON.stringify({ source: ['tsfalco'] }) });
  await buses.putTargets({ Rule: 'all', Targets: [{ Id: '1', Arn: behindBus.arn }] });
  await hub.enableSecurityHub({});
  await tables.createTable({
    TableName: 'alerts',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });

  // Where events come from.
  await kinesis.createStream({ StreamName: 'audit', ShardCount: 1 });
  await logs.createLogGroup({ logGroupName: GROUP });
  await logs.createLogStream({ logGroupName: GROUP, logStreamName: STREAM });
  await logs.putSubscriptionFilter({
    logGroupName: GROUP,
    filterName: 'tsfalco',
    filterPattern: '',
    destinationArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/audit`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/logs`,
  });
  const events = Array.from({ length: TOTAL }, (_, i) => eventAt(i));
  const now = Date.now();
  for (let at = 0; at < events.length; at += 100)
    await logs.putLogEvents({
      logGroupName: GROUP,
      logStreamName: STREAM,
      logEvents: events.slice(at, at + 100).map((message, i) => ({ message, timestamp: now + at + i })),
    });
  const records = await readShard(kinesis);

  // The function, as Lambda runs it.
  writeFileSync(join(folder, 'runtime.cjs'), RUNTIME);
  const env = {
    ...keys,
    AWS_ENDPOINT_URL: endpoint,
    LAMBDA_TASK_ROOT: join(folder, 'task'),
    TSFALCO_CLUSTER: 'prod',
    TSFALCO_SNS_TOPIC: TopicArn,
    TSFALCO_SQS_QUEUE: own.url,
    ...(withBus && { TSFALCO_EVENT_BUS: 'default' }),
    TSFALCO_SECURITY_HUB_ACCOUNT: ACCOUNT,
    TSFALCO_DEDUPLICATE_TABLE: 'alerts',
  };
  writeFileSync(join(folder, 'env.json'), JSON.stringify(env));
  const [front, api] = [await freePort(), await freePort()];
  const rie = start(
    process.env.RIE ?? 'aws-lambda-rie',
    [
      '--runtime-interface-emulator-address',
      `127.0.0.1:${front}`,
      '--runtime-api-address',
      `127.0.0.1:${api}`,
      process.execPath,
      join(folder, 'runtime.cjs'),
    ],
    { AWS_LAMBDA_FUNCTION_TIMEOUT: '900' },
  );
  await untilThere(`http://127.0.0.1:${front}/`);
  let failed = 0;
  const invoke = async (some) => {
    const answer = await fetch(`http://127.0.0.1:${front}/2015-03-31/functions/function/invocations`, {
      method: 'POST',
      body: JSON.stringify({ Records: some }),
    });
    const text = await answer.text();
    if (!answer.ok || !text.startsWith('{')) throw new Error(`${text}: ${rie.text.slice(-2000)}`);
    const failures = JSON.parse(text).batchItemFailures;
    if (failures === undefined || failures.length > 0) {
      failed++;
      console.log(`a call failed: ${text.slice(0, 500)}`);
    }
  };
  for (let at = 0; at < records.length; at += 10) await invoke(records.slice(at, at + 10));
  // A batch comes again, as Kinesis brings it after a fault behind the alerts.
  await invoke(records.slice(0, 10));

  const wanted = direct(events);
  const noted = await countOf(tables);
  const found = {
    SQS: (await drain(sqs, own.url)).map(gist).sort(),
    SNS: (await drain(sqs, behindTopic.url)).map(gist).sort(),
    ...(withBus && {
      EventBridge: (await drain(sqs, behindBus.url))
        .map((body) => gist(JSON.stringify(JSON.parse(body).detail)))
        .sort(),
    }),
  };
  const findings = await findingsOf(hub);
  let ok = failed === 0 && wanted.length > 0 && findings === wanted.length && noted === wanted.length;
  console.log(
    `${TOTAL} events in ${records.length} records; ${wanted.length} alerts by a direct run, ${findings} findings in Security Hub, ${noted} alerts noted in DynamoDB`,
  );
  for (const [name, lines] of Object.entries(found)) {
    const same = JSON.stringify(lines) === JSON.stringify(wanted);
    ok &&= same;
    console.log(`${name}: ${lines.length} alerts, ${same ? 'the same' : 'NOT THE SAME'}`);
    if (!same) console.log(lines[0], '\n', wanted[0]);
  }
  if (!ok) console.log(rie.text.slice(-3000));
  return ok;
}

async function readShard(kinesis) {
  const { Shards } = await kinesis.listShards({ StreamName: 'audit' });
  const place = { StreamName: 'audit', ShardId: Shards[0].ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator: next } = await kinesis.getShardIterator(place);
  const records = [];
  for (;;) {
    const { Records, NextShardIterator } = await kinesis.getRecords({ ShardIterator: next, Limit: 100 });
    if (Records.length === 0) return records;
    for (const { Data, SequenceNumber, PartitionKey } of Records) {
      // Once read, so that a stream of nothing is not taken for one without alerts.
      JSON.parse(gunzipSync(Data));
      const data = Buffer.from(Data).toString('base64');
      records.push({
        eventSource: 'aws:kinesis',
        kinesis: { data, sequenceNumber: SequenceNumber, partitionKey: PartitionKey },
      });
    }
    next = NextShardIterator;
  }
}

async function drain(sqs, url) {
  const bodies = [];
  for (;;) {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
    });
    if (Messages.length === 0) return bodies;
    for (const { Body } of Messages) bodies.push(Body);
  }
}

async function countOf(tables) {
  let [count, from] = [0, undefined];
  do {
    const page = await tables.scan({
      TableName: 'alerts',
      Select: 'COUNT',
      ...(from && { ExclusiveStartKey: from }),
    });
    count += page.Count;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}

async function findingsOf(hub) {
  const ids = new Set();
  let NextToken;
  do {
    const page = await hub.getFindings({ MaxResults: 100, ...(NextToken && { NextToken }) });
    for (const { Id } of page.Findings) ids.add(Id);
    ({ NextToken } = page);
  } while (NextToken);
  return ids.size;
}

let ok = false;
try {
  ok = await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
  if (ok) rmSync(folder, { recursive: true, force: true });
  else console.log(folder);
}
process.exit(ok ? 0 : 1);
