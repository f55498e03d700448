// http output: one POST an alert, on a connection that is used again (spec: cli-and-config.md §3.8). Built on node:http
// and node:https rather than a client package: the request's head must be exactly Falco's, and these send no header
// that they were not given. Errors are worded as libcurl does, since people search for those texts.

import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import { type Output, OutputError } from '../output.js';
import type { HttpSettings } from '../settings.js';
import type { StandardOutput } from '../standard-output.js';
import { fault } from './curl-errors.js';
import { type Answer, callFailure, statusFailure } from './failures.js';
import { proxyAuthorization, proxyFor, tunnelAgent } from './proxy.js';
import { readTlsFiles } from './tls.js';
import { hostOf, parseUrl, portOf } from './url.js';

export interface HttpContext {
  /** `json_output`: decides the Content-Type. */
  readonly json: boolean;
  /** Where `echo` copies the answers' bodies. */
  readonly standardOutput: StandardOutput;
  /** Variables that name proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long a connection may stay silent, milliseconds; libcurl's 300 s for connecting if not given. */
  readonly timeoutMs?: number | undefined;
  /** Time-outs that are tried again at once, as Falco does; `max_consecutive_timeouts` if not given. */
  readonly timeouts?: number | undefined;
}

const TIMEOUT_MS = 300_000;
const PROBE_AFTER_MS = 60_000;
const TIMED_OUT = 'ETIMEDOUT';

/**
 * Posts alerts; redirects are not followed. An alert is delivered when the answer says so (2xx). Of failures only
 * time-outs are tried again here; the others are a matter of patient.ts.
 */
export function createHttpOutput(options: HttpSettings, context: HttpContext): Output {
  let target: Target | undefined;
  let running: ClientRequest | undefined;
  let given = false;

  async function post(body: Buffer): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      try {
        target ??= createTarget(options, context);
        return await send(target, body);
      } catch (error) {
        const most = context.timeouts ?? options.maxConsecutiveTimeouts;
        if (codeOf(error) !== TIMED_OUT || attempt >= most || given) throw error;
      }
    }
  }

  async function send(to: Target, body: Buffer, fresh = false): Promise<Answer> {
    const call = to.open(body.length);
    running = call;
    try {
      return await exchange(call, body, options, context);
    } catch (error) {
      // A server may close a connection just as it is used again; a new one then gets its chance.
      if (!fresh && call.reusedSocket && codeOf(error) !== TIMED_OUT) return send(to, body, true);
      throw error;
    } finally {
      running = undefined;
    }
  }

  return {
    name: 'http',
    async write(messages) {
      for (const [done, message] of messages.entries()) {
        const failure = await post(Buffer.from(message.line, 'latin1')).then(statusFailure, callFailure);
        if (failure === undefined) continue;
        const { text, ...why } = failure;
        throw new OutputError(text, { ...why, undelivered: messages.slice(done) });
      }
    },
    abandon() {
      given = true;
      running?.destroy();
    },
    async close() {
      target?.close();
    },
  };
}

interface Target {
  open(length: number): ClientRequest;
  close(): void;
}

// Errors: Error with a code of curl-errors.ts, where URL or files are no good.
function createTarget(options: HttpSettings, context: HttpContext): Target {
  const url = parseUrl(options.url);
  const secure = url.protocol === 'https:';
  const proxy = proxyFor(url, context.env);
  const settings = { keepAlive: true, maxSockets: 1 };
  const tls = secure ? { ...settings, ...readTlsFiles(options) } : undefined;
  const agent =
    tls === undefined
      ? new Agent(settings)
      : proxy === undefined
        ? new TlsAgent(tls)
        : tunnelAgent(proxy, tls);
  const absolute = proxy !== undefined && !secure;
  const common = {
    method: 'POST',
    agent,
    host: hostOf(absolute ? proxy : url),
    port: portOf(absolute ? proxy : url),
    path: absolute ? `${url.origin}${url.pathname}${url.search}` : url.pathname + url.search,
    servername: secure && !/^[\d.]+$|:/.test(hostOf(url)) ? hostOf(url) : undefined,
    setHost: false,
  };
  const headers = fixedHeaders(url, options, context, absolute ? proxy : undefined);
  return {
    open(length) {
      const all = { ...headers, 'Content-Length': String(length) };
      const call = secure
        ? httpsRequest({ ...common, servername: common.servername ?? '', headers: all })
        : httpRequest({ ...common, headers: all });
      // Node would say "Connection: keep-alive"; HTTP/1.1 means that anyway, and Falco does not say it.
      if (!options.compressUploads) call.removeHeader('Connection');
      return call;
    },
    close: () => agent.destroy(),
  };
}

function fixedHeaders(
  url: URL,
  options: HttpSettings,
  context: HttpContext,
  proxy: URL | undefined,
): Record<string, string> {
  const authorization =
    url.username === ''
      ? {}
      : {
          Authorization: `Basic ${Buffer.from(
            `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
          ).toString('base64')}`,
        };
  return {
    Host: url.host,
    ...(proxy === undefined ? {} : proxyAuthorization(proxy)),
    ...authorization,
    'User-Agent': options.userAgent,
    Accept: '*/*',
    ...(options.compressUploads ? { Connection: 'TE', TE: 'gzip' } : {}),
    ...(proxy === undefined ? {} : { 'Proxy-Connection': 'Keep-Alive' }),
    'Content-Type': context.json ? 'application/json' : 'text/plain',
  };
}

// One request and its whole answer.
function exchange(
  call: ClientRequest,
  body: Buffer,
  options: HttpSettings,
  context: HttpContext,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('socket', (socket) => socket.setKeepAlive(options.keepAlive, PROBE_AFTER_MS));
    call.setTimeout(context.timeoutMs ?? TIMEOUT_MS, () => call.destroy(fault(TIMED_OUT)));
    call.on('response', (response: IncomingMessage) => {
      const { statusCode: status = 0, statusMessage: reason = '', headers } = response;
      const answer = { status, reason, retryAfter: headers['retry-after'] };
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        if (options.echo) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const echoed = options.echo
          ? context.standardOutput.write(Buffer.concat(chunks).toString('latin1'))
          : Promise.resolve();
        const done = (): void => resolve(answer);
        echoed.then(done, done);
      });
    });
    call.end(body);
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
