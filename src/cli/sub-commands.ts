// The commands of our own, `tsfalco <command>`: what they are called, and what to say where somebody mistypes one.
// Falco would ignore such a word and start.

import { suggest } from '../config/suggest.js';
import type { Host } from './host.js';

type Command = (argv: readonly string[], host: Host) => Promise<number>;

interface SubCommand {
  /** What may follow its name, for --help. */
  readonly takes: string;
  readonly text: string;
  readonly load: () => Promise<Command>;
}

export const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  demo: {
    takes: '',
    text: 'Run against a small CloudWatch Logs endpoint of its own, and show alerts.',
    load: async () => (await import('./demo.js')).demo,
  },
  explain: {
    takes: '',
    text: 'Show why a rule does or does not match an event.',
    load: async () => (await import('./explain.js')).explain,
  },
  lint: {
    takes: '<file>...',
    text: 'Advice on rules files and on falco.yaml.',
    load: async () => (await import('./lint.js')).lint,
  },
  repl: {
    takes: '',
    text: 'Try conditions on events, line by line.',
    load: async () => (await import('./repl.js')).repl,
  },
  test: {
    takes: '<suite>...',
    text: "Run rules' tests.",
    load: async () => (await import('./test.js')).test,
  },
};

/** Words that other programs take for these options. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['help', '--help'],
  ['version', '--version'],
  ['validate', '-V'],
  ['run', '-c'],
  ['start', '-c'],
]);

/** What is wrong with a first argument that is no option; undefined where it may be left to Falco's rules. */
export function mistypedCommand(argv: readonly string[]): string | undefined {
  const [word = ''] = argv;
  if (word === '' || word.startsWith('-') || Object.hasOwn(SUB_COMMANDS, word)) return undefined;
  const names = Object.keys(SUB_COMMANDS);
  const near = OPTIONS.get(word) ?? suggest(word, names);
  // Falco ignores words, so where options follow, only one that looks like a command is a mistake.
  if (near === undefined && argv.some((argument) => argument.startsWith('-'))) return undefined;
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  return `There is no command '${word}'${meant}\nCommands are ${names.join(', ')}; tsfalco --help shows them, and all options`;
}
