// Where a live source starts. In: the remembered place, or the time of now. Out: the last millisecond that is not wanted,
// noted before anything is read, so that a crash at any moment starts there again.

import type { Answer } from './calls.js';
import type { Progress } from './checkpoint/progress.js';
import type { LogRequest } from './client-types.js';
import type { Clock } from './clock.js';
import type { CursorCheckpoint } from './cursor/cursor-state.js';
import type { ServiceClock } from './service-clock.js';

export interface StartOptions {
  readonly call: (request: LogRequest, signal: AbortSignal) => Promise<Answer>;
  readonly service: ServiceClock;
  readonly clock: Clock;
  readonly progress: Progress | undefined;
  /** First time wanted where nothing is remembered; `fromNow`: reckoned from this machine's clock. */
  readonly from: number;
  readonly fromNow: boolean;
  /** Hears that the place could not be noted; throws where that is no passing trouble. */
  readonly complain: (error: unknown) => void;
}

export interface Start {
  /** One call for the service's time: nothing may count as over because a wrong clock says so. */
  askTheTime(signal: AbortSignal): Promise<void>;
  /** Errors: SourceError. */
  find(signal: AbortSignal): Promise<CursorCheckpoint>;
}

/** Answers that may disagree about the time before this machine's clock has to do. */
const MOST_ASKED = 5;

export function createStart(options: StartOptions): Start {
  const { call, service, clock, progress, complain } = options;
  const opened = { local: clock.now(), elapsed: clock.elapsed() };

  async function askTheTime(signal: AbortSignal): Promise<void> {
    for (let asked = 0; asked < MOST_ASKED && !signal.aborted; ) {
      const answer = await call({ startTime: opened.local, endTime: opened.local }, signal);
      if (typeof answer === 'string') continue;
      if (service.note(answer)) return;
      asked++;
    }
  }

  return {
    askTheTime,
    async find(signal) {
      const stored = await progress?.load();
      let settled = stored?.settled ?? Math.floor(options.from) - 1;
      const guessed = stored?.guessed ?? options.fromNow;
      if (stored === undefined) await progress?.begin(settled, guessed);
      await askTheTime(signal);
      if (guessed && !signal.aborted) {
        const ahead = service.now() - (clock.elapsed() - opened.elapsed) - opened.local;
        if (Math.abs(ahead) > 1) settled = Math.floor(settled + ahead);
        await progress?.begin(settled, false).catch(complain);
      }
      return { settled, seen: stored?.seen ?? [] };
    },
  };
}
