// In: what was loaded. Out: the correlator of the run, with what it remembers of the run before (docs/correlation.md).

import { fromBytes, toBytes } from '../../bytes.js';
import { type Correlations, type Correlator, createCorrelator } from '../../correlation/correlator.js';
import { isJournalRecord, openJournal } from '../../correlation/journal.js';
import { createCalmLog } from '../../sources/calm-log.js';
import { createCheckpoint } from '../../sources/checkpoint/file.js';
import { SourceError } from '../../sources/source.js';
import { Failure } from '../host.js';
import type { Loaded } from './loaded.js';

/** @throws Failure where there are correlations, and their state cannot be read */
export async function openCorrelator(loaded: Loaded, first: Correlations): Promise<Correlator> {
  const { config, log } = loaded;
  const { lateness, limits } = config.tsfalco.correlation;
  const warn = createCalmLog((level, message) => log.write(level, toBytes(message)));
  const options = {
    limits,
    lateness,
    warn: (message: string, kind: string): void => warn('warning', message, kind),
  };
  for (const { name, least } of first.plans)
    if (least > limits.eventsPerGroup)
      log.write(
        'warning',
        `Correlation '${name}' can never be met: it asks for ${least}, and tsfalco.correlation.max_events_per_group is ${limits.eventsPerGroup}`,
      );
  const path = statePath(loaded);
  if (path === undefined) return createCorrelator(options, first);
  const file = createCheckpoint(path, isJournalRecord);
  const state = await openJournal(file, path, { plans: first.plans, limits }).catch((error: unknown) => {
    if (!(error instanceof SourceError)) throw error;
    // Where nothing is correlated nobody needs the file; what is wrong with the folder, the source itself will say.
    if (first.plans.length === 0) return undefined;
    throw new Failure(toBytes(error.message));
  });
  if (state === undefined) return createCorrelator(options, first);
  const { machine, journal, warning } = state;
  if (warning !== undefined) log.write('warning', toBytes(warning));
  return createCorrelator({ ...options, opened: { machine, journal } }, first);
}

/** Where the state is kept: where the configuration says, else beside the first checkpoint of a source. */
function statePath({ config, engine, enabled }: Loaded): string | undefined {
  const { state } = config.tsfalco.correlation;
  if (state !== '') return fromBytes(state);
  for (const { config: given, plugin } of engine.plugins) {
    const checkpoint = checkpointOf(given.initConfig);
    const source = plugin.source?.name;
    if (checkpoint !== undefined && source !== undefined && enabled.includes(source))
      return `${fromBytes(checkpoint)}.correlation`;
  }
  return undefined;
}

/** The file that an init_config names as checkpoint. */
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
  return typeof found === 'string' && found !== '' && !found.includes('://') ? found : undefined;
}
