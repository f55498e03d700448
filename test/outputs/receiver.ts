// A receiver of alerts on loopback that misbehaves by a script, stops and starts.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Trouble = (response: ServerResponse) => void;

export interface Receiver {
  readonly port: number;
  /** Bodies of the requests that were answered with 200. */
  readonly got: string[];
  /** What happens to the next requests, in order; then all is well. */
  readonly script: Trouble[];
  stop(): Promise<void>;
  /** At the same port as before. */
  start(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const got: string[] = [];
  const script: Trouble[] = [];
  let port = 0;
  let server: Server | undefined;
  const stop = async (): Promise<void> => {
    const stopped = server;
    server = undefined;
    stopped?.closeAllConnections();
    await new Promise<void>((resolve) =>
      stopped === undefined ? resolve() : stopped.close(() => resolve()),
    );
  };
  const start = async (): Promise<void> => {
    const started = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => {
        body += data;
      });
      request.on('end', () => {
        const trouble = script.shift();
        if (trouble !== undefined) return trouble(response);
        got.push(body);
        response.end();
      });
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
    port = (started.address() as AddressInfo).port;
  };
  await start();
  onTestFinished(stop);
  return { port, got, script, start, stop };
}
