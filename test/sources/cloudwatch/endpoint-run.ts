// Runs the real source with the real SDK client against the embedded endpoint, with troubles, and counts.

import { createEventGenerator } from '../../../demo/endpoint/events.js';
import { type Endpoint, startEndpoint } from '../../../demo/endpoint/server.js';
import { createLogStore, type LogStore } from '../../../demo/endpoint/store.js';
import { NO_TROUBLE, type Trouble } from '../../../demo/endpoint/trouble.js';
import { type AuditWriter, createAuditWriter } from '../../../demo/endpoint/writer.js';
import { createLogClient, logGroupOf } from '../../../src/sources/cloudwatch/aws/client.js';
import type { Company } from '../../../src/sources/cloudwatch/calls.js';
import { openProgress } from '../../../src/sources/cloudwatch/checkpoint/open.js';
import { systemClock } from '../../../src/sources/cloudwatch/clock.js';
import { CURSOR_DEFAULTS, type CursorOptions } from '../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { createLimiter } from '../../../src/sources/cloudwatch/limiter.js';
import { type CloudWatchSource, createCloudWatchSource } from '../../../src/sources/cloudwatch/source.js';
import type { SourceLog } from '../../../src/sources/source.js';

export const CLUSTER = 'my-cluster';

/** Credentials that never leave the machine: the endpoint does not look at them. */
export function endpointEnv(url: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: url,
  };
}

export interface Stage {
  readonly store: LogStore;
  readonly endpoint: Endpoint;
  readonly writer: AuditWriter;
  /** Writes an event of this time; @returns its audit id. */
  write(time: number): string;
}

export async function createStage(trouble: Partial<Trouble> = {}): Promise<Stage> {
  const all = { ...NO_TROUBLE, ...trouble };
  const store = createLogStore();
  const endpoint = await startEndpoint({ store, trouble: all });
  const writer = createAuditWriter(store, CLUSTER, all);
  const next = createEventGenerator({ seed: all.seed });
  let count = 0;
  return {
    store,
    endpoint,
    writer,
    write(time) {
      const { message } = next(time);
      writer.write(message, time);
      if (++count % 10 === 0) writer.writeOther(time);
      return auditIdOf(message);
    },
  };
}

export function auditIdOf(message: string): string {
  return /"auditID":"([^"]*)"/.exec(message)?.[1] ?? '';
}

export interface SourceSetup {
  readonly url: string;
  readonly from: number;
  readonly cursor?: Partial<CursorOptions>;
  readonly checkpoint?: string;
  readonly perSecond?: number;
  readonly log?: SourceLog;
  readonly cluster?: string;
  readonly company?: Company;
  readonly fromNow?: boolean;
  readonly until?: number;
  readonly stopTimeout?: number;
}

export function createSource(setup: SourceSetup): CloudWatchSource {
  const cluster = setup.cluster ?? CLUSTER;
  const perSecond = setup.perSecond ?? 1000;
  return createCloudWatchSource({
    cluster,
    client: createLogClient({ cluster, env: endpointEnv(setup.url) }),
    limiter: createLimiter(perSecond, systemClock),
    clock: systemClock,
    log: setup.log ?? (() => {}),
    cursor: { ...CURSOR_DEFAULTS, callsPerSecond: perSecond, ...setup.cursor },
    from: setup.from,
    progress:
      setup.checkpoint === undefined
        ? undefined
        : openProgress({
            path: setup.checkpoint,
            group: logGroupOf(cluster),
            caution: 2 * (setup.cursor?.lateness ?? CURSOR_DEFAULTS.lateness),
            clock: systemClock,
            log: setup.log ?? (() => {}),
          }),
    maxEventSize: 1_048_576,
    company: setup.company,
    fromNow: setup.fromNow ?? false,
    until: setup.until,
    ...(setup.stopTimeout !== undefined && { stopTimeout: setup.stopTimeout }),
  });
}
