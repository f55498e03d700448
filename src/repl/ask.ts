// Asking about events and rules: show and step, why, near, and which rules match.

import { checksOf, explanationText } from '../authoring/explain-text.js';
import { type CheckExpr, missesOf } from '../authoring/nearness.js';
import type { ByteString } from '../bytes.js';
import { printExpr } from '../engine/condition/syntax/printer.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { prettyText } from '../json/read.js';
import { printable, printableLines } from '../printable.js';
import { correlationNamed, correlationText, whyCorrelation } from './correlations.js';
import { definitionText } from './definitions.js';
import { flipLine } from './flips.js';
import { more, noEvent, SHOWN, stopped } from './query.js';
import { eachEvent, type Print } from './slices.js';
import { type ReplState, ruleNamed } from './state.js';
import { summaries } from './summary.js';
import { plural, type Reference, shown, splitReference, unquoted } from './words.js';

/** The event that a command names, the current one if it names none, or what to print instead. */
export function referred(state: ReplState, { kind, index }: Reference): Event | ByteString {
  if (kind === 'event') return state.events.all[index] ?? noEvent(index);
  return state.flips[index]?.event ?? `there is no f${index + 1}; fuzz shows what there is`;
}

/** Where nobody chose an event since the condition was typed, one that matches it tells more than any other. */
function offered(state: ReplState, rule: LoadedRule, argument: ByteString, reference: Reference): Reference {
  const isChosen = reference.kind === 'flip' || /^#?\d/.test(argument) || state.offered === undefined;
  if (isChosen || rule !== state.last) return reference;
  return { ...reference, index: state.offered! };
}

export function why(state: ReplState, argument: ByteString): ByteString | Promise<ByteString> {
  const reference = splitReference(argument, state.current);
  const name = unquoted(reference.rest);
  const correlation = name === '' ? undefined : correlationNamed(state, name);
  if (correlation !== undefined) return whyOf(state, correlation, argument, reference);
  const asked = reference.kind === 'flip' ? state.flips[reference.index]?.rule : state.last;
  const rule = name === '' ? asked : ruleNamed(state, name);
  if (rule === undefined)
    return name === ''
      ? 'type a condition first, or name a rule: why [#EVENT] [RULE]'
      : `no enabled rule or correlation is called "${name}"`;
  const event = referred(state, offered(state, rule, argument, reference));
  if (typeof event === 'string') return event;
  if (event.source !== rule.info.source)
    return `event #${event.num} is of ${event.source}, and what is asked of ${rule.info.source}`;
  const head = reference.kind === 'flip' ? flipLine(state, reference.index) : `event #${event.num}`;
  return `${head}\n${explanationText(state.workspace.explain(rule, event), state.options.style)}`;
}

function whyOf(
  state: ReplState,
  correlation: LoadedCorrelation,
  argument: ByteString,
  reference: Reference,
): ByteString | Promise<ByteString> {
  if (reference.kind === 'flip') return 'a correlation looks at the events as they were read';
  // Without a number: all windows.
  if (!/^#?\d/.test(argument)) return whyCorrelation(state, correlation, undefined);
  const event = referred(state, reference);
  return typeof event === 'string' ? event : whyCorrelation(state, correlation, event.num);
}

/** Events that one check keeps from matching. */
export async function near(state: ReplState, _argument: ByteString, print: Print): Promise<ByteString> {
  const rule = state.last;
  if (rule === undefined) return 'type a condition first';
  const misses = missesOf(rule);
  const first: { readonly event: Event; readonly check: CheckExpr }[] = [];
  let count = 0;
  let printed = 0;
  const rows = (): readonly ByteString[] => missLines(state, rule, first.slice(printed));
  const { source } = rule.info;
  const { seen } = await eachEvent(
    state,
    state.events.of(source),
    (event) => {
      const [check] = misses(event, 1) ?? [];
      if (check !== undefined && count++ < SHOWN) first.push({ event, check });
    },
    async () => {
      if (print === undefined || first.length === printed) return;
      await print(rows().join('\n'));
      printed = first.length;
    },
  );
  const head = `${plural(count, 'event')} ${count === 1 ? 'misses' : 'miss'} by one check${stopped(state, source, seen)}`;
  return [...rows(), ...more(state, count - SHOWN), head].join('\n');
}

function missLines(
  state: ReplState,
  rule: LoadedRule,
  misses: readonly { readonly event: Event; readonly check: CheckExpr }[],
): readonly ByteString[] {
  const lines = summaries(
    state,
    misses.map(({ event }) => event),
  );
  return misses.flatMap(({ event, check }, index) => {
    const explained = checksOf(state.workspace.explain(rule, event)).find(({ expr }) => expr === check);
    return [
      lines[index]!,
      `      misses by: ${printable(printExpr(check))}   (it is ${shown(explained?.left)})`,
    ];
  });
}

export function matches({ compiled }: LoadedRule, event: Event): boolean {
  compiled.scope.begin(event);
  return compiled.predicate(event);
}

/** An event whole, or what a rule, macro or list is. */
export function show(state: ReplState, argument: ByteString): ByteString {
  const reference = splitReference(argument, state.current);
  const name = unquoted(reference.rest);
  if (name !== '')
    return printableLines(
      definitionText(state.workspace, name) ??
        correlationNamedText(state, name) ??
        `there is no rule, correlation, macro or list "${name}"`,
    );
  const event = referred(state, reference);
  if (typeof event === 'string') return event;
  if (reference.kind === 'event') state.current = reference.index;
  state.offered = undefined;
  const head =
    reference.kind === 'flip'
      ? flipLine(state, reference.index)
      : `event #${event.num} of ${state.events.all.length}`;
  return `${head}\n${coloured(printableLines(prettyText(event.document, event.root)), state)}`;
}

function correlationNamedText(state: ReplState, name: ByteString): ByteString | undefined {
  const correlation = correlationNamed(state, name);
  return correlation && correlationText(correlation);
}

// Keys stand out, so that the values of a long event are found.
function coloured(json: ByteString, { options }: ReplState): ByteString {
  return json.replace(
    /^(\s*)("(?:[^"\\]|\\.)*")(?=: )/gm,
    (_all, indent: string, key: string) => indent + options.style.dim(key),
  );
}

/** Goes on by so many events and says what they are. */
export function step(state: ReplState, by: number): ByteString {
  const { all } = state.events;
  if (all.length === 0) return noEvent(0);
  const to = Math.min(Math.max(state.current + by, 0), all.length - 1);
  const end =
    by !== 0 && to === state.current ? [by > 0 ? 'this is the last event' : 'this is the first event'] : [];
  state.current = to;
  state.offered = undefined;
  const event = all[to]!;
  const names = state.workspace.matches(event).map(({ rule }) => rule.info.name);
  return [
    ...end,
    ...summaries(state, [event]),
    `  rules: ${names.length === 0 ? 'none' : printable(names.join(', '))}`,
  ].join('\n');
}

/** The next or last event that meets the last condition. */
export function stepToMatch(state: ReplState, by: 1 | -1): ByteString {
  const rule = state.last;
  if (rule === undefined) return 'type a condition first';
  const { all } = state.events;
  for (let index = state.current + by; index >= 0 && index < all.length; index += by) {
    if (all[index]!.source === rule.info.source && matches(rule, all[index]!))
      return step(state, index - state.current);
  }
  return `no event ${by > 0 ? 'behind' : 'before'} #${state.current + 1} matches`;
}
