// A log for faults in what senders send: of each kind everything up to a good supply of bytes, which fills up again slowly;
// what goes beyond it is counted, and it is said at once that lines are left out. So a file of bad lines is reported line
// by line, as in Falco; a stranger at the web hook fills no disk, and hides no fault of another kind.

import type { SourceLog } from './source.js';

export interface LogBudget {
  readonly log: SourceLog;
  /** Says what was left out until now, at the end of a run. */
  settle(): void;
}

export interface LogBudgetOptions {
  /** The supply of a kind, and so what may be written at once, bytes. */
  readonly bytes?: number;
  readonly bytesPerSecond?: number;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
}

/** About 15,000 lines of the usual length. */
const BYTES = 1024 * 1024;
/** At most 90 MB a day and kind. */
const BYTES_PER_SECOND = 1024;
/** Different kinds that have a supply of their own; more of them share one. */
const MOST_KINDS = 100;
/** Once a supply is used up, what comes in so many seconds must be there again, so that the counts come seldom. */
const SECONDS = 10;

/** Stands before a log. Not for what a program says of itself: a line may be left out. */
export function createLogBudget(log: SourceLog, options: LogBudgetOptions = {}): LogBudget {
  const { bytes = BYTES, bytesPerSecond = BYTES_PER_SECOND, now = () => performance.now() } = options;
  const kinds = new Map<string, LogBudget>();

  function budgetOf(asked: string): LogBudget {
    const kind = kinds.has(asked) || kinds.size < MOST_KINDS ? asked : '';
    const known = kinds.get(kind) ?? createKind(kind, log, { bytes, bytesPerSecond, now });
    kinds.set(kind, known);
    return known;
  }

  return {
    log: (level, message, kind = '') => budgetOf(kind).log(level, message),
    settle() {
      for (const { settle } of kinds.values()) settle();
    },
  };
}

function createKind(
  kind: string,
  log: SourceLog,
  { bytes, bytesPerSecond, now }: Required<LogBudgetOptions>,
): LogBudget {
  const name = kind === '' ? '' : ` (${kind})`;
  let left = bytes;
  let filledAt = now();
  let leftOut = 0;

  function settle(): void {
    if (leftOut > 0) log('warning', `${leftOut} more faults of this kind${name}, not logged one by one`);
    leftOut = 0;
  }

  return {
    settle,
    log(level, message) {
      const time = now();
      left = Math.min(bytes, left + ((time - filledAt) * bytesPerSecond) / 1000);
      filledAt = time;
      if (left < message.length || (leftOut > 0 && left < bytesPerSecond * SECONDS)) {
        if (leftOut++ === 0) log('warning', `lines are being left out: too many faults of this kind${name}`);
        return;
      }
      settle();
      left -= message.length;
      log(level, message);
    },
  };
}
