// `tsfalco/cloudwatch`: EKS audit events from CloudWatch Logs. A sub-path of its own, so that only who asks for it
// loads the AWS SDK.

import './runtime/node.js';
import { fromBytes, toBytes } from './bytes.js';
import { k8sauditEks } from './plugins/k8saudit-eks/index.js';
import { openCloudWatchSources } from './plugins/k8saudit-eks/open.js';
import { initPlugin } from './plugins/settings.js';
import { type Source, SourceError } from './sources/source.js';

export interface EksOptions {
  /** Default: AWS_REGION, or that of the profile. */
  readonly region?: string;
  readonly profile?: string;
  /** Role to assume. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Seconds into the past at which reading starts. Default: 1. */
  readonly shift?: number;
  /** Longest pause between two looks, seconds. Default: 5. */
  readonly pollingInterval?: number;
  /** Seconds after its time within which an event is found. Default: 120. */
  readonly lateness?: number;
  /** Default: half of the region's quota. */
  readonly requestsPerSecond?: number;
  /** File, or `s3://bucket/key`, that remembers how far reading has come. */
  readonly checkpoint?: string;
  /** Seconds; what is longer ago is not caught up with after an outage. Default: seven days. */
  readonly maxCatchUp?: number;
  /** Seconds without an event after which that is said; 0: never. Default: 600. */
  readonly warnAfterSilence?: number;
  /** Seconds that a stop may take to read once more what is not settled. Default: 3. */
  readonly stopTimeout?: number;
  /** Reads this span only: times as ISO 8601, or ago as `90m`. */
  readonly from?: string;
  readonly to?: string;
  /** Largest single event, bytes. Default: 4 MiB. */
  readonly maxEventSize?: number;
  /** Variables for region, credentials and endpoint. Default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears of waits and what was dropped. */
  readonly onLog?: (message: string) => void;
}

/** Audit events of an EKS cluster whose audit log is switched on. Nothing is sent before it is read. Errors: SourceError. */
export function openEksSource(cluster: string, options: EksOptions = {}): Source {
  const { env = process.env, onLog, stopTimeout, ...settings } = options;
  const init = initPlugin(k8sauditEks, toBytes(JSON.stringify(settings)));
  if (!init.ok) throw new SourceError(fromBytes(init.error));
  const [fault] = init.faults;
  if (fault !== undefined) throw new SourceError(fault);
  const [source] = openCloudWatchSources({
    init: init.settings,
    openParams: JSON.stringify([{ cluster }]),
    env,
    stopTimeout,
    log: (_level, message) => onLog?.(fromBytes(message)),
  });
  return source!;
}
