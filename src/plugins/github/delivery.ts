// A delivery: what a request of GitHub's brings. In: kind, type of body, body; and what was looked up for it. Out: the text of
// the event, as Falco's plugin writes it (spec: plugins.md §3.3).

import { goObject, type RawMembers } from '../go-json.js';
import type { DecodedEvent } from '../plugin.js';

export interface Delivery {
  /** X-GitHub-Event. */
  readonly type: string;
  readonly contentType: string;
  readonly body: string;
  /** Members that were looked up, JSON texts. */
  readonly found?: RawMembers;
}

export type Members = Readonly<Record<string, unknown>>;

/** Errors: TypeError, SyntaxError. */
export function readDelivery(text: string): Delivery {
  const delivery = JSON.parse(text) as Partial<Delivery> | null;
  const { type, contentType, body, found } = delivery ?? {};
  if (typeof type !== 'string' || typeof contentType !== 'string' || typeof body !== 'string')
    throw new TypeError('a delivery has type, contentType and body');
  return { type, contentType, body, ...(found && { found }) };
}

/** The JSON text in the body, whichever way it was sent. Errors: TypeError. */
export function bodyText({ contentType, body }: Pick<Delivery, 'contentType' | 'body'>): string {
  const [kind] = contentType.split(';');
  switch (kind!.trim().toLowerCase()) {
    case 'application/json':
      return body;
    case 'application/x-www-form-urlencoded': {
      const payload = new URLSearchParams(body).get('payload');
      if (payload === null) throw new TypeError('the form has no payload');
      return payload;
    }
    default:
      throw new TypeError('the body is neither JSON nor a form');
  }
}

/** The payload of a delivery. Errors: SyntaxError, TypeError. */
export function payloadOf(delivery: Delivery): Members {
  const payload: unknown = JSON.parse(bodyText(delivery));
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new TypeError('the payload is no JSON object');
  return payload as Members;
}

/** The delivery that an event came from, of which it holds the kind. Errors: SyntaxError. */
export function deliveryOf(event: string): Delivery {
  const { webhook_type: type } = JSON.parse(event) as Members;
  return { type: String(type), contentType: 'application/json', body: event };
}

export function* decodeDelivery(text: string): Iterable<DecodedEvent> {
  const delivery = readDelivery(text);
  yield { text: goObject({ ...payloadOf(delivery), webhook_type: delivery.type }, delivery.found) };
}
