// An accepted body → the payloads that the pipeline gets. One up to a size, so that API servers' bodies are read in one go;
// a larger body in portions, so that neither the scanner nor the alerts of one take much memory.

import type { Drops } from '../drops.js';
import { piecesOf } from '../pieces.js';
import type { Payload, SourceLog } from '../source.js';
import { PORTION, WHOLE } from './judge.js';

export interface Payloads {
  /** @param lines whether its values each have a line, which are read faster */
  of(body: Buffer, lines: boolean): Iterator<Payload>;
}

export interface PayloadsOptions {
  /** Values that are larger are dropped, bytes. */
  readonly largest: number;
  readonly log: SourceLog;
  readonly drops: Pick<Drops, 'add'> | undefined;
}

export function createPayloads({ largest, log, drops }: PayloadsOptions): Payloads {
  const onTooLarge = (bytes: number): void => {
    drops?.add('too_large');
    log('error', `event larger than maxEventSize: size=${bytes}`, 'too_large');
  };
  const options = { size: PORTION, largest, onTooLarge };

  function* one(body: Buffer, lines: boolean): Generator<Payload> {
    yield lines ? body : body.toString('latin1');
  }

  return {
    of: (body, lines) => (body.length <= WHOLE ? one(body, lines) : piecesOf(body, options)),
  };
}
