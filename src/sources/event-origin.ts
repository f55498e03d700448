// What all events of one opened source have in common (event.ts), and who has to see them.

import type { Event, Origin } from '../event.js';
import type { JsonDocument } from '../json/document.js';

/** What events have in common, and who sees each of them in order before it is evaluated. */
export interface EventOrigin extends Origin {
  readonly see?: ((event: Event) => void) | undefined;
  /** Which events it has to see, by the text at a pointer. If left out: all of them. */
  readonly touches?:
    | {
        readonly at: string;
        /** Pointers to all texts that `see` reads, if that is known. */
        readonly reads: readonly string[] | undefined;
        holds(document: JsonDocument, root: number): boolean;
      }
    | undefined;
}
