// In: alerts that an output could not deliver. Out: counts by output and reason, and lines for the log that name the
// alerts. Falco writes one line a lost alert; so do we, until the same fault of an output has come ten times in a row:
// then one a second with the number left out, so that a full disk or a dead receiver does not bury everything else.

import type { ByteString } from '../bytes.js';
import { printable } from '../printable.js';
import { createTally, type Tally } from '../tally.js';
import type { LossReason, Message } from './output.js';

export interface Loss {
  readonly output: string;
  readonly reason: LossReason;
  readonly count: number;
}

export interface Losses {
  /** Messages are lost; `fault` is what happened, as a line for the log. */
  report(output: string, reason: LossReason, fault: ByteString, messages: readonly Message[]): void;
  /** What was left out of the log until now, at the end of a run. */
  settle(): void;
  /** Alerts lost so far. */
  counts(): readonly Loss[];
  /** Lines for the closing report, one an output. */
  summary(): readonly ByteString[];
}

interface Pace {
  /** Lines written in full before they are cut short. */
  readonly inFull: number;
  /** Then one line in so many milliseconds. */
  readonly everyMs: number;
}

const PACE: Pace = { inFull: 10, everyMs: 1000 };
/** Falco's own falco.yaml switches syslog on, and containers have none: they need not hear of it all the time. */
const NO_SYSLOG: Pace = { inFull: 1, everyMs: 3_600_000 };

/** Counts, and a limiter in front of the log. */
export function createLosses(
  write: (line: ByteString) => void,
  now: () => number = () => performance.now(),
): Losses {
  const tallies = new Map<string, Tally<LossReason>>();
  const limiters = new Map<string, Limiter>();

  return {
    report(output, reason, fault, messages) {
      if (messages.length === 0) return write(fault);
      const tally = tallies.get(output) ?? createTally<LossReason>();
      const limiter = limiters.get(output) ?? createLimiter(write, now);
      tallies.set(output, tally);
      limiters.set(output, limiter);
      tally.add(reason, messages.length);
      limiter.say(fault, messages, reason === 'no_syslog' ? NO_SYSLOG : PACE);
    },
    settle() {
      for (const limiter of limiters.values()) limiter.settle();
    },
    counts: () =>
      [...tallies].flatMap(([output, tally]) =>
        tally.entries().map(([reason, count]) => ({ output, reason, count })),
      ),
    summary: () => [...tallies].map(([output, tally]) => `${output}: ${lostText(tally)}`),
  };
}

function lostText(tally: Tally<LossReason>): string {
  const reasons = tally.entries().map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
  return `${tally.total()} ${tally.total() === 1 ? 'alert' : 'alerts'} lost: ${reasons.join(', ')}`;
}

interface Limiter {
  say(fault: ByteString, messages: readonly Message[], pace: Pace): void;
  settle(): void;
}

function createLimiter(write: (line: ByteString) => void, now: () => number): Limiter {
  let last: ByteString | undefined;
  let written = 0;
  let leftOut = 0;
  let ends: readonly [Message, Message] | undefined;
  let saidAt = 0;

  function settle(): void {
    if (ends !== undefined) {
      const names = leftOut === 1 ? named(ends[0]) : `from ${named(ends[0])} to ${named(ends[1])}`;
      write(`${last} (${leftOut} more ${leftOut === 1 ? 'alert' : 'alerts'} lost: ${names})`);
    }
    leftOut = 0;
    ends = undefined;
    saidAt = now();
  }

  return {
    say(fault, messages, { inFull, everyMs }) {
      if (fault !== last) {
        settle();
        last = fault;
        written = 0;
      }
      for (const message of messages) {
        if (written < inFull) {
          write(`${fault} (alert lost: ${named(message)})`);
          written++;
          saidAt = now();
        } else {
          leftOut++;
          ends = [ends?.[0] ?? message, message];
        }
      }
      if (leftOut > 0 && now() - saidAt >= everyMs) settle();
    },
    settle,
  };
}

/** `"Rule" of 10:00:00.123456000`: enough to find it among other alerts. */
function named({ rule, line }: Message): ByteString {
  const time = /"time":"([^"]*)"/.exec(line)?.[1] ?? /^[\d:.TZ+-]+(?=: )/.exec(line)?.[0];
  return `"${printable(rule)}"${time === undefined ? '' : ` of ${time}`}`;
}
