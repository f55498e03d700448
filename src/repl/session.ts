// Session: one typed line → what to print. Pure but for the files that it is given functions for, so a test drives it
// as a terminal does. What each command does is in a file of its own concern.

import { type ByteString, toBytes } from '../bytes.js';
import { near, show, step, stepToMatch, why } from './ask.js';
import { check, type Slip } from './check.js';
import { type Completion, createCompleter } from './complete.js';
import { define, noteTest, undo } from './define.js';
import type { Added, EventStore, ReadEvents } from './events.js';
import { runFuzz } from './fuzzing.js';
import { helpText } from './help.js';
import { clear, fields, loadEvents, paste, reload, rules } from './loading.js';
import { compile, knownNames, runCondition, runField, runTemplate, unknownName } from './query.js';
import { save, unsaved } from './save.js';
import type { Print } from './slices.js';
import { chooseSource, fieldOf, settleSource } from './sources.js';
import { createState, type ReplState, type SessionOptions } from './state.js';
import { isKeyword, splitName, trim } from './words.js';

export type { SessionOptions } from './state.js';

export interface Reply {
  /** Byte string, without a newline at its end. */
  readonly text: ByteString;
  readonly quit: boolean;
}

export interface Session {
  /** @param print shows first parts of the answer while the rest is worked out; the reply holds the rest */
  run(line: ByteString, print?: Print): Promise<Reply>;
  /** Ends what runs soon, with what it has found so far. */
  interrupt(): void;
  /** Adds events; for what is loaded at the start. */
  addEvents(text: ByteString): Added;
  addFrom(read: ReadEvents): Promise<Added>;
  /** What may stand in place of the last word of a line. */
  complete(line: ByteString): Completion;
  /** The first word of a line, not yet entered, that is wrong whatever follows. */
  check(line: ByteString): Slip | undefined;
  /** What was defined and is not saved, in words; empty if there is nothing. */
  unsaved(): string;
  readonly events: EventStore;
}

type Action = (state: ReplState, argument: ByteString, print: Print) => ByteString | Promise<ByteString>;

const ACTIONS: Readonly<Record<string, Action>> = {
  help: (_state, topic) => helpText(topic),
  load: loadEvents,
  events: (state) => step(state, 0),
  clear,
  next: (state, word) => (word === 'match' ? stepToMatch(state, 1) : step(state, 1)),
  prev: (state, word) => (word === 'match' ? stepToMatch(state, -1) : step(state, -1)),
  show,
  why,
  near,
  fuzz: runFuzz,
  fields,
  source: chooseSource,
  rules,
  reload,
  macro: (state, argument) => define(state, 'macro', argument),
  list: (state, argument) => define(state, 'list', argument),
  rule: (state, argument) => define(state, 'rule', argument),
  test: noteTest,
  undo,
  save,
};

/** @throws Error with the load result where the files have an error */
export function createSession(options: SessionOptions): Session {
  const state = createState(options);

  async function run(line: ByteString, print?: Print): Promise<Reply> {
    const text = trim(line);
    if (text === 'quit' || text === 'exit') return { text: '', quit: true };
    if (text === '' || text.startsWith('#')) return { text: '', quit: false };
    try {
      return { text: await answer(state, text, print), quit: false };
    } catch (error) {
      // Files that cannot be read or written, sources, and rules that do not load.
      return { text: toBytes(error instanceof Error ? error.message : String(error)), quit: false };
    }
  }

  return {
    run,
    interrupt() {
      state.interrupted = true;
    },
    addEvents(text) {
      const added = state.events.add(text);
      settleSource(state);
      return added;
    },
    async addFrom(read) {
      const added = await state.events.addFrom(read);
      settleSource(state);
      return added;
    },
    complete: createCompleter(state),
    check: (line) => check(state, line),
    unsaved: () => unsaved(state),
    events: state.events,
  };
}

function answer(state: ReplState, line: ByteString, print: Print): ByteString | Promise<ByteString> {
  if (/^[{[]/.test(line)) return paste(state, line);
  const [word, rest] = splitName(line);
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (action !== undefined) return action(state, rest, print);
  const found = fieldOf(state, line);
  if (found !== undefined) return runField(state, line, found);
  // A condition may hold such text too, inside a value.
  if (/%[a-z]\w*\./.test(line) && typeof compile(state, line) === 'string') return runTemplate(state, line);
  return unknownWord(state, word, rest) ?? runCondition(state, line, print);
}

// A word that is nothing known, alone or with what is no condition behind it, is a slip in a command or a field.
function unknownWord(state: ReplState, word: ByteString, rest: ByteString): ByteString | undefined {
  if (!/^[\w.-]+$/.test(word) || knownNames(state).includes(word) || /^[=!<>]/.test(rest)) return undefined;
  if (rest !== '' && (word.includes('.') || isKeyword(word) || isKeyword(rest))) return undefined;
  return unknownName(state, word.includes('.') ? 'field' : 'command, macro or field', word);
}
