// Calls after the first one, which do without the SDK's middleware: to the service they look as the SDK's own.

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogClient } from '../../../../src/sources/cloudwatch/aws/client.js';
import { sign } from '../../../../src/sources/cloudwatch/aws/signature.js';
import { ClientFault, type LogRequest } from '../../../../src/sources/cloudwatch/client-types.js';

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly names: readonly string[];
  readonly body: string;
}

let server: Server;
let url: string;
let requests: Request[] = [];
let answer: () => { readonly status: number; readonly body: string };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const names = request.rawHeaders.filter((_, i) => i % 2 === 0);
    requests.push({ headers: request.headers, names, body });
    const { status, body: text } = answer();
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);
beforeEach(() => {
  requests = [];
  answer = () => ({ status: 200, body: '{"events":[]}' });
});

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a+b/c' };

async function read(sessionToken: string | undefined, asked: readonly LogRequest[]): Promise<string[]> {
  const client = createLogClient({
    cluster: 'c',
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
      HOME: '/nonexistent',
    },
  });
  const results: string[] = [];
  for (const request of asked) {
    const page = client.read(request, new AbortController().signal);
    results.push(
      await page.then(
        ({ events, nextToken }) => `${events.length} ${nextToken}`,
        (error: unknown) => (error instanceof ClientFault ? error.kind : String(error)),
      ),
    );
  }
  client.close();
  return results;
}

// The signature of what arrived, made anew.
function signatureOf({ headers, body }: Request, sessionToken: string | undefined): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization!)![1]!.split(';');
  const time = /^(....)(..)(..T..)(..)(..)Z$/.exec(String(headers['x-amz-date']))!.slice(1);
  const now = new Date(`${time.slice(0, 3).join('-')}:${time.slice(3).join(':')}Z`);
  const plain = Object.fromEntries(signed.map((name) => [name, String(headers[name])]));
  const credentials = { ...CREDENTIALS, sessionToken };
  return sign(plain, body, { path: '/', credentials, region: 'eu-west-1', service: 'logs', now })[
    'authorization'
  ]!;
}

it.each([undefined, 'a/session+token=='])(
  'have the headers that the SDK writes, and its signature (session token: %s)',
  async (token) => {
    const asked = [{ startTime: 5 }, { startTime: 6, endTime: 7 }, { startTime: 6, nextToken: 'ä"\\/' }];
    expect(await read(token, asked)).toEqual(Array(3).fill('0 undefined'));
    const [first, ...others] = requests as [Request, ...Request[]];
    // That of the SDK itself, so that ours is held against it.
    for (const request of requests) expect(request.headers.authorization).toBe(signatureOf(request, token));
    for (const { names, headers } of others) {
      expect([...names].sort()).toEqual([...first.names].sort());
      expect(headers['user-agent']).toBe(first.headers['user-agent']);
      expect(headers['x-amz-target']).toBe('Logs_20140328.FilterLogEvents');
    }
    expect(new Set(requests.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(3);
    const group = { logGroupName: '/aws/eks/c/cluster', logStreamNamePrefix: 'kube-apiserver-audit' };
    expect(requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      asked.map((each) => ({ ...group, ...each })),
    );
  },
);

it('are read by the SDK where they are refused, or answered in another form', async () => {
  const answers = [
    { status: 200, body: '{"events":[]}' },
    { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' },
    { status: 400, body: '{"__type":"InvalidParameterException","message":"The token is invalid"}' },
    { status: 200, body: '{ "events": [ {"message": "m", "timestamp": 5} ], "nextToken": "t" }' },
    { status: 503, body: '<html>' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{"events":[],"nextToken":"u"}' },
  ];
  let count = 0;
  answer = () => answers[count++]!;
  const results = await read(undefined, Array(answers.length).fill({ startTime: 5 }) as LogRequest[]);
  expect(results).toEqual(['0 undefined', 'throttled', 'token', '1 t', 'transient', 'transient', '0 u']);
  // Each was asked once.
  expect(requests).toHaveLength(answers.length);
});
