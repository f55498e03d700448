// The commands of our own, `tsfalco <command>`: what they are called, and what to say where somebody mistypes one.
// Falco would ignore such a word and start.

import { suggest } from '../../suggest.js';

interface SubCommand {
  /** What may follow its name, for --help. */
  readonly takes: string;
  readonly text: string;
}

export const SUB_COMMANDS = {
  completion: {
    takes: 'bash|zsh|fish|man',
    text: 'Completion for shells, and the manual.',
  },
  demo: {
    takes: '',
    text: 'Run against a small CloudWatch Logs endpoint of its own, and show alerts.',
  },
  doctor: {
    takes: '',
    text: 'Try what a run will need: credentials, log group, outputs, ports.',
  },
  explain: {
    takes: '',
    text: 'Show why a rule does or does not match an event.',
  },
  export: {
    takes: '<file>...',
    text: 'Print the events of a log, whole or in part, with or without names.',
  },
  fmt: {
    takes: '<path>...',
    text: 'Lay rules files out in one way.',
  },
  lint: {
    takes: '<path>...',
    text: 'Advice on rules files and on falco.yaml.',
  },
  lsp: {
    takes: '',
    text: 'Language server for editors.',
  },
  repl: {
    takes: '',
    text: 'Try conditions on events, line by line.',
  },
  report: {
    takes: '<file>...',
    text: 'Write a log as one HTML page: alerts over time, who did what.',
  },
  scan: {
    takes: '<file>...',
    text: 'Show the alerts in a log, without a configuration.',
  },
  schema: {
    takes: 'rules|tests|config',
    text: 'JSON schemas for editors.',
  },
  stats: {
    takes: '<file>...',
    text: 'Count events in a log by fields and time, or alerts by rule.',
  },
  test: {
    takes: '<suite>...',
    text: "Run rules' tests.",
  },
} as const satisfies Readonly<Record<string, SubCommand>>;

export type CommandName = keyof typeof SUB_COMMANDS;

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(SUB_COMMANDS, word);
}

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
  if (word === '' || word.startsWith('-') || isCommand(word)) return undefined;
  const names = Object.keys(SUB_COMMANDS);
  const near = OPTIONS.get(word) ?? suggest(word, names);
  // Falco ignores words, so where options follow, only one that looks like a command is a mistake.
  if (near === undefined && argv.some((argument) => argument.startsWith('-'))) return undefined;
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  return `There is no command '${word}'${meant}\nCommands: ${names.join(', ')}; see tsfalco --help`;
}
