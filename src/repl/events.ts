// The events of a session: payload texts, one audit event each, and what they are called.

import type { Workspace } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { compactText } from '../json/read.js';

export interface EventStore {
  readonly size: number;
  /** Adds every event of a text: lines, lists, arrays. @returns how many, and what was no event */
  add(text: ByteString): { readonly added: number; readonly faults: readonly string[] };
  clear(): void;
  text(index: number): ByteString;
  /** Calls `use` with the event; what is borrowed ends with the call. */
  read(index: number, use: (event: Event) => void): void;
  each(use: (event: Event, index: number) => void): void;
}

export function createEventStore(workspace: () => Workspace): EventStore {
  const texts: ByteString[] = [];

  function read(index: number, use: (event: Event) => void): void {
    const text = texts[index];
    // What was added was an event, so there is nothing to report.
    if (text !== undefined) workspace().readEvents(text, use, () => undefined);
  }

  return {
    get size() {
      return texts.length;
    },
    add(text) {
      const before = texts.length;
      const faults: string[] = [];
      for (const line of payloads(text)) {
        workspace().readEvents(
          line,
          ({ document, root }) => texts.push(compactText(document, root)),
          (fault) => faults.push(fault),
        );
      }
      return { added: texts.length - before, faults };
    },
    clear: () => {
      texts.length = 0;
    },
    text: (index) => texts[index] ?? '',
    read,
    each(use) {
      for (let index = 0; index < texts.length; index++) read(index, (event) => use(event, index));
    },
  };
}

// A pretty-printed document is one payload; otherwise each line is.
function payloads(text: ByteString): ByteString[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && /^\s*[[{]\s*$/.test(lines[0]!) ? [text] : lines;
}
