// The text of `--help` (spec: cli-and-config.md §1.2, §8.4). The head is Falco's, since tools look for it; the rest says
// what this program does.

import { SUB_COMMANDS } from './sub-commands.js';

interface Entry {
  readonly option: string;
  readonly text: string;
}

const ENTRIES: readonly Entry[] = [
  { option: '-h, --help', text: 'Show this text.' },
  { option: '-c <path>', text: 'Configuration to use instead of /etc/falco/falco.yaml.' },
  { option: '    --config-schema', text: 'Show the JSON schema of the configuration.' },
  { option: '    --rule-schema', text: 'Show the JSON schema of rules files.' },
  {
    option: '    --disable-source <event_source>',
    text: 'Leave out an event source; may be repeated, but one source must remain. Sources are "syscall" and those of the loaded plugins. Not together with --enable-source.',
  },
  {
    option: '    --dry-run',
    text: 'Load configuration, plugins and rules, report what is wrong with them, and stop before the first event.',
  },
  {
    option: '    --enable-source <event_source>',
    text: 'Use only the event sources named so; may be repeated. Not together with --disable-source.',
  },
  { option: '-i', text: 'List system calls that are left out by default (there are none here).' },
  {
    option: '-L',
    text: 'List all rules with their descriptions; as JSON, with every detail of rules, macros and lists, if json_output is on.',
  },
  { option: '-l <rule>', text: 'The same for one rule.' },
  {
    option: '    --list [=<source>(=)]',
    text: 'List the fields that rules can use, of all sources or of one (the value only with =).',
  },
  { option: '    --list-events', text: 'List the events that there are.' },
  { option: '    --list-plugins', text: 'List the loaded plugins.' },
  {
    option: '-M <num_seconds>',
    text: 'Stop once this many seconds have passed between the first event and the latest.',
  },
  { option: '    --markdown', text: 'Deprecated, use --format markdown.' },
  { option: '    --format <format>', text: 'Form of --list and --list-events: text, markdown or json.' },
  { option: '-N', text: 'Only names, with --list.' },
  {
    option: '-o, --option <opt>=<val>',
    text: 'Set a value of the configuration; wins over the files; may be repeated. Parts of a key are joined by dots, [N] is an item of a list and [] a new one at its end; a backslash takes the meaning from a dot, bracket or backslash. For example: json_output=true, webserver.listen_port=9000, rules[].disable.tag=network.',
  },
  {
    option: '    --plugin-info <plugin_name>',
    text: 'Describe a plugin, given by its name or library path: what it is, the schema of its init_config, values for open_params.',
  },
  {
    option: '-p, --print <output_format>',
    text: 'Deprecated, use append_output in the configuration. Adds text to the output of every rule.',
  },
  { option: '-P, --pidfile <pid_file>', text: 'Write the process id to a file.' },
  {
    option: '-r <rules_file>',
    text: 'Rules to load instead of those in the configuration: a file, or a directory of files; may be repeated. A path counts only if it ends in .yaml or .yml and holds that nowhere else: rules.txt, rules.YAML and x.yaml.yaml are left out, with a warning.',
  },
  {
    option: '    --support',
    text: 'Show what a report of trouble needs, as JSON: versions, command line, configuration, rules.',
  },
  { option: '-U, --unbuffered', text: 'Write every alert at once, even with buffered_outputs.' },
  { option: '-V, --validate <rules_file>', text: 'Check a rules file and stop; may be repeated.' },
  { option: '-v', text: 'Say more: time and events of each source at the end, types with --list.' },
  { option: '    --version', text: 'Show versions.' },
  { option: '    --page-size', text: "Log the system's page size." },
];

const OWN_OPTIONS: readonly Entry[] = [
  {
    option: '    --from <time>',
    text: "Where to start in an EKS cluster's log: a time span before now (2h, 1h30m), or a time such as 2026-08-01T12:00:00Z.",
  },
  {
    option: '    --no-prefilter',
    text: 'Evaluate every rule for every event. Slower, and the alerts are the same.',
  },
  {
    option: '    --stop-timeout <seconds>',
    text: "How long a stop may read once more what is not settled of an EKS cluster's log; default 3, 0: not at all.",
  },
  {
    option: '    --strict-config',
    text: 'Do not start while the configuration says something without effect: unknown keys, values of the wrong type, entries that stand there twice, files that are not there, no rules. Without it these are warnings.',
  },
  {
    option: '    --threads <number>',
    text: 'Threads that evaluate events where many wait (files, back-fills, a busy web hook); 0, the default, means as many as there are cores but one.',
  },
  {
    option: '    --to <time>',
    text: 'Where to end (now, a time span, a time): with --from, what was logged in between is read once, as fast as the quota allows.',
  },
];

const COMMANDS: readonly Entry[] = Object.entries(SUB_COMMANDS).map(([name, { takes, text }]) => ({
  option: `${name} ${takes}`.trimEnd(),
  text,
}));

const WIDTH = 80;
const INDENT = 32;

/** All options of the command itself, Falco's and ours. */
export const OPTION_ENTRIES: readonly Entry[] = [...ENTRIES, ...OWN_OPTIONS];

export function helpText(): string {
  const options = ENTRIES.map(formatEntry).join('');
  const own = OWN_OPTIONS.map(formatEntry).join('');
  const commands = COMMANDS.map(formatEntry).join('');
  return `Falco - Cloud Native Runtime Security\nUsage:\n  falco [OPTION...]\n\n${options}\nBeside Falco's:\n${own}\nCommands, as tsfalco <command>:\n${commands}\n`;
}

function formatEntry({ option, text }: Entry): string {
  const lines = wrap(text, WIDTH - INDENT);
  const head = `  ${option}`;
  const first = head.length < INDENT ? head.padEnd(INDENT) + lines.shift()! : head;
  return [first, ...lines.map((line) => ' '.repeat(INDENT) + line)].map((line) => `${line}\n`).join('');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
