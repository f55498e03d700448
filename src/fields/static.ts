// static.*: fields of a fixed text, one for each entry of `static_fields` in the configuration.

import type { ByteString } from '../bytes.js';
import type { Field } from './field.js';

/** Makes the fields, in bytewise order of their names as Falco lists them. */
export function staticFields(entries: ReadonlyMap<ByteString, ByteString>): readonly Field[] {
  return [...entries.keys()].sort(byBytes).map((key) => {
    const value = entries.get(key);
    return {
      name: `static.${key}`,
      type: 'CHARBUF',
      isList: false,
      argument: null,
      description: '',
      suggested: true,
      bind: () => () => value,
    };
  });
}

function byBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
