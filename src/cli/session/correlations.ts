// In: what was loaded. Out: the correlator of the run, with what it remembers of the run before (docs/correlation.md).

import { fromBytes, toBytes } from '../../bytes.js';
import {
  type Correlations,
  type Correlator,
  createCorrelator,
  type Opened,
} from '../../correlation/correlator.js';
import { isJournalRecord, type JournalRecord, openJournal } from '../../correlation/journal.js';
import type { Plan } from '../../engine/correlation/match.js';
import { lackingKey } from '../../engine/rules/partition-key.js';
import { selectRules } from '../../engine/rules/select.js';
import { createCalmLog } from '../../sources/calm-log.js';
import { createCheckpoint } from '../../sources/checkpoint/file.js';
import { createLock } from '../../sources/checkpoint/file-lock.js';
import { objectPlace } from '../../sources/checkpoint/object-client.js';
import { openStore } from '../../sources/checkpoint/open.js';
import type { S3Options } from '../../sources/checkpoint/s3-client.js';
import type { Checkpoint } from '../../sources/checkpoint/store.js';
import { systemClock } from '../../sources/cloudwatch/clock.js';
import { SYSCALL } from '../load/plugins.js';
import type { Loaded } from './loaded.js';

/**
 * Where state is kept: in a file, in an object in S3 of its own, or in that of a source together with its place, where there is
 * one source only; `none`: nowhere.
 */
type Keeper =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | ({ readonly kind: 'object'; readonly place: string } & Pick<S3Options, 'region' | 'profile'>)
  | ({ readonly kind: 'beside'; readonly place: string } & Pick<S3Options, 'region' | 'profile'>);

/** Another process that ends has had so long for it, milliseconds. */
const LOCK_MS = 20_000;

/** Nothing is opened before begin(). */
export function createRunCorrelator(loaded: Loaded, first: Correlations): Correlator {
  const { config, log } = loaded;
  const { lateness, limits } = config.tsfalco.correlation;
  const calm = createCalmLog((level, message) => log.write(level, toBytes(message)));
  const warn = (message: string, kind: string): void => calm('warning', message, kind);
  const keeper = keeperOf(loaded);

  async function openFile(path: string, plans: readonly Plan[]): Promise<Opened | undefined> {
    const lock = createLock(path, systemClock, (level, message) => log.write(level, toBytes(message)));
    if (!(await lock.acquire(AbortSignal.timeout(LOCK_MS)))) return kept(path);
    const file = createCheckpoint(path, isJournalRecord);
    return { ...(await openRecords(file, path, plans)), release: lock.release };
  }

  // Its lease is one of its own, and each write of it stands before a source commits.
  async function openObject(
    { place, region, profile }: { readonly place: string } & Pick<S3Options, 'region' | 'profile'>,
    plans: readonly Plan[],
  ): Promise<Opened | undefined> {
    const { lock, beside } = openStore({
      place,
      region,
      profile,
      env: loaded.host.env,
      isRecord: (json): json is object => typeof json === 'object' && json !== null,
      besideAtOnce: true,
      clock: systemClock,
      log: (level, message) => log.write(level, toBytes(message)),
    });
    if (!(await lock.acquire(AbortSignal.timeout(LOCK_MS)))) return kept(place);
    return { ...(await openRecords(recordsOf(beside!), place, plans)), release: lock.release };
  }

  function kept(place: string): undefined {
    warn(
      `another process keeps the state of correlations ${place}: here windows begin anew, and are not kept`,
      'state',
    );
  }

  async function openRecords(
    file: Checkpoint<JournalRecord>,
    path: string,
    plans: readonly Plan[],
  ): Promise<Opened> {
    const { warning, ...opened } = await openJournal(file, path, { plans, limits });
    if (warning !== undefined) warn(warning, 'state');
    return opened;
  }

  async function open(
    plans: readonly Plan[],
    beside: Checkpoint<object> | undefined,
  ): Promise<Opened | undefined> {
    if (keeper.kind === 'file') return openFile(keeper.path, plans);
    if (keeper.kind === 'none') return undefined;
    if (keeper.kind === 'object') return openObject(keeper, plans);
    if (beside !== undefined) return openRecords(recordsOf(beside), keeper.place, plans);
    return openObject({ ...keeper, place: `${keeper.place}.correlation` }, plans);
  }

  sayLimits(loaded, first.plans);
  return createCorrelator({ limits, lateness, warn, open }, first);
}

/** What sources have committed does not come again: who counts it should know where that stays. */
export function sayForgotten(loaded: Loaded): void {
  const { engine, enabled, log, config } = loaded;
  if (keeperOf(loaded).kind === 'none')
    log.write(
      'warning',
      'Correlations forget with each restart what they have counted: no source has a checkpoint to keep it with; tsfalco.correlation.state names a file',
    );
  const isShared = engine.plugins.some(
    ({ plugin: { name, source } }) =>
      name === SHARED && source !== undefined && enabled.includes(source.name),
  );
  if (isShared)
    log.write(
      'warning',
      "Correlations count what this worker reads: the group shares a topic's partitions out, and what was counted stays when one goes to another worker. group-by should hold what the messages' key is made of, and one worker sees everything; tsfalco.correlation.partition_key names it for lint",
    );
  const { partitionKey } = config.tsfalco.correlation;
  for (const { info, compiled } of selectRules(loaded.rules.outcome.correlations, config.rules)) {
    const lacking = lackingKey(compiled.definition, partitionKey);
    if (lacking.length > 0)
      log.write(
        'warning',
        `Correlation '${info.name}' does not group by ${lacking.join(', ')}, which events are shared out by (tsfalco.correlation.partition_key): each process counts its part`,
      );
  }
}

/** Reads a part of the events, which may change. */
const SHARED = 'k8saudit-kafka';

function sayLimits(loaded: Loaded, plans: readonly Plan[]): void {
  const { eventsPerGroup } = loaded.config.tsfalco.correlation.limits;
  for (const { name, least } of plans)
    if (least > eventsPerGroup)
      loaded.log.write(
        'warning',
        `Correlation '${name}' can never be met: it asks for ${least}, and tsfalco.correlation.max_events_per_group is ${eventsPerGroup}`,
      );
}

/** What others have written there is no state. */
function recordsOf(beside: Checkpoint<object>): Checkpoint<JournalRecord> {
  return {
    ...beside,
    async load() {
      const { records, ...rest } = await beside.load();
      return { ...rest, records: records.filter(isJournalRecord) };
    },
  };
}

/** Where the configuration says, else beside the first checkpoint of a source. */
function keeperOf(loaded: Loaded): Keeper {
  const { state } = loaded.config.tsfalco.correlation;
  if (state !== '') {
    const named = fromBytes(state);
    return objectPlace(named) === undefined
      ? { kind: 'file', path: named }
      : { kind: 'object', place: named, region: undefined, profile: undefined };
  }
  const [first] = checkpointsOf(loaded);
  if (first === undefined) return { kind: 'none' };
  const { checkpoint: place, region, profile } = first;
  if (objectPlace(place) === undefined) return { kind: 'file', path: `${place}.correlation` };
  const isAlone = loaded.enabled.filter((name) => name !== SYSCALL).length === 1;
  return isAlone
    ? { kind: 'beside', place, region, profile }
    : { kind: 'object', place: `${place}.correlation`, region, profile };
}

interface Kept extends Pick<S3Options, 'region' | 'profile'> {
  readonly checkpoint: string;
}

/** The checkpoints of the sources that are enabled, in the order of their plugins. */
function checkpointsOf({ engine, enabled }: Loaded): readonly Kept[] {
  return engine.plugins.flatMap(({ config, plugin }) => {
    const source = plugin.source?.name;
    const isEnabled = source !== undefined && enabled.includes(source);
    return (isEnabled ? checkpointOf(config.initConfig) : undefined) ?? [];
  });
}

/** The file, or object, that an init_config names as checkpoint, and how to get at it. */
function checkpointOf(initConfig: string): Kept | undefined {
  let json: unknown;
  try {
    json = JSON.parse(initConfig.trim() || '{}');
  } catch {
    // Not every plugin's is JSON.
    return undefined;
  }
  const given = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  const text = (name: string): string | undefined => {
    const found = given.find(([key]) => key.toLowerCase() === name)?.[1] as unknown;
    return typeof found === 'string' && found !== '' ? fromBytes(found) : undefined;
  };
  const checkpoint = text('checkpoint');
  return checkpoint === undefined
    ? undefined
    : { checkpoint, region: text('region'), profile: text('profile') };
}
