// A conversation: lines from a terminal or a pipe to the session, its answers to the screen. Editing, history,
// completion and hints are for terminals only.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fromBytes, toBytes } from '../../bytes.js';
import type { Slip } from '../../repl/check.js';
import type { Session } from '../../repl/session.js';
import type { Terminal } from '../host.js';
import { createHint } from './hint.js';
import { HISTORY_SIZE, readHistory, saveHistory } from './history.js';

export interface Ends extends Terminal {
  readonly write: (text: string) => Promise<void>;
  readonly coloured: boolean;
  readonly home: string | undefined;
  /** Called at Ctrl-C while the session works. */
  readonly interrupt: () => void;
}

const PROMPT = '> ';
const CONTINUED = '. ';
const HINT_AFTER_MS = 60;

/** What is being typed over several lines, and whether the session works. */
interface Talk {
  pending: string;
  running: boolean;
  /** Lines answered that were no wish to leave. */
  lines: number;
  /** What was open has been given up: the next line does not go on with it. */
  dropped: boolean;
}

/** Runs until `quit` or the end of the input; on a terminal asks once where something would be lost. */
export async function converse(session: Session, ends: Ends): Promise<void> {
  const terminal = ends.screen !== undefined;
  const talk: Talk = { pending: '', running: false, lines: 0, dropped: false };
  let askedAt: number | undefined;
  for (;;) {
    await talkOn(session, ends, talk);
    const unsaved = terminal ? session.unsaved() : '';
    if (unsaved === '' || talk.lines === askedAt) break;
    askedAt = talk.lines;
    await ends.write(`\n${unsaved} not saved. Keep it with: save FILE. Leave without it: once more.\n`);
  }
  if (terminal) await ends.write('\n');
}

/** Until someone wants to leave. */
async function talkOn(session: Session, ends: Ends, talk: Talk): Promise<void> {
  const terminal = ends.screen !== undefined;
  const lines = openLines(session, ends, talk);
  prompt(lines, terminal, PROMPT);
  for await (const line of lines) {
    talk.pending += line;
    // An open bracket, or a backslash at the end, goes on in the next line.
    if (isOpen(talk.pending)) {
      talk.pending = `${talk.pending.replace(/\\$/, '')} `;
      prompt(lines, terminal, CONTINUED);
      continue;
    }
    if (await answer(session, talk, ends)) break;
    prompt(lines, terminal, PROMPT);
  }
  // What a script left open is not passed over in silence.
  if (!terminal && talk.pending !== '') await answer(session, talk, ends);
  talk.pending = '';
  lines.close();
}

/** @returns whether that was the last line */
async function answer(session: Session, talk: Talk, { screen, write }: Ends): Promise<boolean> {
  const typed = toBytes(talk.pending);
  talk.pending = '';
  talk.running = true;
  // A script gets the same text whatever the machine's speed.
  const print = screen && ((part: string) => write(`${part}\n`));
  const { text, quit } = await session.run(typed, print);
  talk.running = false;
  if (!quit) talk.lines++;
  if (text !== '') await write(`${text}\n`);
  return quit;
}

/** What was typed over several lines is one entry; the array is readline's own. */
function asOneEntry(entries: string[], talk: Talk): void {
  const [line, before] = entries;
  if (line === undefined || before === undefined || talk.dropped || !isOpen(before)) {
    talk.dropped = false;
    return;
  }
  entries.splice(0, 2, `${before.replace(/\\$/, '')} ${line}`);
}

function openLines(session: Session, ends: Ends, talk: Talk): Interface {
  const { input, screen, home } = ends;
  const terminal = screen !== undefined;
  const history = join(home ?? homedir(), '.tsfalco_history');
  const lines = createInterface({
    input,
    output: screen,
    terminal,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    history: terminal ? readHistory(history) : [],
    completer: (line: string) => complete(session, line),
  });
  if (!terminal) return lines;
  lines.on('history', (entries: string[]) => {
    asOneEntry(entries, talk);
    saveHistory(history, entries);
  });
  hintWhileTyping(lines, ends, (line) => (talk.pending === '' ? session.check(toBytes(line)) : undefined));
  lines.on('SIGINT', () => {
    if (!talk.running) {
      giveUp(lines, talk);
      return;
    }
    session.interrupt();
    ends.interrupt();
  });
  return lines;
}

/** Drops what is being typed; with nothing typed it ends the session. */
function giveUp(lines: Interface, talk: Talk): void {
  if (lines.line === '' && talk.pending === '') {
    lines.close();
    return;
  }
  talk.dropped = talk.pending !== '';
  talk.pending = '';
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
  prompt(lines, true, PROMPT);
}

function prompt(lines: Interface, terminal: boolean, text: string): void {
  if (!terminal) return;
  lines.setPrompt(text);
  lines.prompt();
}

/** Whether the next line goes on with this one. */
export function isOpen(text: string): boolean {
  if (text.endsWith('\\')) return true;
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return bare.split('(').length > bare.split(')').length;
}

function complete(session: Session, line: string): [string[], string] {
  const { words, replaced } = session.complete(toBytes(line));
  return [words.map(fromBytes), fromBytes(replaced)];
}

const dim = (text: string): string => `\x1b[33m${text}\x1b[39m`;

// Behind the last of several keys only, so that pasting is not slowed down.
function hintWhileTyping(
  lines: Interface,
  { input, screen, coloured }: Ends,
  check: (line: string) => Slip | undefined,
): void {
  const width = (): number => screen?.columns ?? 80;
  const hint = createHint(
    (text) => void screen?.write(text),
    () => ({ column: lines.getCursorPos().cols, width: width(), prompt: PROMPT.length }),
    coloured ? dim : (text) => text,
  );
  let timer: NodeJS.Timeout | undefined;
  // Before readline sees the key: what it prints must not meet the hint.
  input.prependListener('keypress', () => {
    clearTimeout(timer);
    hint.clear();
    timer = setTimeout(() => {
      const { line } = lines;
      // In one row columns can be told from bytes; a hint in the midst of several rows would be a riddle.
      if (line.length + PROMPT.length < width() && /^[\x20-\x7e]*$/.test(line)) hint.show(check(line));
    }, HINT_AFTER_MS);
  });
  lines.on('close', () => clearTimeout(timer));
}
