// Event sources side by side: which one a session asks, and which one a field or a condition is about.

import type { ByteString } from '../bytes.js';
import type { BoundField } from '../fields/field.js';
import { suggest } from '../suggest.js';
import type { ReplState } from './state.js';
import { plural } from './words.js';

/** The source that is asked, then those that events are of, then the others. */
export function nearSources({ workspace, source, events }: ReplState): readonly string[] {
  const { names } = workspace.sources;
  const loaded = names.filter((name) => events.of(name).length > 0);
  return [...new Set([source, ...loaded, ...names])];
}

/** Sources that completion and hints know: the one that is asked, and those that events are of. */
export function knownSources(state: ReplState): readonly string[] {
  return nearSources(state).filter((name) => name === state.source || state.events.of(name).length > 0);
}

export interface FoundField {
  readonly field: BoundField;
  readonly source: string;
}

/** A field of the source that is asked, or of another one that has events. */
export function fieldOf(state: ReplState, spelled: ByteString): FoundField | undefined {
  for (const source of knownSources(state)) {
    const field = state.workspace.sources.table(source)!.lookup(spelled);
    if (!('error' in field)) return { field, source };
  }
  return undefined;
}

/** `4 events`; `4 events of okta` where there are others. */
export function eventsText({ events }: ReplState, source: string, count = events.of(source).length): string {
  const all = plural(count, 'event');
  return events.of(source).length === events.all.length ? all : `${all} of ${source}`;
}

/** Asks the source that events are of, as long as nobody has chosen another one. */
export function settleSource(state: ReplState): void {
  if (state.isChosen || state.events.of(state.source).length > 0) return;
  const [first] = state.events.all;
  if (first !== undefined) state.source = first.source;
}

/** `source`: those that there are; `source NAME`: asks that one from now on. */
export function chooseSource(state: ReplState, name: ByteString): ByteString {
  const { names } = state.workspace.sources;
  if (name === '') {
    const widest = Math.max(...names.map(({ length }) => length));
    return names
      .map((each) => {
        const mark = each === state.source ? '*' : ' ';
        return `${mark} ${each.padEnd(widest)}  ${plural(state.events.of(each).length, 'event')}`;
      })
      .join('\n');
  }
  if (!names.includes(name)) {
    const near = suggest(name, names);
    return `there is no event source ${name}${near === undefined ? `; there are: ${names.join(', ')}` : `\nDid you mean ${near}?`}`;
  }
  state.source = name;
  state.isChosen = true;
  return `asking ${plural(state.events.of(name).length, 'event')} of ${name}`;
}
