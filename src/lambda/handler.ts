// The handler of a Lambda function. In: rules, and events of CloudWatch Logs' subscriptions by whatever way. Out: alerts, sent
// before the answer, and the answer that the caller wants: which records have failed, or the records themselves. At least once:
// where alerts cannot be sent, the call or its record fails, and the service brings it again.

import { createHash } from 'node:crypto';
import type { RuleAlert } from '../library/alert.js';
import { loadRules, type Ruleset, type RulesOptions } from '../library/rules.js';
import type { RulesText } from '../library/rules-text.js';
import { readTexts } from '../sources/subscription.js';
import { type Invocation, invocationOf, type ObjectName, objectsIn } from './events.js';

export interface LambdaAlert extends RuleAlert {
  /** `auditID:stage:rule`, the same whenever the same event comes again: fit for a receiver that drops what it knows. */
  readonly id: string;
  /** The cluster whose log group it is from. */
  readonly cluster: string | undefined;
}

export interface HandlerOptions extends Omit<RulesOptions, 'clusterName' | 'correlate'> {
  /** YAML text, or files in order. */
  readonly rules: string | readonly RulesText[];
  /** The cluster that most events are from: its rules are loaded at once, others' with their first event. */
  readonly cluster?: string | undefined;
  /** Where alerts go: resolves when they have arrived. Default: one JSON line each on standard output. */
  readonly send?: (alerts: readonly LambdaAlert[]) => Promise<void>;
  /** Reads an object that a message of S3 names. Default: by the SDK for S3. */
  readonly getObject?: (name: ObjectName) => Promise<Uint8Array>;
  /** Hears of what cannot be read, whole lines. Default: standard error. */
  readonly log?: (line: string) => void;
}

/** @throws Error: what they count would be forgotten with each instance, in silence */
function refuseCorrelations({ correlations }: Ruleset): void {
  if (correlations.length === 0) return;
  const names = correlations.map(({ name }) => `'${name}'`).join(', ');
  throw new Error(
    `the rules hold correlations, which need state that a function does not keep: ${names}; leave their file out, or disable them (select: [{enable: false, rule: '…'}])`,
  );
}

/** @returns what the caller of the function wants to know. */
export type Handler = (event: unknown) => Promise<unknown>;

/** Errors: Error, with Falco's report, where the rules cannot be loaded. */
export function createHandler(options: HandlerOptions): Handler {
  const {
    rules,
    cluster: expected,
    send = printAll,
    getObject = readFromS3,
    log = console.error,
    ...rest
  } = options;
  const rulesets = new Map<string | undefined, Ruleset>();

  function rulesetOf(cluster: string | undefined): Ruleset {
    const known = rulesets.get(cluster);
    if (known !== undefined) return known;
    const { ruleset, report } = loadRules(rules, {
      format: 'json',
      ...rest,
      // No instance of a function sees all events, and none is there for long.
      correlate: false,
      ...(cluster !== undefined && { clusterName: cluster }),
    });
    if (ruleset === undefined) throw new Error(report);
    refuseCorrelations(ruleset);
    rulesets.set(cluster, ruleset);
    return ruleset;
  }

  async function handle(bytes: Uint8Array, where: string): Promise<void> {
    const alerts: LambdaAlert[] = [];
    for (const { cluster, texts, faults } of readTexts(bytes)) {
      const ruleset = rulesetOf(cluster);
      const lines = [...faults];
      for (const text of texts) {
        const found = ruleset.evaluate(text);
        const event = found.alerts.length > 0 ? eventIdOf(text) : undefined;
        for (const alert of found.alerts) alerts.push({ ...alert, id: idOf(alert, event), cluster });
        lines.push(...found.faults);
      }
      for (const line of lines) log(`${where}: ${line}`);
    }
    if (alerts.length > 0) await send(alerts);
  }

  const handleBase64 = (data: string, where: string): Promise<void> =>
    handle(Buffer.from(data, 'base64'), where);

  async function handleMessage(body: string): Promise<void> {
    for (const name of objectsIn(body))
      await handle(await getObject(name), `s3://${name.bucket}/${name.key}`);
  }

  async function answer(invocation: Invocation): Promise<unknown> {
    switch (invocation.kind) {
      case 'subscription':
        return handleBase64(invocation.data, 'subscription');
      case 'kinesis':
        return firstFailure(
          invocation.records,
          ({ kinesis }) => kinesis.sequenceNumber,
          log,
          ({ kinesis }) => handleBase64(kinesis.data, `record ${kinesis.sequenceNumber}`),
        );
      case 'sqs':
        return eachFailure(
          invocation.records,
          ({ messageId }) => messageId,
          log,
          ({ body }) => handleMessage(body),
        );
      case 'firehose':
        // What is delivered further is not changed.
        for (const { recordId, data } of invocation.records) await handleBase64(data, `record ${recordId}`);
        return {
          records: invocation.records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })),
        };
    }
  }

  rulesetOf(expected);
  return async (event) => answer(invocationOf(event));
}

interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

// A shard has an order: what follows the first failure comes again with it.
async function firstFailure<T>(
  records: readonly T[],
  idOf: (record: T) => string,
  log: (line: string) => void,
  handle: (record: T) => Promise<void>,
): Promise<Failures> {
  for (const record of records) {
    const { batchItemFailures } = await eachFailure([record], idOf, log, handle);
    if (batchItemFailures.length > 0) return { batchItemFailures };
  }
  return { batchItemFailures: [] };
}

async function eachFailure<T>(
  records: readonly T[],
  idOf: (record: T) => string,
  log: (line: string) => void,
  handle: (record: T) => Promise<void>,
): Promise<Failures> {
  const batchItemFailures: { readonly itemIdentifier: string }[] = [];
  for (const record of records) {
    try {
      await handle(record);
    } catch (error) {
      log(`${idOf(record)} comes again: ${error instanceof Error ? error.message : String(error)}`);
      batchItemFailures.push({ itemIdentifier: idOf(record) });
    }
  }
  return { batchItemFailures };
}

/** `auditID:stage`; undefined where the text is no single event. */
function eventIdOf(text: string): string | undefined {
  try {
    const { auditID, stage } = JSON.parse(text) as { readonly auditID?: unknown; readonly stage?: unknown };
    return typeof auditID === 'string' && auditID !== '' ? `${auditID}:${stage ?? ''}` : undefined;
  } catch {
    return undefined;
  }
}

function idOf({ rule, line }: RuleAlert, event: string | undefined): string {
  if (event !== undefined) return `${event}:${rule}`;
  return createHash('sha256').update(`${rule}\n${line}`).digest('hex').slice(0, 32);
}

function printAll(alerts: readonly LambdaAlert[]): Promise<void> {
  for (const { line } of alerts) console.log(line);
  return Promise.resolve();
}

let s3: Promise<(name: ObjectName) => Promise<Uint8Array>> | undefined;

// Lambda's Node brings the SDK along.
async function readFromS3(name: ObjectName): Promise<Uint8Array> {
  s3 ??= import('@aws-sdk/client-s3').then(({ GetObjectCommand, S3Client }) => {
    const client = new S3Client({});
    return async ({ bucket, key }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    };
  });
  return (await s3)(name);
}
