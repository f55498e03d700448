// AWS Signature Version 4 of a POST without a query. In: headers, body, credentials, what is signed for. Out: the headers
// with the signature.

import { createHash, createHmac } from 'node:crypto';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signing {
  readonly path: string;
  readonly credentials: SigningCredentials;
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/**
 * @param unsigned names of headers that are sent and not signed
 * @returns the headers with time, token and signature
 */
export function sign(
  headers: Headers,
  body: string,
  { path, credentials, region, service, now }: Signing,
  unsigned: ReadonlySet<string> = new Set(),
): Headers {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const sent: Headers = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(sent)
    .filter((name) => !unsigned.has(name))
    .sort();
  const canonical = [
    'POST',
    path,
    '',
    ...names.map((name) => `${name}:${sent[name]!.trim().replace(/\s+/g, ' ')}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKey(secretAccessKey, scope), toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, authorization };
}

// It is the same for a day.
let known: { readonly secret: string; readonly scope: string; readonly key: Buffer } | undefined;

function signingKey(secret: string, scope: string): Buffer {
  if (known?.secret === secret && known.scope === scope) return known.key;
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  known = { secret, scope, key };
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
