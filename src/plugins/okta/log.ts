// The System Log of one organization → batches of entries, by Okta's own cursor, which is remembered when their alerts have
// left. Where the cursor is lost, reading goes on a little before the last entry, without those that were seen.

import { SourceError } from '../../sources/source.js';
import { counters } from '../counters.js';
import { createPatience } from '../patience.js';
import type { Memory, OpenedSource, SourceIo } from '../plugin.js';
import { OktaError, type ReadPage } from './client.js';
import type { OktaSettings } from './settings.js';

export interface LogOptions {
  readonly name: string;
  /** Address of the organization. */
  readonly url: string;
  readonly read: ReadPage;
  readonly settings: OktaSettings;
  readonly memory: Memory | undefined;
  readonly io: Pick<SourceIo, 'log' | 'drop' | 'from'>;
  readonly now?: () => number;
}

interface Place {
  /** Address of the next page. */
  readonly next: string;
  /** When the last entry was published, RFC 3339. */
  readonly last?: string;
  /** Identities of the entries of late. */
  readonly seen: readonly string[];
}

const PAGE = 1000;
const MOST_SEEN = 5000;
/** Entries may be published late. */
const OVERLAP_MS = 300_000;
const FIRST_MS = 30_000;

export function openLog(options: LogOptions): OpenedSource {
  const { name, url, read, settings, memory, io, now = Date.now } = options;
  const counts = { entries: 0, calls: 0, twice: 0, faults: 0 };

  const since = (time: string): string =>
    `${url}/api/v1/logs?limit=${PAGE}&sortOrder=ASCENDING&since=${encodeURIComponent(time)}`;

  async function start(): Promise<Place> {
    const known = (await memory?.load()) as Place | undefined;
    if (known !== undefined && io.from === undefined) return { ...known, seen: known.seen ?? [] };
    const from = io.from === undefined ? Number.NaN : Date.parse(io.from);
    return { next: since(new Date(Number.isNaN(from) ? now() - FIRST_MS : from).toISOString()), seen: [] };
  }

  // The cursor is not known any more: by time, then.
  function again({ last, seen }: Place): Place {
    const from = last === undefined ? now() - OVERLAP_MS : Date.parse(last) - OVERLAP_MS;
    io.log(
      'warning',
      `okta ${name}: Okta does not know the place any more; going on a little before it`,
      'cursor',
    );
    return { next: since(new Date(from).toISOString()), ...(last && { last }), seen };
  }

  /** What of a page is new, and the place behind it. */
  function advance(place: Place, entries: readonly unknown[], next: string | undefined) {
    const seen = new Set(place.seen);
    const fresh = entries.filter((entry) => !seen.has(uuidOf(entry)));
    counts.twice += entries.length - fresh.length;
    counts.entries += fresh.length;
    const last = fresh.map(publishedOf).findLast((time) => time !== undefined) ?? place.last;
    const all = [...place.seen, ...fresh.map(uuidOf).filter((uuid) => uuid !== '')].slice(-MOST_SEEN);
    const behind: Place = {
      next: next ?? (last === undefined ? place.next : since(last)),
      ...(last !== undefined && { last }),
      seen: all,
    };
    return { payloads: fresh.map((entry) => JSON.stringify(entry)), behind };
  }

  return {
    maxEventSize: settings.max_event_size,
    labels: { organization: name },
    async *batches(signal) {
      const patience = createPatience();
      let place = await start();
      let isFirst = true;
      while (!signal.aborted) {
        try {
          counts.calls++;
          const { entries, next } = await read(place.next, signal);
          isFirst = false;
          patience.reset();
          const { payloads, behind } = advance(place, entries, next);
          const moved = behind.next !== place.next;
          place = behind;
          if (payloads.length > 0 || moved) yield { payloads, position: place };
          if (entries.length === 0 || !moved) await pause(settings.refresh_interval * 1000, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof OktaError)) throw error;
          if (isFirst && !error.retryable)
            throw new SourceError(`okta ${name}: ${error.message}`, { cause: error });
          counts.faults++;
          io.log('warning', `okta ${name}: ${error.message}; trying again`, `trouble ${error.status}`);
          if (error.status === 400 || error.status === 410) place = again(place);
          await patience.wait(signal, error.pause);
        }
      }
    },
    async commit(position) {
      await memory?.save(position);
    },
    summary: () => [
      `okta ${name}: ${counts.entries} entries in ${counts.calls} calls, ${counts.twice} of them twice`,
    ],
    series: () =>
      counters(
        'okta',
        { organization: name },
        {
          entries: ['Entries of the System Log that were read.', counts.entries],
          repeats: ['Entries that came again, and were passed over.', counts.twice],
          calls: ['Calls of the System Log API.', counts.calls],
          faults: ['Calls that failed, and were tried again.', counts.faults],
        },
      ),
  };
}

const member = (entry: unknown, key: string): unknown =>
  typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>)[key] : undefined;

function uuidOf(entry: unknown): string {
  const uuid = member(entry, 'uuid');
  return typeof uuid === 'string' ? uuid : '';
}

function publishedOf(entry: unknown): string | undefined {
  const time = member(entry, 'published');
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : undefined;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  import('node:timers/promises').then(({ setTimeout }) =>
    setTimeout(ms, undefined, { signal }).catch(() => {}),
  );
