// In: triggers (SIGHUP, file changes). Out: a dry run after 100 ms of quiet, then a swap if it loads and nothing came
// in between (spec: cli-and-config.md §5.2). Answers to falco's restart_handler.cpp.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteString } from '../bytes.js';

/** What a dry run gives. */
export type DryRun<Loaded> =
  | { readonly ok: true; readonly loaded: Loaded }
  | { readonly ok: false; readonly error: ByteString };

export interface ReloaderOptions<Loaded> {
  /** Loads everything afresh with the same arguments, beside what runs. Must not touch what runs. */
  readonly dryRun: () => Promise<DryRun<Loaded>>;
  /** Takes over what the dry run loaded. Called at most once at a time, never while a dry run is under way. */
  readonly swap: (loaded: Loaded) => Promise<void>;
  /** The dry run failed: the caller sends the Critical internal alert (error text as the dry run gave it). */
  readonly onFailure: (error: ByteString) => void;
  /** Resolves after the quiet period, or when the signal says so; a timer if not given. */
  readonly waitQuiet?: (signal: AbortSignal) => Promise<void>;
}

export interface Reloader {
  /** SIGHUP or a file change. During a quiet period or dry run it starts over. */
  trigger(): void;
  /** No further dry run or swap starts; resolves when one under way has ended. */
  close(): Promise<void>;
}

const QUIET_MS = 100;

/** Waits for triggers. */
export function createReloader<Loaded>(options: ReloaderOptions<Loaded>): Reloader {
  const { dryRun, swap, onFailure, waitQuiet = waitForTimer } = options;
  const closing = new AbortController();
  let triggers = 0;
  let handled = 0;
  let running = false;
  let working: Promise<void> = Promise.resolve();

  // True if nothing came for the whole period, and the end has not come either.
  async function quiet(): Promise<boolean> {
    const seen = triggers;
    await waitQuiet(closing.signal);
    return triggers === seen && !closing.signal.aborted;
  }

  async function attempt(): Promise<void> {
    handled = triggers;
    const result = await dryRun().catch(asFailure);
    if (closing.signal.aborted) return;
    if (!result.ok) onFailure(result.error);
    else if (handled === triggers) {
      if (await quiet()) await swap(result.loaded);
      // What was loaded may be old by now.
      else handled = -1;
    }
  }

  async function work(): Promise<void> {
    running = true;
    try {
      while (handled !== triggers && !closing.signal.aborted) if (await quiet()) await attempt();
    } finally {
      // In the same breath as the look at the triggers, so that none falls in between.
      running = false;
    }
  }

  return {
    trigger() {
      triggers++;
      if (!running && !closing.signal.aborted) working = work();
    },
    async close() {
      closing.abort();
      await working;
    },
  };
}

async function waitForTimer(signal: AbortSignal): Promise<void> {
  try {
    await sleep(QUIET_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function asFailure(error: unknown): { readonly ok: false; readonly error: ByteString } {
  return { ok: false, error: error instanceof Error ? error.message : String(error) };
}
