// ka.uri.param: one query parameter of the request's URI, by the URL rules of Go, which the API server is written
// in (spec: fields-and-sources.md §1.6). A URI that Go refuses has no parameters. Unlike in Falco, a bad pair of the
// query hides only itself (D7): the API server ignores it too, so it must not hide `command=` from the rules.

import type { ByteString } from '../bytes.js';
import { NO_NODE } from '../json/document.js';
import { valueText } from '../json/read.js';
import { type Nodes, untilNul } from './nodes.js';
import { keyed, type Shape } from './shape.js';

export function uriParameter(nodes: Nodes): Shape {
  const path = nodes.path(nodes.audit, ['requestURI']);
  return keyed((name) => (event) => {
    const node = nodes.find(event, path);
    const value = node === NO_NODE ? undefined : queryParameter(valueText(event.document, node), name);
    return value === undefined ? undefined : untilNul(value);
  });
}

/** First value of the query parameter `name`; undefined if there is none or the URI is none. Names are decoded before they are compared. */
export function queryParameter(uri: ByteString, name: ByteString): ByteString | undefined {
  // Most URIs have no query; whether they are well-formed then makes no difference.
  if (!uri.includes('?')) return undefined;
  const query = queryOf(uri);
  for (const pair of query === undefined ? [] : query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (key === name && value !== undefined) return value;
  }
  return undefined;
}

const CONTROL = /[\x00-\x1f\x7f]/;
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;

// The query of a well-formed URI; undefined if it is not well-formed.
function queryOf(uri: ByteString): ByteString | undefined {
  const [head, fragment] = cut(uri, '#');
  if (CONTROL.test(head) || head.startsWith(':') || !wellEscaped(fragment)) return undefined;
  const scheme = SCHEME.exec(head)?.[0] ?? '';
  const [place, query] = cut(head.slice(scheme.length), '?');
  if (!place.startsWith('/')) {
    // With a scheme the rest is opaque and nothing in it is checked.
    if (scheme !== '') return query;
    // Without one, a colon before the first slash would have to end a scheme.
    if (cut(place, '/')[0].includes(':')) return undefined;
  }
  let path = place;
  if (place.startsWith('//') && (scheme !== '' || !place.startsWith('///'))) {
    const slash = place.indexOf('/', 2);
    const authority = place.slice(2, slash < 0 ? undefined : slash);
    if (!isAuthority(authority)) return undefined;
    path = place.slice(2 + authority.length);
  }
  return wellEscaped(path) ? query : undefined;
}

const USER_INFO = /^[a-zA-Z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(:[0-9]*)?$/;
// What may stand in a host: not escaped, or escaped although it is not ASCII (or is the percent sign itself).
const HOST = /^([a-zA-Z0-9\-._~!$&'()*+,;=:[\]<>"\x80-\xff]|%25|%[89a-fA-F][0-9a-fA-F])*$/;
// In an IPv6 zone also what the host could hold unescaped, and the blank.
const ZONE = /^([a-zA-Z0-9\-._~!$&'()*+,;=:[\]<>"\x80-\xff]|%[0-9a-fA-F]{2})*$/;

// [user info @] host [: port]
function isAuthority(authority: ByteString): boolean {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!USER_INFO.test(user) || !wellEscaped(user)) return false;
  }
  if (!host.startsWith('[')) {
    const colon = host.lastIndexOf(':');
    return PORT.test(colon < 0 ? '' : host.slice(colon)) && HOST.test(host);
  }
  const bracket = host.lastIndexOf(']');
  if (bracket < 0 || !PORT.test(host.slice(bracket + 1))) return false;
  const zone = host.slice(0, bracket).indexOf('%25');
  if (zone < 0) return HOST.test(host);
  return (
    HOST.test(host.slice(0, zone)) && zoneHolds(host.slice(zone, bracket)) && HOST.test(host.slice(bracket))
  );
}

function zoneHolds(zone: ByteString): boolean {
  if (!ZONE.test(zone)) return false;
  for (const [triplet] of zone.matchAll(/%[0-9a-fA-F]{2}/g)) {
    const byte = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    if (triplet !== '%25' && byte !== ' ' && !HOST.test(byte)) return false;
  }
  return true;
}

function cut(text: ByteString, separator: string): readonly [ByteString, ByteString] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const ESCAPE = /%([0-9a-fA-F]{2})/g;

function wellEscaped(text: ByteString): boolean {
  return !BAD_ESCAPE.test(text);
}

// Bytes of a key or value of a query; undefined if an escape is broken.
function decode(text: ByteString): ByteString | undefined {
  if (!wellEscaped(text)) return undefined;
  const spaced = text.replaceAll('+', ' ');
  return spaced.includes('%')
    ? spaced.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : spaced;
}
