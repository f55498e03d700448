// Calls without the SDK's middleware, which takes longer for a call than all else but the reading of its page. In: the request
// that the SDK sent last, and what another one asks for. Out: the answer to that, which the SDK's own HTTP client got. What differs
// from call to call is written anew: the body, its length and hash, the time, the token, the signature.

import { randomUUID } from 'node:crypto';
import type { CloudWatchLogsClient } from './sdk.js';
import { type Headers, type SigningCredentials, sha256, sign } from './signature.js';

export interface DirectCalls {
  /** Takes note of a request as the SDK sends it. */
  learn(client: CloudWatchLogsClient, request: unknown): void;
  /**
   * @returns the answer, whatever its status; undefined: nothing is known of how this client sends
   * Errors: those of the SDK's HTTP client and of its credentials.
   */
  send(
    client: CloudWatchLogsClient,
    input: object,
    signal: AbortSignal,
  ): Promise<{ readonly response: unknown } | undefined>;
}

type HttpClient = CloudWatchLogsClient['config']['requestHandler'];
type HttpRequest = Parameters<HttpClient['handle']>[0];

interface Pattern {
  readonly request: HttpRequest;
  /** Those that are the same for each call. */
  readonly headers: Headers;
  readonly region: string;
  readonly service: string;
  readonly unsigned: ReadonlySet<string>;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^,]+\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request, SignedHeaders=([^, ]+), Signature=[0-9a-f]{64}$/;
/** What is made anew for each call. */
const OWN = new Set(['authorization', 'content-length', 'x-amz-date', 'x-amz-security-token']);
const HASH = 'x-amz-content-sha256';
const INVOCATION = 'amz-sdk-invocation-id';

export function createDirectCalls(): DirectCalls {
  const patterns = new WeakMap<CloudWatchLogsClient, Pattern>();

  return {
    learn(client, request) {
      const pattern = patternOf(request as HttpRequest);
      if (pattern === undefined) patterns.delete(client);
      else patterns.set(client, pattern);
    },
    async send(client, input, signal) {
      const pattern = patterns.get(client);
      if (pattern === undefined) return undefined;
      const body = JSON.stringify(input);
      // The SDK finds out where our clock is wrong.
      const now = new Date(Date.now() + client.config.systemClockOffset);
      const headers = headersOf(pattern, body, await client.config.credentials(), now);
      const { requestHandler } = client.config;
      return requestHandler.handle({ ...pattern.request, headers, body } as HttpRequest, {
        abortSignal: signal,
      });
    },
  };
}

// @returns undefined where anything is other than the SDK writes it now
function patternOf(request: HttpRequest): Pattern | undefined {
  const { method, path, query } = request;
  const headers = request.headers as Headers;
  const [, region, service, names] = AUTHORIZATION.exec(headers['authorization'] ?? '') ?? [];
  const isPlain = method === 'POST' && path === '/' && Object.keys(query ?? {}).length === 0;
  const inLowerCase = Object.keys(headers).every((name) => name === name.toLowerCase());
  if (!isPlain || !inLowerCase || region === undefined || service === undefined) return undefined;
  const signed = new Set(names?.split(';'));
  const unsigned = new Set(Object.keys(headers).filter((name) => !signed.has(name)));
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
  return { request, headers: own, region, service, unsigned };
}

function headersOf(
  { headers, region, service, unsigned }: Pattern,
  body: string,
  credentials: SigningCredentials,
  now: Date,
): Headers {
  const own: Headers = {
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    ...(HASH in headers && { [HASH]: sha256(body) }),
    ...(INVOCATION in headers && { [INVOCATION]: randomUUID() }),
  };
  return sign(own, body, { path: '/', credentials, region, service, now }, unsigned);
}
