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
import { createCalmLog } from '../../sources/calm-log.js';
import { createCheckpoint } from '../../sources/checkpoint/file.js';
import { createLock } from '../../sources/checkpoint/file-lock.js';
import { objectPlace } from '../../sources/checkpoint/object-client.js';
import type { Checkpoint } from '../../sources/checkpoint/store.js';
import { systemClock } from '../../sources/cloudwatch/clock.js';
import type { Loaded } from './loaded.js';

/** Where state is kept: in a file, or by a source together with its place; `none`: nowhere. */
type Keeper =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'beside'; readonly place: string };

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
    if (!(await lock.acquire(AbortSignal.timeout(LOCK_MS)))) {
      warn(
        `another process keeps the state of correlations ${path}: here windows begin anew, and are not kept`,
        'state',
      );
      return undefined;
    }
    const file = createCheckpoint(path, isJournalRecord);
    return { ...(await openRecords(file, path, plans)), release: lock.release };
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
    if (keeper.kind === 'none' || beside === undefined) return undefined;
    return openRecords(recordsOf(beside), keeper.place, plans);
  }

  sayLimits(loaded, first.plans);
  return createCorrelator({ limits, lateness, warn, open }, first);
}

/** What sources have committed does not come again: who counts it should know where that stays. */
export function sayForgotten(loaded: Loaded): void {
  const { engine, enabled, log } = loaded;
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
      "Correlations count what this worker reads: the group shares a topic's partitions out, and what was counted stays when one goes to another worker. group-by should hold what the messages' key is made of, and one worker sees everything",
    );
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
  if (state !== '') return { kind: 'file', path: fromBytes(state) };
  const [first] = checkpointsOf(loaded);
  if (first === undefined) return { kind: 'none' };
  return objectPlace(first) === undefined
    ? { kind: 'file', path: `${first}.correlation` }
    : { kind: 'beside', place: first };
}

/** The checkpoints of the sources that are enabled, in the order of their plugins. */
function checkpointsOf({ engine, enabled }: Loaded): readonly string[] {
  return engine.plugins.flatMap(({ config, plugin }) => {
    const source = plugin.source?.name;
    const isEnabled = source !== undefined && enabled.includes(source);
    return (isEnabled ? checkpointOf(config.initConfig) : undefined) ?? [];
  });
}

/** The file, or object, that an init_config names as checkpoint. */
function checkpointOf(initConfig: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(initConfig.trim() || '{}');
  } catch {
    // Not every plugin's is JSON.
    return undefined;
  }
  const given = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  const found = given.find(([key]) => key.toLowerCase() === 'checkpoint')?.[1] as unknown;
  return typeof found === 'string' && found !== '' ? fromBytes(found) : undefined;
}
