// Queries: a condition, a field or a template, asked of all events.

import { type Compiled, compileInput } from '../authoring/compile-input.js';
import type { ByteString } from '../bytes.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { printable } from '../printable.js';
import { suggest } from '../suggest.js';
import { COMMANDS } from './help.js';
import { eachEvent, type Print } from './slices.js';
import { eventsText, type FoundField, fieldOf, knownSources, nearSources } from './sources.js';
import { fieldNames, type ReplState, reopen } from './state.js';
import { summaries } from './summary.js';
import { columns, plural, shown } from './words.js';

/** How many lines an answer shows of what it found. */
export const SHOWN = 5;
const SHOWN_VALUES = 20;
// The engine keeps every condition that it compiled; so many keystrokes are worth starting anew.
const MOST_TRIED = 2000;

export function more(state: ReplState, count: number): ByteString[] {
  return count > 0 ? [state.options.style.dim(`  and ${count} more`)] : [];
}

/** A compiled condition and template, or what to print about its fault. */
export function compile(
  state: ReplState,
  text: ByteString,
  output: ByteString = 'x',
): LoadedRule | ByteString {
  const compiled = compileNear(state, text, output);
  if (compiled.ok) {
    state.source = compiled.rule.info.source;
    return compiled.rule;
  }
  return compileFault(state, text, output, compiled);
}

function compileFault(
  state: ReplState,
  text: ByteString,
  output: ByteString,
  compiled: Compiled & { readonly ok: false },
): ByteString {
  const wrong = output.match(/%[\w.]+/g)?.find((field) => fieldOf(state, field.slice(1)) === undefined);
  if (wrong !== undefined && compiled.inOutput) return unknownName(state, 'field', wrong.slice(1));
  const caret = compiled.column > 0 ? `\n${pointedAt(text, compiled.column - 1)}` : '';
  const hint = compiled.suggestion === undefined ? '' : `\nDid you mean ${compiled.suggestion}?`;
  return `${compiled.message}${caret}${hint}`;
}

const EXCERPT = 100;

/** The text and a caret below a place in it; of a long text the part around it. */
function pointedAt(text: ByteString, at: number): ByteString {
  const from = text.length <= EXCERPT ? 0 : Math.max(0, Math.min(at - EXCERPT / 2, text.length - EXCERPT));
  const part = text.slice(from, from + EXCERPT);
  const lead = from > 0 ? '... ' : '';
  const tail = from + EXCERPT < text.length ? ' ...' : '';
  return `  ${lead}${part}${tail}\n  ${' '.repeat(lead.length + columns(text.slice(from, at)))}^`;
}

function tryCompile(state: ReplState, text: ByteString, output: ByteString, source: string): Compiled {
  if (state.tried++ > MOST_TRIED) reopen(state, state.files, state.additions);
  return compileInput(state.workspace, text, output, source);
}

/** Compiles for the source that is asked, or for the nearest one whose fields these are. */
export function compileNear(
  state: ReplState,
  text: ByteString,
  output: ByteString,
  sources = nearSources(state),
): Compiled {
  const [first = state.source, ...others] = sources;
  const compiled = tryCompile(state, text, output, first);
  if (compiled.ok) return compiled;
  for (const source of others) {
    const other = tryCompile(state, text, output, source);
    if (other.ok) return other;
  }
  return compiled;
}

/** The first events that meet the condition, and how many do. */
export async function runCondition(state: ReplState, text: ByteString, print: Print): Promise<ByteString> {
  const rule = compile(state, text);
  if (typeof rule === 'string') return rule;
  state.last = rule;
  state.flips = [];
  const { scope, predicate } = rule.compiled;
  const first: Event[] = [];
  let count = 0;
  let printed = 0;
  const rows = (): readonly ByteString[] => summaries(state, first.slice(printed));
  const { source } = rule.info;
  const { spent, seen } = await eachEvent(
    state,
    state.events.of(source),
    (event) => {
      scope.begin(event);
      if (predicate(event) && count++ < SHOWN) first.push(event);
    },
    async () => {
      if (print === undefined || first.length === printed) return;
      await print(rows().join('\n'));
      printed = first.length;
    },
  );
  state.offered = first[0] === undefined ? undefined : state.events.all.indexOf(first[0]);
  const each = seen === 0 ? 0 : (spent * 1000) / seen;
  const head = `${count} of ${eventsText(state, source, seen)} ${count === 1 ? 'matches' : 'match'} (${each.toFixed(1)} us an event)${stopped(state, source, seen)}`;
  return [...rows(), ...more(state, count - SHOWN), head].join('\n');
}

/** What to say if not all events were looked at. */
export function stopped({ events }: ReplState, source: string, seen: number): string {
  const { length } = events.of(source);
  return seen < length ? `, stopped before the other ${length - seen}` : '';
}

/** A field's values with counts, the most frequent first. */
export function runField(state: ReplState, name: ByteString, { field, source }: FoundField): ByteString {
  const counts = new Map<ByteString, number>();
  for (const event of state.events.of(source)) {
    const value = shown(field.extract(event));
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const lines = sorted
    .slice(0, SHOWN_VALUES)
    .map(([value, count]) => `  ${String(count).padStart(6)}  ${value}`);
  return [
    `${name}: ${plural(counts.size, 'value')} over ${eventsText(state, source)}`,
    ...lines,
    ...more(state, sorted.length - SHOWN_VALUES),
  ].join('\n');
}

/** A template, filled in from the current event. */
export function runTemplate(state: ReplState, template: ByteString): ByteString {
  const event = state.events.all[state.current];
  if (event === undefined) return noEvent(state.current);
  const compiled = tryCompile(state, 'evt.num > 0', template, event.source);
  if (!compiled.ok) return compileFault(state, '', template, compiled);
  const { rule } = compiled;
  rule.compiled.scope.begin(event);
  return printable(rule.compiled.template.render(event));
}

export const noEvent = (index: number): ByteString =>
  `there is no event #${index + 1}; load some with: load FILE`;

export function unknownName(state: ReplState, kind: string, word: ByteString): ByteString {
  const near = suggest(word, knownNames(state));
  return `there is no ${kind} ${word}${near === undefined ? '; type help' : `\nDid you mean ${near}?`}`;
}

/** Everything that a line may start with. */
export function knownNames(state: ReplState): readonly ByteString[] {
  const { sources, macros, lists } = state.workspace;
  const fields = knownSources(state).flatMap((source) => fieldNames(sources.table(source)!));
  return [...COMMANDS.map(({ name }) => name), ...fields, ...macros.keys(), ...lists.keys()];
}
