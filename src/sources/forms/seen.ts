// What was seen in a file: in which forms its events came, and what was no audit event. Both are counted by name.

import type { ByteString } from '../../bytes.js';
import { createTally, type Tally } from '../../tally.js';

export interface Seen {
  /** A text with events. */
  form(name: ByteString): void;
  /** Something that is no audit event, and its text. */
  other(what: ByteString, text: ByteString): void;
  /** Texts with events, by form. */
  readonly forms: Pick<Tally<ByteString>, 'total' | 'entries'>;
  /** By what they are. */
  readonly others: Pick<Tally<ByteString>, 'total' | 'entries'>;
  /** How the first of the others begins. */
  beginning(): ByteString | undefined;
}

/** Names come from files, too; there are no more than that. */
const MOST_NAMES = 20;
const SHOWN = 60;

export function createSeen(): Seen {
  const forms = createTally<ByteString>();
  const others = createTally<ByteString>();
  const names = new Set<ByteString>();
  let beginning: ByteString | undefined;
  return {
    form: (name) => forms.add(name),
    other(what, text) {
      if (names.size < MOST_NAMES) names.add(what);
      others.add(names.has(what) ? what : 'other things');
      beginning ??= shown(text);
    },
    forms,
    others,
    beginning: () => beginning,
  };
}

/** In one line, also of a value that goes over many. */
function shown(text: ByteString): ByteString {
  const line = text.slice(0, 4 * SHOWN).replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
}
