// syslog output: one datagram an alert to the local syslog, facility user, severity by priority (spec:
// cli-and-config.md §3.6). Where no syslog listens, alerts are lost, as with syslog(3), but not without a word.

import type { Syslog } from '../syslog.js';
import { type Message, type Output, OutputError } from './output.js';

/** Sends to the local syslog. */
export function createSyslogOutput(syslog: Syslog): Output {
  let giveUp = () => {};
  const given = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  return {
    name: 'syslog',
    async write(messages) {
      if (!syslog.listening())
        throw new OutputError('syslog: nothing listens at /dev/log', {
          reason: 'no_syslog',
          undelivered: messages,
        });
      const undelivered: Message[] = [];
      let trouble = '';
      for (const message of messages) {
        const fail = (why: string): void => {
          undelivered.push(message);
          trouble = why;
        };
        const failure = syslog.send(message.priority, message.line, fail);
        if (failure !== undefined) fail(failure);
      }
      await Promise.race([syslog.drain(), given]);
      if (undelivered.length > 0)
        throw new OutputError(`syslog: ${trouble}`, { reason: 'write', undelivered });
    },
    abandon: giveUp,
    close: () => Promise.race([syslog.drain(), given]),
  };
}
