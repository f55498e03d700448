// What the tests of fields share: fragments of events in, values of fields out.

import { fromBytes, toBytes } from '../../src/bytes.js';
import type { Event } from '../../src/event.js';
import type { FieldTable, Value } from '../../src/fields/field.js';
import { createFieldTable, type FieldTableOptions } from '../../src/plugins/field-table.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';

/** An event that holds `text` (JSON), scanned into a tape of its own. */
export function eventOf(text: string, more: Partial<Event> = {}): Event {
  const document = createScanner().scan(toBytes(text));
  if (document === undefined) throw new Error(`no JSON: ${text}`);
  return {
    source: 'k8s_audit',
    plugin: 'k8saudit',
    num: 1,
    seconds: 0,
    nanos: 0,
    document,
    root: 0,
    ...more,
  };
}

/** The fragment of an object as an audit event: `"verb":"get"` → `{"auditID":"a","verb":"get"}`. */
export function auditEvent(fragment: string): Event {
  return eventOf(`{"auditID":"a"${fragment === '' ? '' : `,${fragment}`}}`);
}

/** Value of a field as text, decoded from bytes. */
export function fieldValue(table: FieldTable, spelled: string, event: Event): unknown {
  const bound = table.lookup(toBytes(spelled));
  if ('error' in bound) throw new Error(bound.error);
  return decoded(bound.extract(event));
}

function decoded(value: Value | undefined): unknown {
  if (typeof value === 'string') return fromBytes(value);
  return typeof value === 'object' ? value.map(fromBytes) : value;
}

/** Reads fields of audit events given as fragments. */
export function reader(options: FieldTableOptions = {}): (fragment: string, spelled: string) => unknown {
  const table = createFieldTable('k8s_audit', options);
  return (fragment, spelled) => fieldValue(table, spelled, auditEvent(fragment));
}
