// Completion: what may stand where a line ends. A condition is read from behind: behind a field come operators, behind
// an operator the values that events have there, behind a value `and`; else a check starts.

import { operatorsFor } from '../authoring/reference.js';
import type { ByteString } from '../bytes.js';
import { MODIFIERS, OPERATORS } from '../engine/condition/operators/operators.js';
import { MULTI_TRANSFORMERS, STRING_MAPS } from '../engine/condition/operators/transformers.js';
import type { Event } from '../event.js';
import { COMMANDS } from './help.js';
import { type FoundField, fieldOf, knownSources } from './sources.js';
import { fieldNames, type ReplState } from './state.js';
import { OPERATOR_WORDS } from './words.js';

export interface Completion {
  /** Whole words or values, the likeliest first. */
  readonly words: readonly ByteString[];
  /** The end of the line that they replace. */
  readonly replaced: ByteString;
}

const MOST_VALUES = 100;
const COUNTING_MS = 25;
/** Events that are always counted, however busy the machine is. */
const FEW = 1000;
const SYMBOLS = OPERATORS.map(({ name }) => name).filter((name) => !/\w/.test(name));
const TRANSFORMERS = [
  'val(',
  'len(',
  ...[...STRING_MAPS.keys(), ...MULTI_TRANSFORMERS.keys()].map((name) => `${name}(`),
];
const FIELD = String.raw`([a-z][\w.]*(?:\[[^\]]*\])?)`;
const longestFirst = (names: readonly string[]): string =>
  names.toSorted((one, other) => other.length - one.length).join('|');
// A word is an operator once something stands behind it.
const OPERATOR = `(?:${longestFirst(SYMBOLS)}|(?:${longestFirst(OPERATOR_WORDS.filter((name) => name !== 'exists'))})(?=[ \\t(]))`;
const MODIFIER = `(?:[ \\t]+(?:${MODIFIERS.join('|')}))?`;
const OPEN_LIST = String.raw`(?:\([ \t]*(?:(?:"[^"]*"|[^ \t"(),]+)[ \t]*,[ \t]*)*)?`;
/** A field, its operator, perhaps an open list and items in it, and the word to complete. */
const BEHIND_OPERATOR = new RegExp(
  String.raw`${FIELD}[ \t]*${OPERATOR}${MODIFIER}[ \t]*(${OPEN_LIST})("[^"]*|[^ \t"(),]*)$`,
);
const BEHIND_FIELD = new RegExp(String.raw`(?:^|[ \t(])${FIELD}[ \t]+([a-z!<>=]*)$`);
const BEHIND_CHECK = /[^ \t(,=<>!][ \t]+([a-z]*)$/;
const WORD = /[^ \t(,=%]*$/;

type Complete = (line: ByteString) => Completion;

export function createCompleter(state: ReplState): Complete {
  const seen = createValues(state);
  return (line) => {
    const command = commandCompletion(state, line);
    if (command !== undefined) return command;
    const template = /%([\w.]*)$/.exec(line);
    if (template !== null) return matching(allFields(state), template[1]!);
    const values = BEHIND_OPERATOR.exec(line);
    const field = values && fieldOf(state, values[1]!);
    if (values !== null && field)
      return valueCompletion(state, seen(field, values[1]!), values[2]!, values[3]!);
    const operator = BEHIND_FIELD.exec(line);
    const left = operator && fieldOf(state, operator[1]!);
    if (operator !== null && left) return matching(operatorsFor(left.field.field).toSorted(), operator[2]!);
    const word = WORD.exec(line)![0];
    const joined = BEHIND_CHECK.exec(line);
    const starts = checkStarts(state, line === word);
    if (joined !== null && !/(?:^|[ \t(])(?:and|or|not)[ \t]+[a-z]*$/.test(line))
      return matching(['and', 'or'], joined[1]!);
    return matching(starts, word);
  };
}

/** Those of the source that is asked first. */
function allFields(state: ReplState): readonly ByteString[] {
  return knownSources(state).flatMap((source) => fieldNames(state.workspace.sources.table(source)!));
}

const matching = (words: readonly ByteString[], start: ByteString): Completion => ({
  words: [...new Set(words.filter((word) => word.startsWith(start)))],
  replaced: start,
});

function checkStarts(state: ReplState, first: boolean): readonly ByteString[] {
  const { macros } = state.workspace;
  return [
    ...(first ? COMMANDS.map(({ name }) => name) : []),
    ...macros.keys(),
    ...allFields(state),
    'not',
    ...TRANSFORMERS,
  ];
}

/** Commands that take a rule's name: it is what is left of the line. */
const ABOUT_RULES = /^[ \t]*(?:why|fuzz|show)[ \t]+(?:(?:#|f)?\d+[ \t]+)?(.*)$/s;

function commandCompletion(state: ReplState, line: ByteString): Completion | undefined {
  const { workspace } = state;
  const source = /^[ \t]*source[ \t]+(\w*)$/.exec(line);
  if (source !== null) return matching(workspace.sources.names, source[1]!);
  const rules = ABOUT_RULES.exec(line);
  if (rules !== null) {
    const names = workspace.rules.map(({ info }) => info.name);
    const correlations = workspace.correlations.map(({ info }) => info.name);
    const isShow = /^[ \t]*show/.test(line);
    const more = isShow ? [...workspace.macros.keys(), ...workspace.lists.keys()] : [];
    const also = /^[ \t]*fuzz/.test(line) ? [] : correlations;
    return matching([...names, ...also, ...more], rules[1]!);
  }
  const help = /^[ \t]*help[ \t]+(\w*)$/.exec(line);
  if (help !== null)
    return matching(
      COMMANDS.map(({ name }) => name),
      help[1]!,
    );
  const fields = /^[ \t]*fields[ \t]+([\w.]*)$/.exec(line);
  return fields === null ? undefined : matching(allFields(state), fields[1]!);
}

// From all over, so that a part of them speaks for all: every 16th, then the ones behind those, and so on.
function* spread(events: readonly Event[]): Generator<Event> {
  const stride = 16;
  for (let start = 0; start < stride; start++)
    for (let index = start; index < events.length; index += stride) yield events[index]!;
}

/** Values of a field over the events, as far as a person would wait for them, the most frequent first; counted once for the events that there are. */
function createValues(state: ReplState): (found: FoundField, spelled: ByteString) => readonly ByteString[] {
  const counted = new Map<ByteString, readonly ByteString[]>();
  let version = -1;
  return ({ field, source }, spelled) => {
    if (version !== state.events.version) counted.clear();
    version = state.events.version;
    const known = counted.get(spelled);
    if (known !== undefined) return known;
    const counts = new Map<ByteString, number>();
    const until = performance.now() + COUNTING_MS;
    let done = 0;
    for (const event of spread(state.events.of(source))) {
      if (done++ >= FEW && performance.now() > until) break;
      const value = field.extract(event);
      for (const text of typeof value === 'object' ? value : value === undefined ? [] : [String(value)])
        counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
    counted.set(spelled, sorted);
    return sorted;
  };
}

const BARE = /^[^ \t"'(),=\\]+$/;

function valueCompletion(
  { workspace }: ReplState,
  values: readonly ByteString[],
  list: ByteString,
  start: ByteString,
): Completion {
  const wanted = start.startsWith('"') ? start.slice(1) : start;
  const quoted = (text: ByteString): ByteString =>
    start === wanted && BARE.test(text) ? text : JSON.stringify(text);
  const lists = list === '' ? [] : [...workspace.lists.keys()];
  const found = [...values, ...lists].filter((text) => text.startsWith(wanted));
  return { words: [...new Set(found.slice(0, MOST_VALUES).map(quoted))], replaced: start };
}
