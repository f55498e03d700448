// syslog output: one datagram an alert to the local syslog, facility user, severity by priority (spec:
// cli-and-config.md §3.6). Where no syslog listens, alerts vanish without a word, as with syslog(3).

import type { Syslog } from '../syslog.js';
import { type Output, OutputError } from './output.js';

/** Sends to the local syslog. */
export function createSyslogOutput(syslog: Syslog): Output {
  let giveUp = () => {};
  const given = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  return {
    name: 'syslog',
    async write(messages) {
      let lost = 0;
      let trouble = '';
      for (const message of messages) {
        const failure = syslog.send(message.priority, message.line);
        if (failure === undefined) continue;
        lost++;
        trouble = failure;
      }
      await Promise.race([syslog.drain(), given]);
      if (lost > 0) throw new OutputError(`syslog: ${trouble}`, lost);
    },
    abandon: giveUp,
    close: () => Promise.race([syslog.drain(), given]),
  };
}
