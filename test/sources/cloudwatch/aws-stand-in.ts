// Stands in for AWS on loopback: whatever answers a test wants from CloudWatch Logs, a token service (STS), and the agent
// that gives containers their credentials. Notes who asked for what.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';

export interface Asked {
  /** `FilterLogEvents`, `AssumeRole`, `AssumeRoleWithWebIdentity`, `credentials`. */
  readonly action: string;
  /** Access key that signed it. */
  readonly key: string | undefined;
  /** Of the agent's client. */
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  /** JSON, or the text itself, or a stream of it. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StandIn {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Those who asked who they are. */
  readonly callers: readonly Asked[];
  close(): Promise<void>;
}

const CALLER =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/audit/s</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';

type Answering = (asked: Asked, count: number) => Answer | Promise<Answer>;

export async function startStandIn(answering: Answering): Promise<StandIn> {
  const asked: Asked[] = [];
  const callers: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const now = toAsked(request, body);
    // Who the caller is, is asked beside everything else, once.
    if (now.action === 'GetCallerIdentity') {
      callers.push(now);
      response.writeHead(200, { 'content-type': 'text/xml' }).end(CALLER);
      return;
    }
    asked.push(now);
    const count = asked.filter(({ action }) => action === now.action).length;
    const { status = 200, body: answer, headers = {} } = await answering(now, count);
    if (answer instanceof Readable) {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers });
      pipeline(answer, response, () => {});
      return;
    }
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    callers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toAsked(request: IncomingMessage, body: string): Asked {
  const { authorization } = request.headers;
  const action =
    request.method === 'GET'
      ? 'credentials'
      : (/\.(\w+)$/.exec(String(request.headers['x-amz-target'] ?? ''))?.[1] ??
        new URLSearchParams(body).get('Action') ??
        '');
  return { action, key: /Credential=([^/]+)\//.exec(authorization ?? '')?.[1], authorization, body };
}

/** An answer of the token service: credentials with this access key, for so many seconds. */
export function roleCredentials(action: string, key: string, seconds = 3600): Answer {
  const expiration = new Date(Date.now() + seconds * 1000).toISOString();
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials></${action}Result></${action}Response>`,
  };
}

/** A refusal of the token service. */
export function roleFault(code: string, message: string, status = 403): Answer {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

/** An answer of the containers' agent. */
export function agentCredentials(key: string, seconds = 3600): Answer {
  const Expiration = new Date(Date.now() + seconds * 1000).toISOString();
  return {
    headers: { 'content-type': 'application/json' },
    body: { AccessKeyId: key, SecretAccessKey: 's', Token: 't', Expiration },
  };
}

/** A refusal of CloudWatch Logs. */
export function logsFault(type: string, message: string, status = 400): Answer {
  return { status, body: { __type: type, message } };
}
