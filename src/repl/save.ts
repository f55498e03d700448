// Saving: what was defined goes into a rules file, behind what is there; noted tests into a suite beside it; an event into
// a file of events. Nothing that the session has not written itself is replaced.

import { basename, dirname, relative } from 'node:path';
import { appendItems } from '../authoring/append.js';
import { openWorkspace } from '../authoring/workspace.js';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { RulesFile } from '../engine/rules/loader.js';
import { referred } from './ask.js';
import { COMMANDS } from './help.js';
import { suiteYaml } from './noted.js';
import type { ReplState } from './state.js';
import { plural, splitReference } from './words.js';

/** `save FILE`: the definitions, and beside them the tests. `save #N FILE`: an event. */
export function save(state: ReplState, argument: ByteString): ByteString {
  if (argument === '') return `usage: ${COMMANDS.find((command) => command.name === 'save')!.usage}`;
  const reference = splitReference(argument, state.current);
  if (reference.rest === argument || reference.rest === '') return saveRules(state, argument);
  const event = referred(state, reference);
  if (typeof event === 'string') return event;
  return saveEvent(state, reference.rest, state.events.payloadOf(event) ?? event.document.text);
}

/** What would be lost at the end of the session: `2 items and 1 test`. */
export function unsaved({ additions, tests, saved }: ReplState): string {
  const parts = [
    ...(additions === saved.additions || additions.length === 0 ? [] : [plural(additions.length, 'item')]),
    ...(tests === saved.tests || tests.length === 0 ? [] : [plural(tests.length, 'test')]),
  ];
  return parts.join(' and ');
}

function saveEvent(state: ReplState, name: ByteString, text: ByteString): ByteString {
  const path = fromBytes(name);
  const before = state.options.fileExists(path) ? state.options.readFile(path) : '';
  if (!/^\s*(?:[{[]|$)/.test(before) && /^\s*[{[]/.test(text))
    return `${name} is there already and holds no events; name another file`;
  const end = before === '' || before.endsWith('\n') ? '' : '\n';
  state.options.writeFile(path, `${before}${end}${text}\n`);
  return `1 event ${before === '' ? 'written' : 'added'} to ${name}`;
}

function saveRules(state: ReplState, name: ByteString): ByteString {
  const { additions, tests } = state;
  if (additions.length === 0) return 'nothing was defined; use macro, list or rule first';
  const path = fromBytes(name);
  const before = contentBefore(state, path);
  const appended = appendItems(before ?? '', additions);
  if (!appended.ok)
    return `${name} is there already and nothing can be added: ${appended.why}; name another file`;
  const needed = neededBy(state, { name, content: appended.text });
  const hint = `Load it behind ${needed.join(' and ')}, whose macros and lists it uses.`;
  const head = before === undefined && needed.length > 0 ? toBytes(`# ${hint}\n`) : '';
  write(state, path, before, head + appended.text);
  const lines = [
    `${plural(additions.length, 'item')} ${before === undefined ? 'written' : 'added'} to ${name}`,
  ];
  for (const { kind, name: item } of appended.again)
    lines.push(`${kind} ${item} was there already; the new one stands behind it and counts`);
  if (needed.length > 0) lines.push(toBytes(hint));
  if (tests.length > 0) lines.push(saveTests(state, path, needed));
  state.saved = { additions, tests };
  return lines.join('\n');
}

/** What stands in a file but for what this session has put there; undefined: there is no such file. */
function contentBefore({ options, written }: ReplState, path: string): ByteString | undefined {
  if (!options.fileExists(path)) return undefined;
  const content = options.readFile(path);
  const own = written.get(path);
  return own?.now === content ? own.before : content;
}

function write(state: ReplState, path: string, before: ByteString | undefined, now: ByteString): void {
  state.options.writeFile(path, now);
  state.written.set(path, { before, now });
}

/** Files without which the new one does not load. */
function neededBy({ files, workspace }: ReplState, file: RulesFile): readonly string[] {
  if (openWorkspace([file], { sources: workspace.sources }).workspace !== undefined) return [];
  return files
    .map(({ name }) => name)
    .filter((name) => name !== file.name)
    .map(fromBytes);
}

function saveTests(state: ReplState, path: string, needed: readonly string[]): ByteString {
  const suite = freeName(state, path.replace(/(?:\.ya?ml)?$/, ''));
  const folder = dirname(path);
  const rules = [...needed.map((name) => relative(folder, name)), basename(path)].map(toBytes);
  write(state, suite, undefined, suiteYaml(rules, state.tests));
  return toBytes(`${plural(state.tests.length, 'test')} written to ${suite}; run: tsfalco test ${suite}`);
}

/** A suite that is not there, or that this session has written. */
function freeName(state: ReplState, stem: string): string {
  for (let n = 1; ; n++) {
    const name = `${stem}-test${n === 1 ? '' : `-${n}`}.yaml`;
    if (contentBefore(state, name) === undefined) return name;
  }
}
