// Where a live source starts. In: the remembered place, or the time of now. Out: the last millisecond that is not wanted,
// noted before anything is read, so that a crash at any moment starts there again.

import type { SourceLog } from '../source.js';
import type { Call } from './calls.js';
import type { Progress, Stored } from './checkpoint/progress.js';
import type { Clock } from './clock.js';
import type { CursorCheckpoint } from './cursor/cursor-state.js';
import { type ServiceClock, UNSURE_MS } from './service-clock.js';

export interface StartOptions {
  readonly call: Call;
  readonly service: ServiceClock;
  readonly clock: Clock;
  readonly progress: Progress | undefined;
  /** First time wanted where nothing is remembered; `fromNow`: reckoned from this machine's clock. */
  readonly from: number;
  readonly fromNow: boolean;
  /** What is longer ago is not read any more, milliseconds. */
  readonly maxCatchUp: number;
  /** Gets whole lines. */
  readonly log: SourceLog;
  /** Hears that the place could not be noted; throws where that is no passing trouble. */
  readonly complain: (error: unknown) => void;
}

export interface Start {
  /**
   * One call for the service's time: nothing may count as over because a wrong clock says so.
   * @returns false after an abort before it was told
   */
  askTheTime(signal: AbortSignal): Promise<boolean>;
  /** @returns undefined after the abort. Errors: SourceError. */
  find(signal: AbortSignal): Promise<FoundStart | undefined>;
}

export interface FoundStart extends CursorCheckpoint {
  readonly remembered: boolean;
}

/** Answers that may disagree about the time before this machine's clock has to do. */
const MOST_ASKED = 5;

export function createStart(options: StartOptions): Start {
  const { call, service, clock, progress, complain, log, maxCatchUp } = options;
  const opened = { local: clock.now(), elapsed: clock.elapsed() };

  async function askTheTime(signal: AbortSignal): Promise<boolean> {
    for (let asked = 0; asked < MOST_ASKED; ) {
      if (signal.aborted) return false;
      const answer = await call({ startTime: opened.local, endTime: opened.local }, signal, true);
      if (typeof answer === 'string') continue;
      if (service.note(answer)) return true;
      asked++;
    }
    return true;
  }

  // Not what was reckoned by a clock that the service does not agree with. Where another run reckoned it, the clock may have
  // been set since: then the earlier one of both counts.
  async function corrected(settled: number, stored: Stored | undefined): Promise<number> {
    const ahead = service.now() - (clock.elapsed() - opened.elapsed) - opened.local;
    const reckoned = Math.abs(ahead) > 1 ? Math.floor(settled + ahead) : settled;
    const right =
      stored === undefined ? reckoned : believed({ ...stored, settled: Math.min(settled, reckoned) });
    await progress?.begin(right, false).catch(complain);
    return right;
  }

  // What a checkpoint says is bounded on both sides: nothing of the future has been read, and no past is too long.
  function believed({ settled, cautious }: Stored): number {
    const now = service.now();
    const isTrue = settled <= now + UNSURE_MS;
    const place = isTrue ? settled : Math.floor(Math.min(cautious, now));
    if (!isTrue)
      log(
        'warning',
        `the checkpoint says that ${iso(settled)} has been read, which is yet to come; reading goes on at ${iso(place)}: events may come again`,
      );
    const earliest = Math.floor(now - maxCatchUp);
    if (place >= earliest) return place;
    log(
      'warning',
      `the checkpoint is too old: what happened from ${iso(place)} to ${iso(earliest)} is skipped (max_catch_up in init_config)`,
    );
    return earliest;
  }

  return {
    askTheTime,
    async find(signal) {
      if (progress !== undefined && !(await progress.claim(signal))) return undefined;
      const stored = await progress?.load();
      if (stored?.warning !== undefined) log('warning', stored.warning);
      const settled = stored?.settled ?? Math.floor(options.from) - 1;
      const guessed = stored?.guessed ?? options.fromNow;
      if (stored === undefined) await progress?.begin(settled, guessed);
      const isTold = await askTheTime(signal);
      // Also for a run that is stopped just now: the clock may be another by the next one.
      const right = isTold && guessed ? await corrected(settled, stored) : settled;
      if (signal.aborted) return undefined;
      if (guessed) return { settled: right, seen: [], remembered: stored !== undefined };
      if (stored === undefined) return { settled, seen: [], remembered: false };
      const place = believed(stored);
      // Else each next start would take the time that is yet to come for what has been read, and forget what was read before it.
      if (place < stored.settled) await progress?.begin(place, false).catch(complain);
      return { settled: place, seen: stored.seen, remembered: true };
    },
  };
}

function iso(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString();
}
