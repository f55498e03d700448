// In: messages of all sources. Out: the same to every output, strictly in order, with Falco's capacity, drops, watchdog
// and shutdown (spec: cli-and-config.md §3.9). Answers to falco_outputs::worker and watchdog.h. Two differences on
// purpose: without a capacity the queue does not grow without end but makes the source wait, and the time-out at
// shutdown counts from the last alert that went out, so that slow channels lose nothing and stuck ones end the wait.

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Losses } from '../losses.js';
import { type Message, type Output, OutputError, type OutputsLog } from '../output.js';
import { createBounds, detached, portionAt } from './bounds.js';
import { createPermits, isShared } from './permits.js';
import { createWatchdog, stuckOrDone, WATCH_MS, type Watchdog } from './watchdog.js';

/** What outputs had not delivered when they closed, by the output's name. */
export type LeftOver = ReadonlyMap<string, readonly Message[]>;

export interface OutputQueue extends Output {
  readonly name: 'queue';
  /** All outputs close and open again (SIGUSR1), in the order of the messages around it. */
  reopen(): Promise<void>;
  /** Resolves when everything accepted so far was delivered or reported as lost; false: some was given up for the end. */
  flush(): Promise<boolean>;
  /** Messages dropped because the queue was full (`outputs_queue_num_drops`). */
  drops(): number;
  /** Messages that wait now. */
  queued(): number;
  /** The run ends: what is not delivered after so many milliseconds is given up, and said. */
  hurry(ms: number): void;
  /** Drains, within the time-out, and closes all outputs. */
  close(): Promise<void>;
  /** The same, but what outputs are still trying to deliver is for the next queue. */
  handOver(): Promise<LeftOver>;
}

export interface QueueOptions {
  /** `outputs_queue.capacity`, messages; 0 is unbounded. */
  readonly capacity: number;
  /** `output_timeout`, milliseconds. */
  readonly timeoutMs: number;
  readonly log: OutputsLog;
  readonly losses: Losses;
  /** How long a call that hangs at shutdown is waited for after the time-out; 10 s if not given. */
  readonly abandonMs?: number | undefined;
}

type QueueRequest = 'reopen' | 'flush' | 'close';
type Entry =
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: QueueRequest; readonly done: (complete: boolean) => void };

/** Messages that fast outputs get in one call. */
const BATCH = 1024;
const ABANDON_MS = 10_000;
/** Outputs that take their time with each message; behind them every message is a batch of its own. */
const ONE_BY_ONE = new Set(['program', 'http']);

/** A queue with one worker. Outputs are called in the order given, and only one at a time. */
export function createOutputQueue(outputs: readonly Output[], options: QueueOptions): OutputQueue {
  const { capacity, timeoutMs, log, losses } = options;
  const batch = outputs.some((output) => ONE_BY_ONE.has(output.name)) ? 1 : BATCH;
  const watchdog = createWatchdog(timeoutMs, log);
  const permitted = createPermits(log);
  const bounds = createBounds(capacity > 0 ? { messages: Number.POSITIVE_INFINITY } : {});
  const entries: Entry[] = [];
  let dropped = 0;
  let working = false;
  let closed: Promise<void> | undefined;
  let adding = 0;
  let end = Number.POSITIVE_INFINITY;
  let endTimer: NodeJS.Timeout | undefined;
  let gaveUp = false;
  // The entry that is being delivered, and how many of its messages the outputs have been given.
  let inHand: readonly Message[] = [];
  let handedOn = 0;

  function add(entry: Entry): void {
    // What has to wait must not keep the texts of its events.
    const kept =
      entry.kind === 'messages' && working ? { ...entry, messages: detached(entry.messages) } : entry;
    entries.push(kept);
    if (kept.kind === 'messages') bounds.enter(kept.messages);
    if (!working) void work();
  }

  async function work(): Promise<void> {
    working = true;
    for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
      if (entry.kind === 'messages') await deliver(entry.messages);
      else entry.done((await everyOutput(outputs, entry.kind, losses, watchdog)) && !gaveUp);
    }
    working = false;
  }

  async function deliver(messages: readonly Message[]): Promise<void> {
    inHand = messages;
    for (handedOn = 0; handedOn < inHand.length; ) {
      const now = inHand.slice(handedOn, handedOn + portionAt(inHand, handedOn, batch));
      handedOn += now.length;
      bounds.leave(now);
      if (end <= performance.now()) giveUp(now);
      else if (now.some(isShared)) await send(await permitted(now));
      else await send(now);
    }
  }

  async function send(messages: readonly Message[]): Promise<void> {
    if (messages.length > 0) await everyOutput(outputs, messages, losses, watchdog);
  }

  function drop(messages: readonly Message[]): void {
    if (dropped === 0) log('error', 'Outputs queue out of memory. Drop event and continue on ...');
    dropped += messages.length;
    losses.report('queue', 'queue_full', 'Outputs queue out of memory', messages);
  }

  // Room that the worker makes without waiting for anyone is still made; what is then too much is dropped.
  async function addWithin(messages: readonly Message[]): Promise<void> {
    let rest = messages;
    adding++;
    for (let before = Number.POSITIVE_INFINITY; rest.length > 0; ) {
      const room = capacity - bounds.waiting();
      if (room > 0) {
        add({ kind: 'messages', messages: rest.slice(0, room) });
        rest = rest.slice(room);
        before = Number.POSITIVE_INFINITY;
      } else if (bounds.waiting() < before) {
        before = bounds.waiting();
        await nextTurn();
      } else {
        drop(rest);
        break;
      }
    }
    adding--;
  }

  function step(kind: QueueRequest): Promise<boolean> {
    return new Promise((done) => add({ kind, done }));
  }

  function giveUp(messages: readonly Message[]): void {
    gaveUp ||= messages.length > 0;
    if (messages.length > 0)
      for (const { name } of outputs)
        losses.report(name, 'stopped', `${name}: not delivered before the end of the run`, messages);
  }

  function discard(): void {
    log('notice', 'output channels still blocked, discarding all remaining notifications');
    const behind = inHand.slice(handedOn);
    handedOn = inHand.length;
    bounds.leave(behind);
    giveUp(behind);
    const rest = entries.splice(0);
    for (const entry of rest) {
      // The closing of the outputs, which stands last, still takes place.
      if (entry.kind === 'close') entries.push(entry);
      else if (entry.kind !== 'messages') entry.done(false);
      else {
        bounds.leave(entry.messages);
        giveUp(entry.messages);
      }
    }
    bounds.open();
  }

  // Every output that is at work or waits is called back.
  function endNow(): void {
    if (working) discard();
    for (const output of outputs) output.abandon?.();
  }

  async function shutDown(): Promise<void> {
    let over = false;
    // Whoever is in the middle of adding goes first; that takes no longer than the worker needs for a turn.
    while (adding > 0) await nextTurn();
    const done = step('close').then(() => {
      over = true;
    });
    const waits = (): boolean => outputs.some((output) => output.waits?.() === true);
    await stuckOrDone(done, watchdog, { timeoutMs, waits, end: () => end });
    if (!over && end > performance.now()) {
      discard();
      const ends = new AbortController();
      const patience = Math.min(options.abandonMs ?? ABANDON_MS, end - performance.now());
      const late = sleep(patience, undefined, { signal: ends.signal, ref: false }).catch(() => {});
      await Promise.race([done, late]);
      ends.abort();
    }
    if (!over) {
      for (const output of outputs) output.abandon?.();
      await Promise.race([done, sleep(WATCH_MS)]);
    }
    clearTimeout(endTimer);
    watchdog.stop();
    losses.settle();
  }

  const close = (): Promise<void> => (closed ??= shutDown());

  return {
    name: 'queue',
    async write(messages) {
      if (messages.length === 0) return;
      if (closed !== undefined || end <= performance.now()) return giveUp(messages);
      if (capacity > 0) await addWithin(messages);
      else add({ kind: 'messages', messages });
      await bounds.room();
    },
    reopen: async () => void (closed === undefined && (await step('reopen'))),
    flush: async () => (closed === undefined ? step('flush') : !gaveUp),
    drops: () => dropped,
    queued: () => bounds.waiting(),
    hurry(ms) {
      end = Math.min(end, performance.now() + ms);
      endTimer ??= setTimeout(endNow, ms);
    },
    close,
    async handOver() {
      const left = new Map<string, readonly Message[]>();
      for (const output of outputs) {
        const list = output.letGo?.();
        if (list !== undefined) left.set(output.name, list);
      }
      await close();
      return left;
    },
  };
}

// One message batch or step at every output, one output after the other; failures go to the log.
async function everyOutput(
  outputs: readonly Output[],
  what: readonly Message[] | QueueRequest,
  losses: Losses,
  watchdog: Watchdog,
): Promise<boolean> {
  let complete = true;
  for (const output of outputs) {
    watchdog.start(output.name, typeof what === 'string' ? output.waits : undefined);
    try {
      if (typeof what !== 'string') await output.write(what);
      else if ((await output[what]?.()) === false) complete = false;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof OutputError)
        losses.report(output.name, error.failed.reason, text, error.failed.undelivered);
      else
        losses.report(output.name, 'write', `${output.name}: ${text}`, typeof what === 'string' ? [] : what);
    }
  }
  watchdog.rest();
  return complete;
}
