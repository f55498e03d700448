// Settings → sources: one for each cluster, with one limiter for each account and region.

import { toBytes } from '../../bytes.js';
import { createLogClient, logGroupOf } from '../../sources/cloudwatch/aws/client.js';
import { createCompany } from '../../sources/cloudwatch/calls.js';
import { openProgress } from '../../sources/cloudwatch/checkpoint/open.js';
import type { Progress } from '../../sources/cloudwatch/checkpoint/progress.js';
import { type Clock, systemClock } from '../../sources/cloudwatch/clock.js';
import { CURSOR_DEFAULTS } from '../../sources/cloudwatch/cursor/cursor-state.js';
import { createLimiter, defaultRate, type Limiter } from '../../sources/cloudwatch/limiter.js';
import { type CloudWatchSource, createCloudWatchSource } from '../../sources/cloudwatch/source.js';
import { parseRange } from '../../sources/cloudwatch/times.js';
import type { Drops } from '../../sources/drops.js';
import { SourceError, type SourceLog } from '../../sources/source.js';
import { type ClusterSettings, type EksInit, type EksSettings, readEksSettings } from './settings.js';

export interface OpenOptions {
  readonly init: EksInit;
  /** Text. */
  readonly openParams: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: SourceLog;
  /** Counts what the log group held and nobody can read. */
  readonly drops?: Pick<Drops, 'add'> | undefined;
  /** `--from` and `--to`; they win over the keys of init_config. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Seconds that a stop may take to read once more what is not settled. Default: 3. */
  readonly stopTimeout?: number | undefined;
  /** Seconds without any answer after which a source ends with an error. Default: it waits for as long as it takes. */
  readonly patience?: number;
  readonly clock?: Clock;
}

const STOP_SECONDS = 3;

/** Sources for all clusters of the plugin. Nothing is sent before they are read. Errors: SourceError. */
export function openCloudWatchSources(options: OpenOptions): readonly CloudWatchSource[] {
  const { env, clock = systemClock } = options;
  const log: SourceLog = (level, message) => options.log(level, toBytes(message));
  const read = readEksSettings(options.init, options.openParams);
  if (!read.ok) throw new SourceError(read.error);
  const { settings } = read;
  const now = clock.now();
  const range = parseRange(options.from ?? settings.from, options.to ?? settings.to, now);
  if ('error' in range) throw new SourceError(range.error);
  const limiters = new Map<string, { readonly limiter: Limiter; readonly sharers: number }>();
  const places = settings.clusters.map((cluster) => placeOf(cluster, env));
  const twice = places.find((place, i) => places.indexOf(place) < i);
  if (twice !== undefined) throw new SourceError(`open_params lists a cluster twice: ${twice}`);
  for (const cluster of settings.clusters) {
    const key = quotaOf(cluster, env);
    const { limiter, sharers } = limiters.get(key) ?? {
      limiter: createLimiter(settings.requestsPerSecond ?? defaultRate(regionOf(cluster, env)), clock),
      sharers: 0,
    };
    limiters.set(key, { limiter, sharers: sharers + 1 });
  }
  // A start or an end that was asked for on the command line wins over a remembered place.
  const remembers = options.from === undefined && range.to === undefined;
  const company = createCompany(settings.clusters.length);
  const several = settings.clusters.length > 1;

  return settings.clusters.map((cluster, i) => {
    const { limiter, sharers } = limiters.get(quotaOf(cluster, env))!;
    return createCloudWatchSource({
      cluster: cluster.cluster,
      client: createLogClient({ ...cluster, env }),
      limiter,
      clock,
      log,
      drops: options.drops,
      cursor: {
        ...CURSOR_DEFAULTS,
        lateness: settings.lateness * 1000,
        pollingInterval: settings.pollingInterval * 1000,
        callsPerSecond: limiter.rate() / sharers,
      },
      until: range.to,
      patience: options.patience === undefined ? undefined : options.patience * 1000,
      from: range.from ?? now - settings.shift * 1000,
      fromNow: range.from === undefined,
      progress: remembers
        ? progressOf(settings, cluster, { place: places[i]!, several, clock, log, env })
        : undefined,
      stopTimeout: (options.stopTimeout ?? STOP_SECONDS) * 1000,
      maxCatchUp: settings.maxCatchUp * 1000,
      warnAfterSilence: settings.warnAfterSilence * 1000,
      maxEventSize: settings.maxEventSize,
      company,
      place: places[i],
    });
  });
}

function regionOf(cluster: ClusterSettings, env: OpenOptions['env']): string | undefined {
  return cluster.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined);
}

// The account is in the role's ARN; without a role it is that of the profile, whatever its number.
function accountOf({ roleArn, profile }: ClusterSettings): string {
  return /^arn:[^:]*:iam::(\d+):/.exec(roleArn ?? '')?.[1] ?? profile ?? '';
}

/** Clusters of one account and region share its quota. */
function quotaOf(cluster: ClusterSettings, env: OpenOptions['env']): string {
  return `${regionOf(cluster, env)} ${accountOf(cluster)}`;
}

/** `my-cluster`, `us-east-1.my-cluster`, `111122223333.us-east-1.my-cluster`: fit for a file's name. */
function placeOf(cluster: ClusterSettings, env: OpenOptions['env']): string {
  return [accountOf(cluster), regionOf(cluster, env) ?? '', cluster.cluster]
    .filter((part) => part !== '')
    .map((part) => part.replace(/[^\w-]/g, '_'))
    .join('.');
}

interface ProgressContext extends Pick<OpenOptions, 'env' | 'log'> {
  readonly place: string;
  readonly several: boolean;
  readonly clock: Clock;
}

// One cluster has the file that the configuration names, several have one beside it each. Where a list grows or
// shrinks, the file of before is taken over.
function progressOf(
  { checkpoint, lateness }: EksSettings,
  { cluster, region, profile }: ClusterSettings,
  { place, several, clock, log, env }: ProgressContext,
): Progress | undefined {
  if (checkpoint === undefined) return undefined;
  const own = `${checkpoint}.${place}`;
  const path = several ? own : checkpoint;
  const group = logGroupOf(cluster);
  return openProgress({
    path,
    group,
    former: several ? checkpoint : own,
    caution: 2000 * lateness,
    clock,
    region,
    profile,
    env,
    log: (level, message) => log(level, `${cluster}: ${message}`),
  });
}
