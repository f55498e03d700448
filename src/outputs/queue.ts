// In: messages of all sources. Out: the same to every output, strictly in order, with Falco's capacity, drops, watchdog
// and shutdown (spec: cli-and-config.md §3.9). Answers to falco_outputs::worker and watchdog.h. Two differences on
// purpose: without a capacity the queue does not grow without end but makes the source wait, and the time-out at
// shutdown counts from the last alert that went out, so that slow channels lose nothing and stuck ones end the wait.

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createFaultLog, type FaultLog } from './fault-log.js';
import { type Message, type Output, OutputError, type OutputsLog } from './output.js';
import { createWaiting } from './waiting.js';
import { createWatchdog, stuckOrDone, WATCH_MS, type Watchdog } from './watchdog.js';

export interface OutputQueue extends Output {
  readonly name: 'queue';
  /** All outputs close and open again (SIGUSR1), in the order of the messages around it. */
  reopen(): Promise<void>;
  /** Resolves when everything accepted so far was delivered or reported as lost. */
  flush(): Promise<void>;
  /** Messages dropped because the queue was full (`outputs_queue_num_drops`). */
  drops(): number;
  /** Messages that wait now. */
  queued(): number;
  /** Drains, within the time-out, and closes all outputs. */
  close(): Promise<void>;
}

export interface QueueOptions {
  /** `outputs_queue.capacity`, messages; 0 is unbounded. */
  readonly capacity: number;
  /** `output_timeout`, milliseconds. */
  readonly timeoutMs: number;
  readonly log: OutputsLog;
  /** Aborted when the run is to end: writes no longer wait for room. */
  readonly signal?: AbortSignal | undefined;
  /** How long a call that hangs at shutdown is waited for after the time-out; 10 s if not given. */
  readonly abandonMs?: number | undefined;
}

type Step = 'reopen' | 'flush' | 'close';
type Entry =
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: Step; readonly done: () => void };

/** Without a capacity, sources wait while more messages than this are queued. */
const HIGH_WATER = 4096;
/** Messages that fast outputs get in one call. */
const BATCH = 1024;
const ABANDON_MS = 10_000;
/** Outputs that take their time with each message; behind them every message is a batch of its own. */
const ONE_BY_ONE = new Set(['program', 'http']);

/** A queue with one worker. Outputs are called in the order given, and only one at a time. */
export function createOutputQueue(outputs: readonly Output[], options: QueueOptions): OutputQueue {
  const { capacity, timeoutMs, log, signal } = options;
  const batch = outputs.some((output) => ONE_BY_ONE.has(output.name)) ? 1 : BATCH;
  const faults = createFaultLog((line) => log('error', line));
  const watchdog = createWatchdog(timeoutMs, log);
  const waiting = createWaiting(signal);
  const entries: Entry[] = [];
  let queued = 0;
  let dropped = 0;
  let working = false;
  let closed: Promise<void> | undefined;
  let adding = 0;

  function add(entry: Entry): void {
    entries.push(entry);
    if (entry.kind === 'messages') queued += entry.messages.length;
    if (!working) void work();
  }

  async function work(): Promise<void> {
    working = true;
    for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
      if (entry.kind !== 'messages') {
        await everyOutput(outputs, entry.kind, faults, watchdog);
        entry.done();
        continue;
      }
      const now = entry.messages.slice(0, batch);
      if (entry.messages.length > batch)
        entries.unshift({ kind: 'messages', messages: entry.messages.slice(batch) });
      queued -= now.length;
      await everyOutput(outputs, now, faults, watchdog);
      if (queued < HIGH_WATER / 2) waiting.release();
    }
    working = false;
  }

  function drop(count: number): void {
    if (dropped === 0) log('error', 'Outputs queue out of memory. Drop event and continue on ...');
    dropped += count;
  }

  // Room that the worker makes without waiting for anyone is still made; what is then too much is dropped.
  async function addWithin(messages: readonly Message[]): Promise<void> {
    let rest = messages;
    adding++;
    for (let before = Number.POSITIVE_INFINITY; rest.length > 0; ) {
      const room = capacity - queued;
      if (room > 0) {
        add({ kind: 'messages', messages: rest.slice(0, room) });
        rest = rest.slice(room);
        before = Number.POSITIVE_INFINITY;
      } else if (queued < before) {
        before = queued;
        await nextTurn();
      } else {
        drop(rest.length);
        break;
      }
    }
    adding--;
  }

  function step(kind: Step): Promise<void> {
    return new Promise((done) => add({ kind, done }));
  }

  function discard(): void {
    log('notice', 'output channels still blocked, discarding all remaining notifications');
    const rest = entries.splice(0);
    queued = 0;
    waiting.release();
    for (const entry of rest) {
      // The closing of the outputs, which stands last, still takes place.
      if (entry.kind === 'close') entries.push(entry);
      else if (entry.kind !== 'messages') entry.done();
    }
  }

  async function shutDown(): Promise<void> {
    let over = false;
    // Whoever is in the middle of adding goes first; that takes no longer than the worker needs for a turn.
    while (adding > 0) await nextTurn();
    const done = step('close').then(() => {
      over = true;
    });
    await stuckOrDone(done, watchdog, timeoutMs);
    if (!over) {
      discard();
      const ends = new AbortController();
      const patience = sleep(options.abandonMs ?? ABANDON_MS, undefined, { signal: ends.signal, ref: false });
      await Promise.race([done, patience.catch(() => {})]);
      ends.abort();
      if (!over) for (const output of outputs) output.abandon?.();
      await Promise.race([done, sleep(WATCH_MS)]);
    }
    watchdog.stop();
    faults.settle();
  }

  return {
    name: 'queue',
    async write(messages) {
      if (messages.length === 0 || closed !== undefined) return;
      if (capacity > 0) return addWithin(messages);
      add({ kind: 'messages', messages });
      if (queued > HIGH_WATER) await waiting.room();
    },
    reopen: () => (closed === undefined ? step('reopen') : Promise.resolve()),
    flush: () => (closed === undefined ? step('flush') : Promise.resolve()),
    drops: () => dropped,
    queued: () => queued,
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}

// One message batch or step at every output, one output after the other; failures go to the log.
async function everyOutput(
  outputs: readonly Output[],
  what: readonly Message[] | Step,
  faults: FaultLog,
  watchdog: Watchdog,
): Promise<void> {
  for (const output of outputs) {
    watchdog.start(output.name);
    try {
      if (typeof what === 'string') await output[what]?.();
      else await output.write(what);
    } catch (error) {
      if (error instanceof OutputError) faults.report(error.message, error.lost);
      else faults.report(`${output.name}: ${error instanceof Error ? error.message : String(error)}`, 1);
    }
  }
  watchdog.rest();
}
