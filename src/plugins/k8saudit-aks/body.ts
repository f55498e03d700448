// The body of an Event Hubs event → the audit events in its records (spec: plugins.md §5).

import { isMixedList, NO_AUDIT_EVENT } from '../audit-log.js';
import { decodeStruct, type GoObject, type GoStruct, type GoValue } from '../go-struct.js';
import type { DecodedEvent, Refuse } from '../plugin.js';

const BODY: GoStruct = {
  members: {
    records: {
      of: {
        members: { properties: { members: { log: 'string' } }, category: 'string', resourceId: 'string' },
      },
    },
  },
};

/** Errors: SyntaxError, where the body is no JSON object; Falco's plugin reads nothing more of the partition then. */
export function* decodeBody(body: string, refuse: Refuse): Iterable<DecodedEvent> {
  const { records } = decodeStruct(body, BODY);
  for (const record of (records ?? []) as readonly GoObject[]) {
    const log = (record['properties'] as GoObject | undefined)?.['log'];
    const clusterName = clusterOf(record['resourceId']);
    if (typeof log !== 'string' || !isJson(log)) refuse('not_json', noAudit(record['category'], log));
    else if (isMixedList(log)) refuse('not_an_event', NO_AUDIT_EVENT);
    else yield { text: log, ...(clusterName !== undefined && { clusterName }) };
  }
}

// Other categories of logs in the hub are texts; and Azure cuts long ones.
function noAudit(category: GoValue | undefined, log: GoValue | undefined): string {
  const of = typeof category === 'string' && category !== '' ? ` of category ${category}` : '';
  return `a record${of} holds ${log === undefined ? 'no log' : 'no JSON (an event that was cut off, or another log)'}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `/SUBSCRIPTIONS/…/MANAGEDCLUSTERS/C1` → `C1`. */
function clusterOf(resource: GoValue | undefined): string | undefined {
  return typeof resource === 'string' ? /\/managedclusters\/([^/]+)/i.exec(resource)?.[1] : undefined;
}
