// Alerts → findings of Security Hub in its format (ASFF), a hundred a call. A finding's id is the alert's, so that one that comes
// again updates what is there.

import { inBatches, lazily, type Send } from './aws.js';
import type { LambdaAlert } from './handler.js';

/** `new SecurityHub({})` of the SDK. */
export interface SecurityHubClient {
  batchImportFindings(input: { Findings: Finding[] }): Promise<{
    readonly FailedCount?: number | undefined;
    readonly FailedFindings?: readonly { readonly ErrorMessage?: string | undefined }[] | undefined;
  }>;
}

export interface SecurityHubPlace {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. Default: aws. */
  readonly partition?: string;
}

/** AwsSecurityFinding, as far as it is filled in. */
export interface Finding {
  SchemaVersion: '2018-10-08';
  Id: string;
  ProductArn: string;
  GeneratorId: string;
  AwsAccountId: string;
  Types: string[];
  CreatedAt: string;
  UpdatedAt: string;
  Severity: { Label: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL' };
  Title: string;
  Description: string;
  Resources: { Type: string; Id: string; Partition: string; Region: string }[];
  ProductFields: Record<string, string>;
}

const BATCH = 100;
const BATCH_BYTES = 4_000_000;
const LONGEST = { id: 512, title: 256, description: 1024, value: 2048, fields: 50 };

const LABELS: Readonly<Record<LambdaAlert['priority'], Finding['Severity']['Label']>> = {
  Emergency: 'CRITICAL',
  Alert: 'CRITICAL',
  Critical: 'CRITICAL',
  Error: 'HIGH',
  Warning: 'MEDIUM',
  Notice: 'LOW',
  Informational: 'INFORMATIONAL',
  Debug: 'INFORMATIONAL',
};

/** Errors of the result: Error, where some are not taken. */
export function sendToSecurityHub(place: SecurityHubPlace, client?: SecurityHubClient): Send {
  const hub = lazily<SecurityHubClient>('@aws-sdk/client-securityhub', 'SecurityHub', client);
  const send: Send = async (alerts) => {
    const service = await hub();
    const { FailedCount = 0, FailedFindings = [] } = await service.batchImportFindings({
      Findings: alerts.map((alert) => toFinding(alert, place)),
    });
    if (FailedCount > 0)
      throw new Error(
        `Security Hub has not taken ${FailedCount} alerts: ${FailedFindings[0]?.ErrorMessage ?? 'no reason given'}`,
      );
  };
  // An id may stand once in a call.
  return inBatches(
    BATCH,
    (alerts) => send([...new Map(alerts.map((alert) => [alert.id, alert])).values()]),
    BATCH_BYTES,
  );
}

export function toFinding(
  alert: LambdaAlert,
  { account, region, partition = 'aws' }: SecurityHubPlace,
): Finding {
  const { id, rule, priority, message, time, fields, cluster } = alert;
  const at = new Date(time).toISOString();
  const resource =
    cluster === undefined
      ? { Type: 'Other', Id: `${partition}:${account}:kubernetes` }
      : { Type: 'AwsEksCluster', Id: `arn:${partition}:eks:${region}:${account}:cluster/${cluster}` };
  return {
    SchemaVersion: '2018-10-08',
    Id: `tsfalco/${id}`.slice(0, LONGEST.id),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    GeneratorId: `tsfalco/${rule}`.slice(0, LONGEST.id),
    AwsAccountId: account,
    Types: ['TTPs'],
    CreatedAt: at,
    UpdatedAt: at,
    Severity: { Label: LABELS[priority] },
    Title: rule.slice(0, LONGEST.title),
    Description: message.slice(0, LONGEST.description) || rule,
    Resources: [{ ...resource, Partition: partition, Region: region }],
    ProductFields: Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== null && value !== '')
        .slice(0, LONGEST.fields)
        .map(([name, value]) => [`tsfalco/${name}`, String(value).slice(0, LONGEST.value)]),
    ),
  };
}
