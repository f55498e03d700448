// The head of a request → what is wrong with it, before its body is looked at: path, token, method, types. Statuses and
// texts are those of Falco's k8saudit plugin (spec: fields-and-sources.md §3.5); 401 and 415 are ours.

import type { IncomingMessage } from 'node:http';
import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import type { Answer } from './answer.js';
import { firehoseKey } from './firehose.js';
import { shown } from './refusals.js';
import { codingOf, isKnownCoding, KNOWN_CODINGS } from './unpack.js';

export interface HeadOptions {
  readonly path: ByteString;
  /** Whether a request may come in, by its Authorization header. */
  readonly allows: (authorization: string | undefined) => boolean;
}

/** undefined: the body may come. */
export function refuseHead(request: IncomingMessage, { path, allows }: HeadOptions): Answer | undefined {
  const { method = '', url = '', headers, httpVersion } = request;
  if (headers.host === undefined && httpVersion === '1.1') return NO_HOST;
  const elsewhere = refusePath(method, url, path);
  if (elsewhere !== undefined) return elsewhere;
  const authorization = firehoseKey(request) ?? headers.authorization;
  if (!allows(authorization)) return unauthorized(authorization);
  if (method !== 'POST') return wrongMethod(method, url);
  return refuseType(headers['content-type']) ?? refuseCoding(headers['content-encoding']);
}

const NO_HOST: Answer = {
  status: 400,
  text: 'missing required Host header\n',
  headers: { Connection: 'close' },
  refusal: { reason: 'malformed_http', what: 'a request without a Host' },
};

function refusePath(method: string, url: string, wanted: ByteString): Answer | undefined {
  const [rawPath = '', query] = splitUrl(url);
  const path = posix.normalize(rawPath);
  if (!rawPath.startsWith('/')) return notFound(method, url);
  const asked = decode(path);
  const withSlash = `${asked}/` === wanted;
  if (path !== rawPath || withSlash) {
    const location = (withSlash ? `${path}/` : path) + (query === undefined ? '' : `?${query}`);
    return { status: 307, text: '', headers: { Location: location } };
  }
  const below = wanted.endsWith('/') && asked.startsWith(wanted);
  return asked === wanted || below ? undefined : notFound(method, url);
}

function notFound(method: string, url: string): Answer {
  const what = `a ${shown(method)} for '${shown(url)}'`;
  return { status: 404, text: '404 page not found\n', refusal: { reason: 'path', what } };
}

function unauthorized(authorization: string | undefined): Answer {
  const what = authorization === undefined ? 'a request without a token' : 'a request with another token';
  return {
    status: 401,
    text: 'unauthorized\n',
    headers: { 'WWW-Authenticate': 'Bearer' },
    refusal: { reason: 'token', what },
  };
}

function wrongMethod(method: string, url: string): Answer {
  return {
    status: 405,
    text: `${method} method not allowed\n`,
    headers: { Allow: 'POST' },
    refusal: { reason: 'method', what: `a ${shown(method)} for '${shown(url)}'` },
  };
}

// Falco looks for `application/json` in it; shippers that send a value a line have several names for that.
const TAKEN_TYPES = /application\/(?:json|(?:x-)?ndjson|jsonl|x-jsonlines)/i;

function refuseType(type: string | undefined): Answer | undefined {
  if (type !== undefined && TAKEN_TYPES.test(type)) return undefined;
  const what =
    type === undefined ? 'a body without a Content-Type' : `a body of Content-Type '${shown(type)}'`;
  return {
    status: 400,
    text: 'wrong Content Type\n',
    refusal: {
      reason: 'content_type',
      what: `${what} where application/json or application/x-ndjson is wanted`,
    },
  };
}

function refuseCoding(header: string | undefined): Answer | undefined {
  const coding = codingOf(header);
  if (coding === undefined || isKnownCoding(coding)) return undefined;
  const known = KNOWN_CODINGS.join(', ');
  return {
    status: 415,
    text: `Content-Encoding is none of ${known}\n`,
    headers: { 'Accept-Encoding': known },
    refusal: {
      reason: 'content_encoding',
      what: `a body of Content-Encoding '${shown(coding)}', which is none of ${known}`,
    },
  };
}

function splitUrl(url: string): readonly string[] {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const mark = path.indexOf('?');
  return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)];
}

function decode(path: string): ByteString {
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
