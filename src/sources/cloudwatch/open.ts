// Settings → sources: one for each cluster, with one limiter for each account and region.

import { SourceError, type SourceLog } from '../source.js';
import { createLogClient, logGroupOf } from './client.js';
import { type Clock, systemClock } from './clock.js';
import { CURSOR_DEFAULTS } from './cursor-state.js';
import { createLimiter, defaultRate, type Limiter } from './limiter.js';
import { type ClusterSettings, readEksSettings } from './settings.js';
import { type CloudWatchSource, createCloudWatchSource } from './source.js';
import { parseRange } from './times.js';

export interface OpenOptions {
  /** init_config as JSON text, and open_params; byte strings. */
  readonly initConfig: string;
  readonly openParams: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: SourceLog;
  /** `--from` and `--to`; they win over the keys of init_config. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly clock?: Clock;
}

/** Sources for all clusters of the plugin. Nothing is sent before they are read. Errors: SourceError. */
export function openCloudWatchSources(options: OpenOptions): readonly CloudWatchSource[] {
  const { env, log, clock = systemClock } = options;
  const read = readEksSettings(options.initConfig, options.openParams);
  if (!read.ok) throw new SourceError(read.error);
  const { settings } = read;
  const now = clock.now();
  const range = parseRange(options.from ?? settings.from, options.to ?? settings.to, now);
  if ('error' in range) throw new SourceError(range.error);
  const limiters = new Map<string, Limiter>();

  function limiterOf(cluster: ClusterSettings): Limiter {
    const region = cluster.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
    const key = `${region} ${accountOf(cluster)}`;
    const known = limiters.get(key);
    if (known !== undefined) return known;
    const limiter = createLimiter(settings.requestsPerSecond ?? defaultRate(region), clock);
    limiters.set(key, limiter);
    return limiter;
  }

  const several = settings.clusters.length > 1;
  return settings.clusters.map((cluster) =>
    createCloudWatchSource({
      cluster: cluster.cluster,
      group: logGroupOf(cluster.cluster),
      client: createLogClient({ ...cluster, env }),
      limiter: limiterOf(cluster),
      clock,
      log,
      cursor: {
        ...CURSOR_DEFAULTS,
        lateness: settings.lateness * 1000,
        pollingInterval: settings.pollingInterval * 1000,
        until: range.to,
      },
      from: range.from ?? now - settings.shift * 1000,
      fromNow: range.from === undefined,
      // A start that was asked for by name wins over a remembered one.
      checkpoint: range.from === undefined ? checkpointOf(settings.checkpoint, cluster, several) : undefined,
      maxEventSize: settings.maxEventSize,
      patient: several,
    }),
  );
}

// The account is in the role's ARN; without a role it is that of the profile, whatever its number.
function accountOf({ roleArn, profile }: ClusterSettings): string {
  return /^arn:[^:]*:iam::(\d+):/.exec(roleArn ?? '')?.[1] ?? profile ?? '';
}

function checkpointOf(
  path: string | undefined,
  cluster: ClusterSettings,
  several: boolean,
): string | undefined {
  if (path === undefined || !several) return path;
  return `${path}.${[cluster.region, cluster.cluster].filter((part) => part !== undefined).join('.')}`;
}
