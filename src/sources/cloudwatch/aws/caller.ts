// Whose eyes a client reads with: one signed call of GetCallerIdentity, which needs no permission. In: credentials, region,
// where the token service is. Out: the caller's ARN, or nothing. Written out here since the SDK's client for it would be
// a package of its own for this one call.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Headers, type SigningCredentials, sign } from './signature.js';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const TYPE = 'application/x-www-form-urlencoded; charset=utf-8';
/** The answer is for a line of the log: nothing waits for it long. */
const PATIENCE_MS = 3000;
const MOST_CHARS = 65_536;

/** Where the token service of a region is; undefined where the configuration leads somewhere else and names none. */
export function tokenService(
  region: string,
  env: Readonly<Record<string, string | undefined>>,
  customEndpoint: boolean,
): string | undefined {
  const named = env['AWS_ENDPOINT_URL_STS'] || env['AWS_ENDPOINT_URL'];
  if (named) return named;
  if (customEndpoint || !/^[a-z0-9-]+$/.test(region)) return undefined;
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** @returns undefined where the service gives no answer, or another one */
export async function askCaller(
  credentials: SigningCredentials,
  region: string,
  endpoint: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = new URL(endpoint);
  if (url.pathname === '') url.pathname = '/';
  const plain: Headers = { 'content-type': TYPE, host: url.host };
  const signing = { path: url.pathname, credentials, region, service: 'sts', now: new Date() };
  const headers = sign(plain, BODY, signing);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const text = await post(url, headers, patience).catch(() => '');
  return /<Arn>(arn:[\w+=,.@:/-]{1,300})<\/Arn>/.exec(text)?.[1];
}

function post(url: URL, headers: Headers, signal: AbortSignal): Promise<string> {
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', headers, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_CHARS) request.destroy();
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
      response.on('close', () => reject(new Error('closed')));
    });
    request.on('error', reject);
    request.end(BODY);
  });
}
