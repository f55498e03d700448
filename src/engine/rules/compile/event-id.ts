// What tells one event from others of its time: its audit id; for events without one, a number of its text.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { BoundField, FieldTable } from '../../../fields/field.js';
import { digestOf } from '../../correlation/identity.js';

/** Fields with the id that a service gave to an event. */
const ID_FIELDS = ['ka.auditid', 'ct.id'];
const TEXT_FIELD = 'evt.plugininfo';

/** Reads an event's id. Total. */
export function eventIdOf(table: FieldTable): (event: Event) => ByteString {
  const fields = ID_FIELDS.flatMap((name) => bound(table, name));
  const [text] = bound(table, TEXT_FIELD);
  return (event) => {
    for (const { extract } of fields) {
      const id = extract(event);
      if (typeof id === 'string' && id !== '') return id;
    }
    return digestOf(String(text?.extract(event) ?? ''));
  };
}

function bound(table: FieldTable, name: string): readonly BoundField[] {
  const found = table.lookup(name);
  return 'error' in found ? [] : [found];
}
