// s3://bucket/prefix → batches of records: all log files there, once or again and again, each with its key as position
// (spec: plugins.md §2.4).

import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import { createPatience } from '../patience.js';
import type { Batch, Memory, OpenContext, OpenedSource } from '../plugin.js';
import { createStore, type Store } from './aws.js';
import { type KeyFilter, parseFilter } from './interval.js';
import { createRecordReader } from './log-file.js';
import { readObject } from './object.js';
import { createReadAhead } from './read-ahead.js';
import type { CloudtrailSettings } from './settings.js';

type Context = OpenContext<CloudtrailSettings>;

/** Keys a prefix that are remembered: files may come late, and sort before others that were read. */
const MOST_KEYS = 1000;

/** By prefix, the keys that were read last, in order. */
type Place = Readonly<Record<string, readonly string[]>>;

interface Position {
  readonly group: string;
  readonly key: string;
}

/** Errors: SourceError. */
export function openBucket(params: string, { settings, io }: Context, given?: Store): OpenedSource {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(params) ?? [];
  if (bucket === '') throw new SourceError('cloudtrail plugin error: s3:// names no bucket');
  const parsed = parseFilter(settings.s3Interval, settings.s3AccountList, Date.now());
  if ('error' in parsed) throw new SourceError(parsed.error);
  const { filter } = parsed;
  const store = given ?? createStore(settings, io.env);
  const ahead = createReadAhead(store, settings.s3DownloadConcurrency);
  const reader = createRecordReader(settings.max_event_size, io);
  const memory = settings.checkpoint === undefined ? undefined : io.remember(settings.checkpoint);
  const places = new Map<string, readonly string[]>();

  async function* scan(signal: AbortSignal, seen: Map<string, readonly string[]>): AsyncGenerator<Batch> {
    for (const group of await groupsOf(store, bucket, prefix, filter, signal)) {
      const known = seen.get(group) ?? [];
      const after = known[0] ?? startOf(group, filter);
      for await (const { keys } of store.list(bucket, group, { after }, signal)) {
        const wanted = keys.filter((key) => filter.takes(key) && !known.includes(key));
        ahead.expect(
          wanted.map((key) => ({ bucket, key })),
          signal,
        );
        for (const key of wanted) {
          if (signal.aborted) return;
          yield* batchesOf({ group, key }, signal);
          if (!signal.aborted) remember(seen, group, key);
        }
      }
    }
  }

  async function* batchesOf(position: Position, signal: AbortSignal): AsyncGenerator<Batch> {
    try {
      for await (const payloads of readObject(ahead, { bucket, key: position.key }, reader, signal))
        yield { payloads, position: undefined };
    } catch (error) {
      if (error instanceof SourceError && error.retryable) throw error;
      io.drop('unreadable');
      io.log('error', `${faultText(error)}; the file is left out`, 'unreadable');
    }
    if (!signal.aborted) yield { payloads: [], position };
  }

  return {
    bytes: true,
    maxEventSize: settings.max_event_size,
    async *batches(signal) {
      for (const [group, keys] of Object.entries((await loadPlace(memory)) ?? {})) places.set(group, keys);
      const seen = new Map(places);
      const patience = createPatience();
      let first = true;
      while (!signal.aborted) {
        try {
          yield* scan(signal, seen);
          patience.reset();
          first = false;
          if (!settings.follow) return;
          await pause(settings.poll_interval * 1000, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof SourceError)) throw error;
          if (first && !error.retryable)
            throw new SourceError(`cloudtrail plugin error: ${error.message}`, { cause: error });
          io.log('warning', `s3://${bucket}: ${error.message}; trying again`, 'trouble');
          await patience.wait(signal);
        }
      }
    },
    async commit(position) {
      if (position === undefined || memory === undefined) return;
      const { group, key } = position as Position;
      remember(places, group, key);
      await memory.save(Object.fromEntries(places));
    },
    summary: reader.summary,
    series: () => reader.series(`s3://${bucket}/${prefix}`),
  };
}

function remember(places: Map<string, readonly string[]>, group: string, key: string): void {
  const keys = [...(places.get(group) ?? []), key].sort();
  places.set(group, keys.slice(-MOST_KEYS));
}

async function loadPlace(memory: Memory | undefined): Promise<Place | undefined> {
  const value = await memory?.load();
  return typeof value === 'object' && value !== null ? (value as Place) : undefined;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  import('node:timers/promises').then(({ setTimeout }) =>
    setTimeout(ms, undefined, { signal }).catch(() => {}),
  );

/** Where CloudTrail puts its files: AWSLogs/[organization/]account/CloudTrail/region/day. */
const LAYOUT = /(?:^|\/)AWSLogs\/(?:o-[^/]+\/)?(?:\d{12}\/(?:CloudTrail\/)?)?$/;

/** The prefixes that are read one after the other: one a region and account where they are in CloudTrail's layout. */
async function groupsOf(
  store: Store,
  bucket: string,
  prefix: string,
  filter: KeyFilter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!LAYOUT.test(prefix)) return [prefix];
  if (prefix.endsWith('/CloudTrail/'))
    return orItself(prefix, await foldersOf(store, bucket, prefix, signal));
  if (/\/\d{12}\/$/.test(prefix)) return groupsOf(store, bucket, `${prefix}CloudTrail/`, filter, signal);
  const folders = await foldersOf(store, bucket, prefix, signal);
  const wanted = folders.filter((folder) => {
    const account = /\/(\d{12})\/$/.exec(folder)?.[1];
    const isOrganization = /\/o-[^/]+\/$/.test(folder);
    return account === undefined
      ? isOrganization
      : filter.accounts.length === 0 || filter.accounts.includes(account);
  });
  const groups: string[] = [];
  for (const folder of wanted) groups.push(...(await groupsOf(store, bucket, folder, filter, signal)));
  return groups;
}

const orItself = (prefix: string, folders: readonly string[]): readonly string[] =>
  folders.length === 0 ? [prefix] : folders;

async function foldersOf(
  store: Store,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { folders } of store.list(bucket, prefix, { folders: true }, signal))
    found.push(...folders);
  return found;
}

const startOf = (group: string, { firstDay }: KeyFilter): string | undefined =>
  firstDay !== undefined && /\/CloudTrail\/[^/]+\/$/.test(group) ? `${group}${firstDay}` : undefined;
