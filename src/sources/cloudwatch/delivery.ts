// A page's new events → what the pipeline gets of them, and what a checkpoint has to remember once it is dealt with.
// Split events are put together; what stays damaged is reported.

import { fromBytes, toBytes } from '../../bytes.js';
import type { Drops } from '../drops.js';
import { salvage } from '../salvage.js';
import type { Payload } from '../source.js';
import type { LogEvent } from './client-types.js';
import type { CursorCheckpoint } from './cursor/cursor-state.js';
import { groupBySecond } from './cursor/seen.js';
import type { Counters } from './metrics.js';
import { createAssembler, MOST_PIECES, type Piece, type Reason } from './pieces.js';
import { isRaw, withText } from './raw-page.js';
import type { Reporter } from './reporter.js';

export interface Delivered {
  /** Texts, and bytes with lines of texts. */
  readonly payloads: readonly Payload[];
  readonly record: CursorCheckpoint;
}

export interface Delivery {
  /** @param settled everything up to this time has been read; `ids` are the events' identities; `now` in milliseconds */
  take(events: readonly LogEvent[], ids: readonly number[], settled: number, now: number): Delivered;
  /**
   * Reports the pieces that are still held: nothing comes any more.
   * @param remembered they are read again at the next start
   */
  end(remembered: boolean): void;
}

/** Pieces of one event may differ in time by so much. */
const PIECE_SPREAD_MS = 2000;

const GIVEN_UP: Readonly<Record<Reason, string>> = {
  old: 'a piece of a split event whose other pieces never came',
  many: `a piece of a split event, given up since ${MOST_PIECES} pieces of its log stream wait for others`,
  large: 'a piece of a split event, given up since 32 MB of pieces wait for others',
};
const AGAIN = 'they are read again at the next start';

export function createDelivery(counters: Counters, reporter: Reporter, drops: Pick<Drops, 'add'>): Delivery {
  const assembler = createAssembler();

  function report(kind: 'truncated' | 'incomplete', pieces: readonly Piece[], words: string): void {
    for (const { event } of pieces) {
      counters[kind]++;
      drops.add(kind === 'truncated' ? 'cut_off' : 'incomplete');
      const known = fromBytes(salvage(toBytes(event.message)));
      reporter.damaged(
        `${words}: ${event.message.length} characters, ${known === '' ? 'nothing readable' : known}`,
      );
    }
  }

  return {
    take(events, ids, settled, now) {
      const payloads: Payload[] = [];
      const done: Piece[] = [];
      const lines = createLines(payloads);
      for (const [i, given] of events.entries()) {
        const id = ids[i]!;
        const size = lines.take(given);
        if (size > 0) {
          counters.take(given, now, size);
          done.push({ event: given, id });
          continue;
        }
        lines.end();
        const event = isRaw(given) ? withText(given) : given;
        counters.take(event, now, event.message.length);
        const taken = assembler.take({ event, id });
        if (taken.kind === 'held') continue;
        done.push(...taken.pieces);
        if (taken.kind === 'truncated')
          report('truncated', taken.pieces, "truncated log line, can't be parsed");
        else {
          if (taken.pieces.length > 1) counters.joined++;
          payloads.push(toBytes(taken.text));
        }
      }
      lines.end();
      const givenUp = assembler.giveUp(settled - PIECE_SPREAD_MS);
      for (const { piece, why } of givenUp) {
        report('incomplete', [piece], GIVEN_UP[why]);
        done.push(piece);
      }
      // A piece that waits for its others must be read again after a crash.
      const firm = Math.min(settled, (assembler.oldest() ?? Number.POSITIVE_INFINITY) - 1);
      const seen = groupBySecond(
        done.map(({ event }) => event),
        done.map(({ id }) => id),
      );
      return { payloads, record: { settled: firm, seen } };
    },
    end(remembered) {
      const count = assembler.held();
      if (remembered && count > 0)
        reporter.note(`${count} pieces of split events wait for their others: ${AGAIN}`);
      if (remembered) return;
      for (const { piece, why } of assembler.giveUp(Number.POSITIVE_INFINITY))
        report(
          'incomplete',
          [piece],
          why === 'old'
            ? 'a piece of a split event whose other pieces had not come when the run ended'
            : GIVEN_UP[why],
        );
    },
  };
}

interface Lines {
  /** Adds the text of an event that still stands in its page and is whole by itself. @returns its length, 0 if it is not so */
  take(event: LogEvent): number;
  /** What was added is a payload. */
  end(): void;
}

// Texts of a page that stand one behind the other, and are whole by themselves, go on as one block of lines.
function createLines(payloads: Payload[]): Lines {
  let lines: Uint8Array | undefined;
  let [from, to] = [0, 0];

  function end(): void {
    if (lines !== undefined && to > from) payloads.push(lines.subarray(from, to));
    from = to;
  }

  return {
    take(event) {
      if (!isRaw(event) || !event.isLine) return 0;
      if (event.lines !== lines) {
        end();
        ({ lines } = event);
        [from, to] = [0, 0];
      }
      if (event.start !== to) {
        end();
        from = event.start;
      }
      to = event.end + 1;
      return event.end - event.start;
    },
    end,
  };
}
