// Alerts → an HTTP receiver such as falcosidekick, one request each, a few at a time. Errors: Error, where one is not taken: the record
// that it is from shall come again.

import type { LambdaAlert } from './handler.js';

const AT_ONCE = 8;
const PATIENCE_MS = 10_000;

/** @param url not shown in errors beyond its host: it may hold a secret */
export function sendByHttp(url: string): (alerts: readonly LambdaAlert[]) => Promise<void> {
  const { host } = new URL(url);
  const post = async ({ line }: LambdaAlert): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { method: 'POST', headers, body: line, signal }).catch(
      (error: unknown) => {
        throw new Error(`${host} cannot be reached`, { cause: error });
      },
    );
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${host} answered with ${answer.status}`);
  };
  return async (alerts) => {
    for (let at = 0; at < alerts.length; at += AT_ONCE)
      await Promise.all(alerts.slice(at, at + AT_ONCE).map(post));
  };
}
