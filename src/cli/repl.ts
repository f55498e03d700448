// tsfalco repl: the session of src/repl on a terminal, or on a pipe for scripts.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PLAIN, type Style } from '../authoring/explain-text.js';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { createSession, type Session } from '../repl/session.js';
import { Failure, type Host } from './host.js';
import { readArguments, readFileBytes } from './usage.js';

const USAGE = `Usage: tsfalco repl [-r RULES…] [EVENTS…]

Try conditions, fields and templates on audit events. Without arguments, with sample events and our own rules.
Type help at the prompt.
`;

const SHIPPED = '../../';
const SAMPLE_RULES = 'rules/k8s_audit_rules.yaml';
const SAMPLE_EVENTS = 'examples/events.jsonl';
const PROMPT = '> ';
const CONTINUED = '. ';

const COLOURED: Style = {
  yes: (text) => `\x1b[32m${text}\x1b[39m`,
  no: (text) => `\x1b[31m${text}\x1b[39m`,
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
};

/** @returns 0, or 1 where the rules do not load */
export async function repl(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: { r: { type: 'string', short: 'r', multiple: true }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const { input, screen } = host.terminal();
  const terminal = screen !== undefined;
  const rules = values.r ?? [shipped(SAMPLE_RULES)];
  const session = openSession(rules, terminal && host.env['NO_COLOR'] === undefined ? COLOURED : PLAIN, host);
  const events = positionals.length > 0 ? positionals : [shipped(SAMPLE_EVENTS)];
  for (const path of events) session.addEvents(readFileBytes(host, path));
  if (terminal)
    await host.stdout.write(
      `${session.events.size} events; rules of ${toBytes(rules.join(', '))}. Type help.\n`,
    );
  await converse(session, input, screen, host);
  return 0;
}

function shipped(path: string): string {
  return fileURLToPath(new URL(SHIPPED + path, import.meta.url));
}

function openSession(rules: readonly string[], style: Style, host: Host): Session {
  const files = rules.map((path) => ({ name: toBytes(path), content: readFileBytes(host, path) }));
  const readFile = (path: string): ByteString => {
    if (!existsSync(path)) throw new Error(`there is no file ${path}`);
    return readFileSync(path, 'latin1');
  };
  const writeFile = (path: string, content: ByteString): void => writeFileSync(path, content, 'latin1');
  try {
    return createSession({ files, readFile, writeFile, style });
  } catch (error) {
    throw new Failure(toBytes(error instanceof Error ? error.message : String(error)));
  }
}

async function converse(
  session: Session,
  input: NodeJS.ReadableStream,
  screen: NodeJS.WritableStream | undefined,
  host: Host,
): Promise<void> {
  const terminal = screen !== undefined;
  const history = join(homedir(), '.tsfalco_history');
  const lines = createInterface({
    input,
    output: screen,
    terminal,
    historySize: 1000,
    history: terminal ? readHistory(history) : [],
    completer: (line: string) => complete(session, line),
  });
  if (terminal) lines.on('history', (entries: readonly string[]) => saveHistory(history, entries));
  let pending = '';
  // Ctrl-C drops what is being typed; with nothing typed it ends the session.
  lines.on('SIGINT', () => {
    if (lines.line === '' && pending === '') return lines.close();
    pending = '';
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    prompt(lines, terminal, PROMPT);
  });
  prompt(lines, terminal, PROMPT);
  for await (const line of lines) {
    pending += line;
    // An open bracket, or a backslash at the end, goes on in the next line.
    if (isOpen(pending)) {
      pending = `${pending.replace(/\\$/, '')} `;
      prompt(lines, terminal, CONTINUED);
      continue;
    }
    const { text, quit } = session.run(toBytes(pending));
    pending = '';
    if (text !== '') await host.stdout.write(`${text}\n`);
    if (quit) break;
    prompt(lines, terminal, PROMPT);
  }
  lines.close();
}

function prompt(lines: Interface, terminal: boolean, text: string): void {
  if (!terminal) return;
  lines.setPrompt(text);
  lines.prompt();
}

function isOpen(text: string): boolean {
  if (text.endsWith('\\')) return true;
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return bare.split('(').length > bare.split(')').length;
}

const OPERATOR_WORDS = [
  'and',
  'or',
  'not',
  'exists',
  'in',
  'intersects',
  'contains',
  'icontains',
  'startswith',
  'endswith',
  'glob',
  'iglob',
  'regex',
  'pmatch',
  'oneof',
  'anyof',
  'allof',
];

function complete(session: Session, line: string): [string[], string] {
  const word = /[^\s(,=%]*$/.exec(line)?.[0] ?? '';
  const names = [...session.names().map(fromBytes), ...OPERATOR_WORDS];
  return [[...new Set(names.filter((name) => name.startsWith(word)))].sort(), word];
}

function readHistory(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function saveHistory(path: string, entries: readonly string[]): void {
  try {
    writeFileSync(path, entries.join('\n'), { mode: 0o600 });
  } catch {
    // A home that cannot be written is no reason to stop; the history ends with the session.
  }
}
