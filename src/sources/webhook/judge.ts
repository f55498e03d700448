// A body → whether there is an event in it, before it is answered. In: the body. Out: yes, or what is wrong with it. It looks
// for the first event only, with the unwrapper that will read the body, so that both say the same of it; what else is
// in the body is counted when it is read.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteString } from '../../bytes.js';
import type { Envelope } from '../../plugins/plugin.js';
import { createDrops } from '../drops.js';
import { firstOf, isBlank, piecesOf, type Span } from '../pieces.js';
import type { Payload } from '../source.js';
import { createUnwrapper } from '../unwrap.js';

/** Bodies up to this size are read as one payload, bytes. */
export const WHOLE = 1024 * 1024;
/** Payloads of larger ones, bytes. */
export const PORTION = WHOLE / 4;

export interface Verdict {
  /** undefined: there is an event in it, or an empty list; else why not. */
  readonly fault: ByteString | undefined;
  /** Whether its values each have a line. */
  readonly lines: boolean;
}

export interface Judge {
  judge(body: Buffer): Promise<Verdict>;
}

export interface JudgeOptions {
  /** Largest event, bytes of compact JSON. */
  readonly maxEventSize: number;
  /** Largest value that is looked at, bytes. */
  readonly largest: number;
  readonly envelope: Envelope;
}

const LONGEST_FAULT = 200;
const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;

export function createJudge({ maxEventSize, largest, envelope }: JudgeOptions): Judge {
  let said: ByteString | undefined;
  let events = 0;
  // An event that is dropped is one: it is counted and said when it is read, and sent again would be no smaller.
  const drops = createDrops({
    onDrop: (reason) => {
      if (reason === 'too_large' || reason === 'too_deep') events++;
    },
  });
  const log = (_level: string, message: string): void => {
    said ??= message;
  };
  const unwrap = createUnwrapper({
    source: '',
    plugin: '',
    envelope,
    maxEventSize,
    shipped: true,
    log,
    drops,
  });

  // undefined: there is an event in it; empty: nothing is.
  function faultOf(payload: Payload): ByteString | undefined {
    said = undefined;
    events = 0;
    unwrap(payload, () => events++);
    return events > 0 ? undefined : (said ?? '');
  }

  async function faultOfAll(body: Buffer): Promise<ByteString | undefined> {
    let first = '';
    let tooLarge = false;
    const onTooLarge = (_bytes: number, from: number): void => {
      if (body[from] === OPEN_OBJECT) tooLarge = true;
      else first ||= 'cannot parse JSON';
    };
    for (const piece of piecesOf(body, { size: PORTION, largest, onTooLarge })) {
      const fault = tooLarge ? undefined : faultOf(piece);
      if (fault === undefined) return undefined;
      first ||= fault;
      // Others have their turn.
      await nextTurn();
    }
    return tooLarge || first === '' ? undefined : first;
  }

  return {
    async judge(body) {
      if (isBlank(body)) return { fault: 'an empty body', lines: false };
      const first = firstOf(body);
      if (first === undefined) return { fault: undefined, lines: false };
      // The first value alone is an event in nearly all bodies; if it is not, all of them are looked at.
      const { span, payload } = first;
      if (span.to - span.from <= largest && faultOf(payload) === undefined)
        return { fault: undefined, lines: isLines(body, span) };
      const fault = (await faultOfAll(body))?.slice(0, LONGEST_FAULT);
      return { fault, lines: fault === undefined && isLines(body, span) };
    },
  };
}

// Whether a value that is no list stands on the first line, and more follows.
function isLines(body: Buffer, { from, to, kind }: Span): boolean {
  if (kind !== 'value') return false;
  const newline = body.indexOf(NEWLINE, to);
  if (newline < 0 || body.subarray(from, to).includes(NEWLINE)) return false;
  return isBlank(body.subarray(to, newline)) && !isBlank(body.subarray(newline));
}
