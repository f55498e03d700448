// In: failures of outputs, one an alert lost. Out: lines for the log. Falco writes one a lost alert; so do we, until
// the same line has come ten times in a row: then one a second with the number left out, so that a full disk or a dead
// receiver does not bury everything else.

import type { ByteString } from '../bytes.js';

export interface FaultLog {
  /** `times` alerts are lost for the same reason. */
  report(line: ByteString, times: number): void;
  /** What was left out until now, at the end of a run. */
  settle(): void;
}

const IN_FULL = 10;
const QUIET_MS = 1000;

/** A limiter in front of the log. */
export function createFaultLog(write: (line: ByteString) => void, now = () => performance.now()): FaultLog {
  let last: ByteString | undefined;
  let written = 0;
  let leftOut = 0;
  let saidAt = 0;

  function settle(): void {
    if (leftOut > 0) write(`${last} (${leftOut} more alerts lost)`);
    leftOut = 0;
    saidAt = now();
  }

  return {
    report(line, times) {
      if (line !== last) {
        settle();
        last = line;
        written = 0;
      }
      for (let n = 0; n < Math.max(times, 1); n++) {
        if (written < IN_FULL) write(line);
        else leftOut++;
        written++;
        saidAt = written <= IN_FULL ? now() : saidAt;
      }
      if (leftOut > 0 && now() - saidAt >= QUIET_MS) settle();
    },
    settle,
  };
}
