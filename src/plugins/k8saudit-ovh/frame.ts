// A frame of OVHcloud's log tail → the audit event in it (spec: plugins.md §7.2). The text that Falco's plugin has a template
// write, `<_appID>> <short_message>`, decides what the payload is.

import { isMixedList, NO_AUDIT_EVENT } from '../audit-log.js';
import { decodeStruct } from '../go-struct.js';
import type { DecodedEvent, Refuse } from '../plugin.js';

/** Errors: SyntaxError, for what is no frame. */
export function* decodeFrame(frame: string, refuse: Refuse): Iterable<DecodedEvent> {
  const { message } = decodeStruct(frame, { members: { message: 'string' } });
  if (typeof message !== 'string' || message === '')
    return refuse('malformed', 'Failed to unmarshal log message: unexpected end of JSON input');
  const inner: unknown = JSON.parse(message);
  if (typeof inner !== 'object' || Array.isArray(inner))
    return refuse('malformed', 'Failed to unmarshal log message: it is no JSON object');
  const { _appID, short_message } = (inner ?? {}) as Readonly<Record<string, unknown>>;
  const line = `${printed(_appID)}> ${printed(short_message)}`;
  const text = line.slice(line.indexOf('> ') + 2);
  if (isMixedList(text)) return refuse('not_an_event', NO_AUDIT_EVENT);
  yield { text };
}

/** As Go's templates print it; of objects and lists no more than that they are none of our payloads. */
function printed(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? `[${value.map(printed).join(' ')}]` : `map[${Object.keys(value).join(' ')}]`;
}
