// tsfalco repl: the session of src/repl on a terminal, on a pipe for scripts, or for the lines of -e.

import { existsSync, writeFileSync } from 'node:fs';
import { PLAIN, type Style } from '../../authoring/explain-text.js';
import { toBytes } from '../../bytes.js';
import { printableLines } from '../../printable.js';
import { createSession, type Session } from '../../repl/session.js';
import type { Others } from '../../sources/forms/record.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { readArguments } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { readLogInto } from '../logs/read.js';
import { readEks } from '../repl/eks.js';
import { readNamed, readSetup, sampleEvents } from '../repl/setup.js';
import { converse } from '../repl/terminal.js';

const USAGE = `Usage: tsfalco repl [-c CONFIG] [--plugin PLUGIN…] [-r RULES…] [-e LINE…]
                    [EVENTS…]

Try conditions, fields and templates on events, ask why they match, write rules
and tests. Without arguments: with sample events and our own rules. Type
help at the prompt.

EVENTS     files with events in any form, packed or not, or folders of them
           (docs/scan.md); - is standard input. Whose they are is told by
           their content
-r RULES   rules files, or folders of them
-c CONFIG  rules files, plugins and settings of a falco.yaml
--plugin PLUGIN  a module, a package, or the name of a built-in plugin
-e LINE    run this line and end; may be repeated

  tsfalco repl
  kubectl get --raw … | tsfalco repl -     (lines come from the terminal then)
  tsfalco repl -e 'ka.verb = delete' -e near audit.log
`;

const COLOURED: Style = {
  yes: (text) => `\x1b[32m${text}\x1b[39m`,
  no: (text) => `\x1b[31m${text}\x1b[39m`,
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
};

/** What the colours above are made of. */
const COLOURS = /(\x1b\[(?:2|22|31|32|39)m)/;

const DEFAULT_WIDTH = 80;

/** @returns 0, or 1 where the rules do not load */
export async function repl(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.repl,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const { input, screen } = host.terminal(positionals.includes('-'));
  const coloured = screen !== undefined && !host.env['NO_COLOR'];
  let reading: AbortController | undefined;
  const setup = await readSetup(host, values.r, values);
  const { others } = setup.sources;
  const session = openSession({
    ...setup,
    style: coloured ? COLOURED : PLAIN,
    ...(screen !== undefined && { width: () => screen.columns ?? DEFAULT_WIDTH }),
    readFile: (path) => readNamed(host, path),
    readEvents: (path, add, report) => readLogInto(path, others, add, report),
    fileExists: existsSync,
    writeFile: (path, content) => writeFileSync(path, content, 'latin1'),
    readSource: async (words, add) => {
      reading = new AbortController();
      const { signal } = reading;
      await readEks(words, add, { host, config: setup.eks, signal });
      reading = undefined;
    },
  });
  for (const path of positionals.length > 0 ? positionals : [sampleEvents()])
    await loadEvents(session, path, others, host);
  // Names of files and messages of errors hold what others wrote; the session's own values are spelled out already.
  const write = async (text: string): Promise<void> => {
    const parts = coloured ? text.split(COLOURS) : [text];
    await host.stdout.write(
      parts.map((part, n) => (n % 2 === 1 ? part : printableLines(part))).join(''),
      true,
    );
  };
  if (values.e !== undefined) return runLines(session, values.e, write);
  if (screen !== undefined) await write(greeting(session, setup.files, positionals.length === 0));
  const interrupt = (): void => reading?.abort();
  await converse(session, { input, screen, write, coloured, home: host.env['HOME'], interrupt });
  return 0;
}

async function loadEvents(session: Session, path: string, others: Others, host: Host): Promise<void> {
  const { faults, moreFaults } = await session.addFrom((add) =>
    readLogInto(path, others, add, (line) => host.error(line)),
  );
  for (const fault of faults) host.error(toBytes(`${path}: `) + fault);
  if (moreFaults > 0) host.error(toBytes(`${path}: ${moreFaults} more`));
}

async function runLines(
  session: Session,
  lines: readonly string[],
  write: (text: string) => Promise<void>,
): Promise<number> {
  for (const line of lines) {
    const { text, quit } = await session.run(toBytes(line));
    if (text !== '') await write(`${text}\n`);
    if (quit) break;
  }
  return 0;
}

function openSession(options: Parameters<typeof createSession>[0]): Session {
  try {
    return createSession(options);
  } catch (error) {
    throw new Failure(toBytes(error instanceof Error ? error.message : String(error)));
  }
}

function greeting(session: Session, files: readonly { readonly name: string }[], sample: boolean): string {
  const events = `${session.events.all.length}${sample ? ' sample' : ''} events`;
  return `${events}; rules of ${files.map(({ name }) => name).join(', ')}. Type help.\n`;
}
