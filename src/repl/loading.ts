// Loading: events from files, pasted text and CloudWatch; rules files, and reading them again.

import { type ByteString, fromBytes } from '../bytes.js';
import { printable } from '../printable.js';
import { correlationLines } from './correlations.js';
import type { Added } from './events.js';
import { more } from './query.js';
import { nearSources, settleSource } from './sources.js';
import { type ReplState, reopen } from './state.js';
import { plural } from './words.js';

/** `load FILE` or `load eks CLUSTER [FROM [TO]]`. */
export async function loadEvents(state: ReplState, argument: ByteString): Promise<ByteString> {
  if (argument === '') return 'usage: load FILE | eks CLUSTER [FROM [TO]]';
  const words = /^eks[ \t]+(.+)$/s.exec(argument)?.[1];
  const { readSource, readEvents, readFile } = state.options;

  if (words === undefined) {
    const path = fromBytes(argument);
    if (readEvents === undefined) return addedText(state, state.events.add(readFile(path)));
    return addedText(state, await state.events.addFrom((add, report) => readEvents(path, add, report)));
  }
  if (readSource === undefined) throw new Error('there is no way to CloudWatch here');
  return addedText(state, await state.events.addFrom((add) => readSource(fromBytes(words), add)));
}

/** A pasted event or list. */
export function paste(state: ReplState, text: ByteString): ByteString {
  return addedText(state, state.events.add(text));
}

function addedText(state: ReplState, { added, faults, moreFaults }: Added): ByteString {
  settleSource(state);
  return [
    `${plural(added, 'event')} read, ${state.events.all.length} in all`,
    ...faults,
    ...more(state, moreFaults),
  ].join('\n');
}

export function clear(state: ReplState): ByteString {
  state.events.clear();
  state.current = 0;
  state.flips = [];
  return 'no events';
}

/** Loads a rules file if one is named, and lists rules and correlations with what they make of the events. */
export async function rules(state: ReplState, path: ByteString): Promise<ByteString> {
  if (path !== '') {
    const content = state.options.readFile(fromBytes(path));
    const others = state.files.filter(({ name }) => name !== path);
    reopen(state, [...others, { name: path, content }], state.additions);
  }
  const counts = new Map<ByteString, number>(state.workspace.rules.map(({ info }) => [info.name, 0]));
  for (const event of state.events.all)
    for (const { rule } of state.workspace.matches(event))
      counts.set(rule.info.name, (counts.get(rule.info.name) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const lines = sorted.map(([name, count]) => `  ${String(count).padStart(6)}  ${printable(name)}`);
  const head = `${plural(counts.size, 'rule')}, matches over ${plural(state.events.all.length, 'event')}:`;
  return [head, ...lines, ...(await correlationLines(state))].join('\n');
}

export function reload(state: ReplState): ByteString {
  const read = state.files.map(({ name }) => ({ name, content: state.options.readFile(fromBytes(name)) }));
  reopen(state, read, state.additions);
  return `${plural(state.files.length, 'file')}, ${plural(state.workspace.rules.length, 'rule')}`;
}

export function fields(state: ReplState, prefix: ByteString): ByteString {
  const ofSource = (source: string) =>
    state.workspace.sources
      .table(source)!
      .classes.flatMap((group) => group.fields)
      .filter(({ name }) => name.startsWith(prefix));
  const found =
    nearSources(state)
      .map(ofSource)
      .find(({ length }) => length > 0) ?? [];
  return (
    found.map(({ name, description }) => `  ${name.padEnd(48)} ${description}`).join('\n') ||
    `no field starts with ${prefix}`
  );
}
