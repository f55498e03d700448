// The clusters of k8saudit-eks: who reads, where, whether he may, and when the last event came.

import { fromBytes } from '../../bytes.js';
import { type ClusterSettings, type EksInit, readEksSettings } from '../../plugins/k8saudit-eks/settings.js';
import { createCheckpoint } from '../../sources/checkpoint/file.js';
import { objectPlace } from '../../sources/checkpoint/object-client.js';
import { openStore } from '../../sources/checkpoint/open.js';
import { createLogClient } from '../../sources/cloudwatch/aws/client.js';
import { loadSdk } from '../../sources/cloudwatch/aws/sdk.js';
import { isProgressRecord } from '../../sources/cloudwatch/checkpoint/progress.js';
import type { LogClient, LogPage } from '../../sources/cloudwatch/client-types.js';
import { systemClock } from '../../sources/cloudwatch/clock.js';
import type { StartedPlugin } from '../load/plugins.js';
import { check, failure, type Line, ok, type Verdict, warning } from './checks.js';
import { makeable } from './paths.js';

type Env = Readonly<Record<string, string | undefined>>;

const MINUTE = 60_000;
/** How far back is looked for an event, one after the other. */
const WINDOWS = [10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE];
const MOST_PAGES = 5;
/** A cluster that runs writes every few seconds. */
const QUIET = 15 * MINUTE;
const MOST_SKEW = 30_000;

export async function* checkClusters({ config, settings }: StartedPlugin, env: Env): AsyncGenerator<Line> {
  const read = readEksSettings(settings as unknown as EksInit, fromBytes(config.openParams));
  if (!read.ok) {
    yield { name: 'k8saudit-eks', ...failure(read.error) };
    return;
  }
  for (const cluster of read.settings.clusters) {
    const client = createLogClient({ ...cluster, env });
    try {
      yield* checkCluster(client, cluster.cluster);
    } finally {
      client.close();
    }
  }
  const { checkpoint } = read.settings;
  if (checkpoint === undefined) return;
  const [first] = read.settings.clusters;
  yield await check('checkpoint', () =>
    objectPlace(checkpoint) === undefined
      ? checkpointFile(checkpoint)
      : checkpointObject(checkpoint, first!, env),
  );
}

async function* checkCluster(client: LogClient, cluster: string): AsyncGenerator<Line> {
  const identity = await check('identity', async (signal) => {
    await loadSdk();
    const { region, caller } = await client.describe(signal);
    if (region === undefined)
      return failure(
        'no AWS region',
        'set region in init_config, or AWS_REGION, or region in the AWS profile',
      );
    return caller === undefined
      ? warning(`region ${region}; the token service did not say who the credentials belong to`)
      : ok(`${caller}, region ${region}`);
  });
  yield identity;
  if (identity.grade === 'failure') return;
  let page: LogPage | undefined;
  const group = await check('log group', async (signal) => {
    page = await client.read({ startTime: Date.now() - WINDOWS[0]! }, signal);
    const { group: name } = await client.describe(signal);
    return ok(`${name} may be read (logs:FilterLogEvents)`);
  });
  yield group;
  if (page === undefined) return;
  const { serverTime } = page;
  if (serverTime !== undefined && Math.abs(serverTime - Date.now()) > MOST_SKEW) {
    const seconds = Math.round(Math.abs(serverTime - Date.now()) / 1000);
    yield {
      name: 'clock',
      ...warning(`differs from the service's by ${seconds} s`, 'set the time of this machine'),
    };
  }
  yield await check('audit events', (signal) => newestEvent(client, cluster, signal));
}

async function newestEvent(client: LogClient, cluster: string, signal: AbortSignal): Promise<Verdict> {
  const enable = `aws eks update-cluster-config --name ${cluster} --logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}'`;
  const advice = `if the cluster is not idle, its log type audit is off: ${enable}`;
  for (const span of WINDOWS) {
    const { newest, streams } = await lookBack(client, span, signal);
    if (newest === undefined) continue;
    const age = Date.now() - newest;
    const text = `the newest is ${ageText(age)} old; ${streams} audit ${streams === 1 ? 'stream' : 'streams'} in the last ${ageText(span)}`;
    return age > QUIET ? warning(text, advice) : ok(text);
  }
  return warning(`none in the last ${ageText(WINDOWS.at(-1)!)}`, advice);
}

async function lookBack(client: LogClient, span: number, signal: AbortSignal) {
  const streams = new Set<string>();
  let newest: number | undefined;
  let nextToken: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await client.read({ startTime: Date.now() - span, nextToken }, signal);
    for (const { stream, timestamp } of page.events) {
      streams.add(stream);
      newest = Math.max(newest ?? 0, timestamp);
    }
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  return { newest, streams: streams.size };
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Read only: whether it may be written is known when it is. */
async function checkpointObject(place: string, cluster: ClusterSettings, env: Env): Promise<Verdict> {
  const { region, profile } = cluster;
  const log = (): void => {};
  const { records, lock } = openStore({
    place,
    region,
    profile,
    env,
    clock: systemClock,
    log,
    isRecord: isProgressRecord,
  });
  try {
    const { records: found } = await records.load();
    return ok(
      found.length === 0 ? `${place} can be read; there is nothing yet` : `${place} remembers a place`,
    );
  } finally {
    await lock.release();
  }
}

/** With several clusters the files stand beside this one. */
async function checkpointFile(path: string): Promise<Verdict> {
  const { records, bad } = await createCheckpoint(path, isProgressRecord).load();
  const place = makeable(path);
  if (place.grade !== 'ok') return place;
  if (bad.length > 0)
    return warning(
      `${path} has ${bad.length} damaged ${bad.length === 1 ? 'line' : 'lines'}, which will be skipped`,
    );
  return records.length === 0 ? place : ok(`${path} remembers a place`);
}
