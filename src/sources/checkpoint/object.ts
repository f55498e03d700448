// A checkpoint that is one object: records, lease and fence in one. In: records. Out: the same after a restart, on whatever
// machine. Each write names the content that it replaces, so a process that has lost the object cannot write it. Records go
// out with the sign of life, once a second: after a crash what was noted within the last second comes again.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../cloudwatch/clock.js';
import { SourceError, type SourceLog } from '../source.js';
import type { Found, ObjectClient } from './object-client.js';
import { type Content, pack, unpack } from './object-content.js';
import { LEASE_MS, waitForObject } from './object-wait.js';
import { type CheckpointStore, nameOf } from './store.js';

export interface ObjectStoreOptions<T extends object> {
  /** How people call it: `s3://bucket/key`. */
  readonly place: string;
  readonly client: ObjectClient;
  readonly isRecord: (json: unknown) => json is T;
  readonly clock: Clock;
  /** Gets whole lines. */
  readonly log: SourceLog;
  /** Records of others are written before their call resolves: what they belong to is kept elsewhere. */
  readonly besideAtOnce?: boolean | undefined;
}

/** Between two writes. */
const BEAT_MS = 1000;
/** The owner counts the object as his for this much less than others do, from the start of his last write on. */
const MARGIN_MS = 500;
const CALL_MS = 2000;
const AGAIN_MS = 250;
/** Records that are kept as they came before they are to be summed up. */
const MOST_RECORDS = 64;
/** Records of others go out with each sign of life as well: characters of one, and of those that are added to it. */
const MOST_BESIDE = 4 * 1024 * 1024;
const MOST_ADDED = 256 * 1024;

export function createObjectStore<T extends object>(options: ObjectStoreOptions<T>): CheckpointStore<T> {
  const { place, client, isRecord, clock, log, besideAtOnce = false } = options;
  const me = { id: randomUUID(), host: hostname(), pid: String(process.pid) };
  let records: readonly T[] = [];
  let beside: readonly string[] = [];
  let written: number | undefined;
  let tag: string | undefined;
  let beat = 0;
  let free = false;
  let held = false;
  let lost: SourceError | undefined;
  /** The last write that failed, until one gets through. */
  let trouble: SourceError | undefined;
  let writing: Promise<void> | undefined;
  let keeping = new AbortController();
  /** When the last write that got through began, by both clocks: a machine that sleeps stops one of them. */
  let confirmed = { elapsed: Number.NEGATIVE_INFINITY, now: Number.NEGATIVE_INFINITY };

  const patience = (): AbortSignal => AbortSignal.timeout(CALL_MS);

  function isSure(): boolean {
    const age = Math.max(clock.elapsed() - confirmed.elapsed, clock.now() - confirmed.now);
    return held && lost === undefined && age < LEASE_MS - MARGIN_MS;
  }

  /** @returns false: the object is not what it was. */
  async function put(): Promise<boolean> {
    const began = { elapsed: clock.elapsed(), now: clock.now() };
    const content: Content = { tsfalco: 'checkpoint', owner: me, beat: ++beat, free, records, beside };
    const next = await client.put(await pack(content), tag, patience());
    if (next === undefined) return false;
    tag = next;
    confirmed = began;
    return true;
  }

  // Where an answer got lost, what stands there is a write of ours; where someone removed the object, it is made again.
  async function stillOurs(): Promise<boolean> {
    const found = (await client.get(undefined, patience())) as Found | undefined;
    const owner = found && (await unpack(place, found)).owner;
    tag = found?.tag;
    if (owner === undefined || owner.id === me.id) return true;
    lost = new SourceError(
      `checkpoint ${place} has been taken over by ${nameOf(owner)} since this process gave no sign of life for too long: it ends here`,
    );
    return false;
  }

  async function writeNow(): Promise<void> {
    try {
      while (!(await put())) if (!(await stillOurs())) return;
      trouble = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      trouble = new SourceError(`cannot write checkpoint ${place}: ${reason}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  /** What stands now is written, if it can be; one write at a time. */
  async function write(): Promise<void> {
    await writing;
    writing ??= writeNow().finally(() => {
      writing = undefined;
    });
    await writing;
  }

  async function note(change: () => void, atOnce: boolean): Promise<void> {
    const fault = lost ?? trouble;
    if (fault !== undefined) throw fault;
    change();
    if (!atOnce && !keeping.signal.aborted) return;
    await write();
    if (trouble !== undefined) throw trouble;
  }

  async function keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && lost === undefined) {
      await clock.sleep(BEAT_MS, signal);
      if (!signal.aborted) await write();
    }
  }

  const noteRecords = (changed: readonly T[], atOnce: boolean): Promise<void> =>
    note(() => {
      records = changed;
    }, atOnce);

  const noteBeside = (changed: readonly string[]): Promise<void> =>
    note(() => {
      beside = changed;
    }, besideAtOnce);

  async function contentOf(
    found: Found,
  ): Promise<Pick<Content, 'beside'> & { readonly records: readonly T[] }> {
    const content = await unpack(place, found);
    const { records: all } = content;
    if (all.every(isRecord)) return { ...content, records: all as readonly T[] };
    throw new SourceError(`${place} is a checkpoint of another kind of source: name another key`);
  }

  async function take(found: Found | undefined): Promise<boolean> {
    const content = found === undefined ? { records: [] } : await contentOf(found);
    records = content.records;
    beside = content.beside ?? [];
    written = found?.written;
    tag = found?.tag;
    held = await put();
    return held;
  }

  return {
    records: {
      async load() {
        if (held) return { records, bad: [], written };
        const found = (await client.get(undefined, patience())) as Found | undefined;
        return found === undefined
          ? { records: [], bad: [], written: undefined }
          : { records: (await contentOf(found)).records, bad: [], written: found.written };
      },
      append: (record) => noteRecords([...records, record], false),
      // A sum says nothing new; a start has to stand before anything is read.
      replace: (record) => noteRecords([record], records.length <= MOST_RECORDS),
      remove: () => client.remove(patience()),
      isFull: () => records.length > MOST_RECORDS,
    },
    // Never behind the records in time: what is noted here first stands in no later write than they do.
    beside: {
      load: async () => ({ records: beside.map(parsed), bad: [], written }),
      append: (record) => noteBeside([...beside, JSON.stringify(record)]),
      replace: (record) => noteBeside([JSON.stringify(record)]),
      remove: () => noteBeside([]),
      isFull: () =>
        beside.slice(1).reduce((sum, { length }) => sum + length, 0) > MOST_ADDED + (beside[0]?.length ?? 0),
      most: MOST_BESIDE,
    },
    lock: {
      async acquire(signal) {
        const ours = await waitForObject({ place, client, clock, log, me: me.id, take }, signal);
        if (!ours) return false;
        keeping = new AbortController();
        void keep(keeping.signal);
        return true;
      },
      // Alerts wait for this: nobody can say whose they are while it cannot be asked.
      async confirm() {
        while (held && !isSure()) {
          await write();
          if (lost !== undefined) throw lost;
          if (isSure()) return;
          if (keeping.signal.aborted && trouble !== undefined) throw trouble;
          await clock.sleep(AGAIN_MS, keeping.signal);
        }
      },
      rest: () => keeping.abort(),
      async release() {
        keeping.abort();
        free = true;
        if (held && lost === undefined) await write();
        held = false;
        client.close();
      },
    },
  };
}

const parsed = (text: string): object => JSON.parse(text) as object;
