// A line of the check list, and how one comes about: something is tried for a bounded time, and whatever goes wrong
// becomes a line with what to do. No line holds a secret. Texts are ordinary strings; the report turns them into bytes.

import { systemReason } from './system-reason.js';

export type Grade = 'ok' | 'warning' | 'failure';

export interface Line {
  /** What was looked at, a few words. */
  readonly name: string;
  readonly grade: Grade;
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export type Verdict = Omit<Line, 'name'>;

/** How long each thing that is tried may take. */
const PATIENCE_MS = 15_000;

export const ok = (text: string): Verdict => ({ grade: 'ok', text });
export const warning = (text: string, advice?: string): Verdict => ({ grade: 'warning', text, advice });
export const failure = (text: string, advice?: string): Verdict => ({ grade: 'failure', text, advice });

/** Tries something. It is told to stop when its time is over, and no longer waited for. */
export async function check(
  name: string,
  action: (signal: AbortSignal) => Verdict | Promise<Verdict>,
  patienceMs = PATIENCE_MS,
): Promise<Line> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      resolve(failure(`no answer within ${patienceMs / 1000} s`));
      abort.abort();
    }, patienceMs);
  });
  const tried = Promise.resolve()
    .then(() => action(abort.signal))
    .catch((error: unknown) => failure(systemReason(error)));
  try {
    return { name, ...(await Promise.race([tried, late])) };
  } finally {
    clearTimeout(timer);
  }
}
