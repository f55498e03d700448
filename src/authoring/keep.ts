// Events that last: sources lend theirs for one call (event.ts); here each gets a text and a tape of its own, so that
// whoever asks one question after the other need not scan again.

import type { Event } from '../event.js';
import { compactText, nodeBehind } from '../json/read.js';
import { createScanner } from '../prefilter/reader/fastest.js';

/** Makes copies of borrowed events: compact text, the event at its root. */
export function createKeeper(): (event: Event, num: number) => Event {
  const scanner = createScanner();
  return (event, num) => {
    const text = compactText(event.document, event.root);
    // The event stands in a text that was scanned, so its own text is well-formed.
    const scanned = scanner.scan(text)!;
    const tape = scanned.tape.slice(0, nodeBehind(scanned, 0));
    return { ...event, num, document: { ...scanned, text, tape }, root: 0 };
  };
}
