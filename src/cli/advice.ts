// Advice: warnings about what someone has configured in vain. They are said where people see them, and with
// --strict-config they keep the program from starting (and a reload from taking over).

import type { ByteString } from '../bytes.js';
import type { Log } from '../log.js';
import { printable } from '../printable.js';
import type { Options } from './arguments/options.js';
import { Failure } from './host.js';

export interface Advice {
  give(text: ByteString): void;
  /** @throws Failure where there was advice and --strict-config wants none */
  enforce(): void;
}

/** Beyond so many lines at a time nobody reads them. */
const MOST_LINES = 50;

export function createAdvice({ strictConfig, dryRun }: Options, log: Pick<Log, 'advise'>): Advice {
  let given = 0;
  let told = 0;
  const say = (text: ByteString): void => log.advise(text, strictConfig || dryRun);
  return {
    give(text) {
      given++;
      if (given - told > MOST_LINES) return;
      say(printable(text));
    },
    enforce() {
      const left = given - told - MOST_LINES;
      if (left > 0) say(`${left} more warnings of this kind; tsfalco lint shows those of a falco.yaml`);
      told = given;
      if (!strictConfig || given === 0) return;
      const what = given === 1 ? 'the warning above is an error' : `the ${given} warnings above are errors`;
      throw new Failure(`With --strict-config ${what}`);
    },
  };
}
