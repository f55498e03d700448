// Advice: warnings about what someone has configured in vain. They are said where people see them, and with
// --strict-config they keep the program from starting (and a reload from taking over).

import type { ByteString } from '../bytes.js';
import type { Log } from '../log.js';
import { Failure } from './host.js';
import type { Options } from './options.js';

export interface Advice {
  give(text: ByteString): void;
  /** @throws Failure where there was advice and --strict-config wants none */
  enforce(): void;
}

export function createAdvice({ strictConfig, dryRun }: Options, log: Pick<Log, 'advise'>): Advice {
  let given = 0;
  return {
    give(text) {
      given++;
      log.advise(text, strictConfig || dryRun);
    },
    enforce() {
      if (!strictConfig || given === 0) return;
      const what = given === 1 ? 'the warning above is an error' : `the ${given} warnings above are errors`;
      throw new Failure(`With --strict-config ${what}`);
    },
  };
}
