// A small CloudWatch Logs endpoint on loopback (JSON 1.1 protocol): enough of the service for the demo, and troubles on
// demand for tests. In: a store. Out: a URL for AWS_ENDPOINT_URL. Signatures are not checked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createActions, RequestFault } from './actions.js';
import { createRandom } from './random.js';
import type { LogStore } from './store.js';
import { NO_TROUBLE, type Trouble } from './trouble.js';

export interface Endpoint {
  readonly url: string;
  /** Calls answered or refused so far, by action. */
  calls(): Readonly<Record<string, number>>;
  /** Other troubles from now on. */
  trouble(trouble: Partial<Trouble>): void;
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly store: LogStore;
  readonly trouble?: Partial<Trouble>;
  /** Default: loopback, a free port. */
  readonly host?: string;
  readonly port?: number;
}

/** Largest request: PutLogEvents takes 1 MiB of events. */
const MAX_BODY = 4 * 1024 * 1024;
/** The token service answers here too: whoever reads asks once who he is. */
const CALLER =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/demo</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';
const TARGET = /^Logs_20140328\.(\w+)$/;

export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  let trouble: Trouble = { ...NO_TROUBLE, ...options.trouble };
  const random = createRandom(trouble.seed);
  const calls: Record<string, number> = {};
  let tokens = trouble.quota;
  let refilled = Date.now();
  const clock = (): number => Date.now() + trouble.skew;
  const act = createActions(options.store, clock, () => trouble, random);

  // A bucket of tokens that holds one second's worth.
  function overQuota(): boolean {
    if (trouble.quota === 0) return false;
    const now = Date.now();
    tokens = Math.min(trouble.quota, tokens + ((now - refilled) / 1000) * trouble.quota);
    refilled = now;
    if (tokens < 1) return true;
    tokens--;
    return false;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (trouble.slow > 0) await new Promise((resolve) => setTimeout(resolve, random.unit() * trouble.slow));
    if (body.startsWith('Action=GetCallerIdentity')) {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(CALLER);
      return;
    }
    const action = TARGET.exec(String(request.headers['x-amz-target'] ?? ''))?.[1] ?? '';
    calls[action] = (calls[action] ?? 0) + 1;
    const reading = action === 'FilterLogEvents' || action === 'GetLogEvents';
    if (reading && (overQuota() || random.unit() < trouble.throttled)) {
      throw new RequestFault('ThrottlingException', 'Rate exceeded');
    }
    if (reading && random.unit() < trouble.serverErrors) {
      throw new RequestFault(
        random.pick(['ServiceUnavailableException', 'InternalFailure']),
        'Please try again',
        503,
      );
    }
    const text = JSON.stringify(act(action, parseBody(body)));
    if (reading && random.unit() < trouble.resets) {
      response.writeHead(200, headers(text));
      response.write(text.slice(0, text.length >> 1), () => request.socket.destroy());
      return;
    }
    response.writeHead(200, headers(text)).end(text);
  }

  function headers(text: string) {
    return {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(text),
      date: new Date(clock()).toUTCString(),
      'x-amzn-requestid': random.hex(32),
    };
  }

  function refuse(error: unknown, response: ServerResponse): void {
    const fault =
      error instanceof RequestFault ? error : new RequestFault('InternalFailure', String(error), 500);
    const text = JSON.stringify({ __type: fault.type, message: fault.message });
    if (!response.headersSent) response.writeHead(fault.status, headers(text));
    response.end(text);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => refuse(error, response));
  });
  server.keepAliveTimeout = 30_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    calls: () => ({ ...calls }),
    trouble(changed) {
      trouble = { ...trouble, ...changed };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  const fits = (bytes: number): void => {
    if (bytes > MAX_BODY) throw new RequestFault('RequestEntityTooLarge', 'The request is too large', 413);
  };
  fits(Number(request.headers['content-length'] ?? 0));
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    fits(size);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(body: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      return json as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new RequestFault('SerializationException', 'The request is not a JSON object');
}
