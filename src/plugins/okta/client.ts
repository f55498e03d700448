// Okta's System Log API: a page of entries, and where the next one is. In: address and credentials. Errors are one line, and
// hold neither token nor key.

import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';

export interface OktaAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly clientId: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly keyId: string | undefined;
}

export interface OktaPage {
  readonly entries: readonly unknown[];
  /** Address of what comes behind it. */
  readonly next: string | undefined;
}

/** Trouble with the service. */
export class OktaError extends SourceError {
  readonly status: number;
  /** Milliseconds that the service asks to be left alone. */
  readonly pause: number;

  constructor(message: string, status: number, pause: number, cause?: unknown) {
    super(message, { retryable: status !== 401 && status !== 403, cause });
    this.status = status;
    this.pause = pause;
  }
}

const ANSWER_MS = 60_000;

/** Reads one page. Errors: OktaError. */
export type ReadPage = (address: string, signal: AbortSignal) => Promise<OktaPage>;

export function createOktaClient(access: OktaAccess, now: () => number = Date.now): ReadPage {
  let bearer: { readonly token: string; readonly until: number } | undefined;

  async function authorization(signal: AbortSignal): Promise<string> {
    if (access.clientId === undefined) return `SSWS ${access.token ?? ''}`;
    if (bearer === undefined || bearer.until <= now()) bearer = await fetchToken(access, now, signal);
    return `Bearer ${bearer.token}`;
  }

  async function askForPage(address: string, signal: AbortSignal): Promise<Response> {
    const headers = {
      accept: 'application/json',
      'user-agent': 'tsfalco',
      authorization: await authorization(signal),
    };
    return ask(address, { headers, redirect: 'error' }, signal);
  }

  return async (address, signal) => {
    const known = bearer;
    let response = await askForPage(address, signal);
    if (response.status === 401) {
      bearer = undefined;
      // It was taken back before its time: with another one it goes on.
      if (known !== undefined) response = await askForPage(address, signal);
    }
    if (!response.ok) throw refusal(response, now());
    const entries = await json(response);
    if (!Array.isArray(entries)) throw new OktaError('the answer is no list of entries', response.status, 0);
    return { entries, next: nextOf(response.headers.get('link'), access.url) };
  };
}

async function ask(address: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, {
      ...init,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
  } catch (error) {
    throw new OktaError(`no answer: ${faultText(error)}`, 0, 0, error);
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new OktaError(`the answer cannot be read: ${faultText(error)}`, response.status, 0, error);
  }
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'the place in the log is not known any more',
  401: 'the credentials are refused: the token is wrong, expired or revoked',
  403: 'the credentials may not read the System Log: an administrator role or the scope okta.logs.read is needed',
  404: 'there is no System Log at this address',
  429: 'too many calls',
};

function refusal({ status, headers }: Response, now: number): OktaError {
  const reset = Number(headers.get('x-rate-limit-reset') ?? 0) * 1000 - now;
  const pause = status === 429 ? Math.min(Math.max(reset, 1000), 300_000) : 0;
  return new OktaError(`${MEANINGS[status] ?? 'the service is in trouble'} (${status})`, status, pause);
}

/** Only within the organization: the credentials go with it. */
function nextOf(link: string | null, url: string): string | undefined {
  const address = /<([^>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  return address !== undefined && new URL(address, url).origin === new URL(url).origin ? address : undefined;
}

const LIFE_SECONDS = 300;

/** Errors: OktaError. */
async function fetchToken(access: OktaAccess, now: () => number, signal: AbortSignal) {
  const address = `${access.url}/oauth2/v1/token`;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'okta.logs.read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion(access, address, Math.floor(now() / 1000)),
  });
  const response = await ask(address, { method: 'POST', body, redirect: 'error' }, signal);
  if (!response.ok) {
    const { status } = response;
    const why = await errorCode(response);
    const advice = why === 'invalid_dpop_proof' ? '; switch "Require DPoP" off for this client, at Okta' : '';
    const text = `no access token is given (${[status, why].filter(Boolean).join(': ')})${advice}`;
    throw new OktaError(text, status === 400 ? 401 : status, 0);
  }
  const { access_token: token, expires_in: life = 3600 } = (await json(response)) as {
    readonly access_token?: string;
    readonly expires_in?: number;
  };
  if (token === undefined) throw new OktaError('the answer holds no access token', 0, 0);
  return { token, until: now() + (life - 60) * 1000 };
}

/** OAuth's word for what is wrong, if the answer has one. */
async function errorCode(response: Response): Promise<string | undefined> {
  const { error } = (await response.json().catch(() => ({}))) as { readonly error?: unknown };
  return typeof error === 'string' && /^\w{1,40}$/.test(error) ? error : undefined;
}

function assertion(
  { clientId, privateKeyFile, keyId }: OktaAccess,
  audience: string,
  seconds: number,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: seconds,
    exp: seconds + LIFE_SECONDS,
    jti: crypto.randomUUID(),
  };
  const text = `${part({ alg: 'RS256', ...(keyId !== undefined && { kid: keyId }) })}.${part(claims)}`;
  try {
    const key = createPrivateKey(readFileSync(privateKeyFile ?? '', 'utf8'));
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
  } catch (error) {
    throw new OktaError(`private_key_file cannot be used: ${faultText(error)}`, 401, 0, error);
  }
}
