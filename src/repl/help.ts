// What the REPL says about itself: an introduction, a page a command, and what conditions are made of.

import { operatorLines, transformerLines } from '../authoring/reference.js';
import { type ByteString, toBytes } from '../bytes.js';

export interface Command {
  readonly name: string;
  readonly usage: string;
  /** A few words for the list of commands. */
  readonly help: string;
  /** Lines for its own page: what it tells, and examples to type. */
  readonly page: readonly string[];
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'load',
    usage: 'load FILE | eks CLUSTER [FROM [TO]]',
    help: 'read audit events from a file or CloudWatch',
    page: [
      'A file holds events one a line, EventLists, arrays, or one document. An event can be pasted, too.',
      'From CloudWatch Logs: the last 15 minutes of a cluster, or a span; credentials as for the AWS CLI.',
      '  load audit.log',
      '  load eks my-cluster 2h',
      '  load eks my-cluster 2026-08-01T12:00:00Z 2026-08-01T13:00:00Z',
    ],
  },
  { name: 'events', usage: 'events', help: 'the current event and the rules that match it', page: [] },
  {
    name: 'next',
    usage: 'next [match]',
    help: 'the next event, or the next one that the last condition matches',
    page: ['  ka.verb = delete', '  next match'],
  },
  {
    name: 'prev',
    usage: 'prev [match]',
    help: 'the event before',
    page: [],
  },
  {
    name: 'show',
    usage: 'show [#N | fN | NAME]',
    help: 'an event whole, or what a name stands for',
    page: [
      'NAME is a rule, correlation, macro or list; fN is something that fuzz found.',
      '  show 2',
      '  show f1',
    ],
  },
  { name: 'clear', usage: 'clear', help: 'forget all events', page: [] },
  {
    name: 'why',
    usage: 'why [#N | fN] [RULE]',
    help: 'why the last condition, or a rule, does or does not match',
    page: [
      'A tree of the condition: a tick where a part holds, what each check read from the event, and an arrow at',
      'the part that decided.',
      '  ka.verb = get and ka.target.resource = secrets',
      '  why #2',
      'Of a correlation: a time line of each group, over all events that are loaded; with #N, of the groups in which',
      'that event counted. Which events met which step, the alerts, and what was missing for one.',
      '  why Secrets Swept Across Namespaces',
    ],
  },
  {
    name: 'near',
    usage: 'near',
    help: 'events that miss the last condition by one check',
    page: ['A slip in a value shows here: the check, and what the events hold in its place.'],
  },
  {
    name: 'fuzz',
    usage: 'fuzz [all] [seed N] [#N] [RULE]',
    help: 'small changes of events that turn the verdict',
    page: [
      'Takes events that match the last condition or the rule, and some that nearly do; changes what its checks',
      'read (case, prefix, suffix, missing, null, lists, escapes, the values in the rule, ...) and shows which',
      'changes turn the verdict: how the rule can be evaded, and where it says more than was meant. The same',
      'call finds the same; another seed starts from other events. Then: show f1, why f1, test no f1 NAME.',
    ],
  },
  {
    name: 'fields',
    usage: 'fields [PREFIX]',
    help: 'the fields there are',
    page: ['A field alone shows its values over the events.', '  fields ka.target', '  ka.target.resource'],
  },
  {
    name: 'rules',
    usage: 'rules [FILE]',
    help: 'load a rules file; rules, correlations and their matches',
    page: ['Of a correlation: its alerts, and what the group that came nearest to one lacks.'],
  },
  { name: 'reload', usage: 'reload', help: 'read the rules files again', page: [] },
  {
    name: 'macro',
    usage: 'macro NAME CONDITION',
    help: 'define a macro',
    page: ['  macro human not ka.user.name startswith "system:"'],
  },
  {
    name: 'list',
    usage: 'list NAME ITEM, ITEM, ...',
    help: 'define a list',
    page: ['  list readers alice@example.com, bob@example.com', '  ka.user.name in (readers)'],
  },
  {
    name: 'rule',
    usage: 'rule "NAME" CONDITION | OUTPUT | PRIORITY',
    help: 'define a rule',
    page: [
      'Output and priority may be left out. A line ending in \\, or inside open parentheses, goes on.',
      '  rule "Secret Read" ka.target.resource = secrets and ka.verb = get | who=%ka.user.name | NOTICE',
    ],
  },
  {
    name: 'test',
    usage: 'test [yes|no] [#N | fN] NAME',
    help: 'note what the last rule says of an event as a test',
    page: [
      'yes: the rule has to match, no: it must not; without either: as it is now. save writes the tests.',
      '  test #2 alice runs a command',
      '  test no f3 other namespaces',
    ],
  },
  {
    name: 'undo',
    usage: 'undo',
    help: 'take the last definition back',
    page: [],
  },
  {
    name: 'save',
    usage: 'save FILE | #N FILE | fN FILE',
    help: 'write the rules and their tests, or an event',
    page: [
      'What was defined becomes a rules file, and the tests a suite beside it, which tsfalco test runs.',
      'A file that is there keeps what it has; the new items stand behind it.',
      '  save exec.yaml        (and exec-test.yaml)',
      '  save #2 event.json',
    ],
  },
  {
    name: 'help',
    usage: 'help [COMMAND | operators | transformers]',
    help: 'this text',
    page: [],
  },
  { name: 'quit', usage: 'quit', help: 'leave; so does Ctrl-D', page: [] },
];

const TOPICS: Readonly<Record<string, () => readonly string[]>> = {
  operators: operatorLines,
  transformers: transformerLines,
};

/** Help on everything, on one command, or on what conditions are made of. */
export function helpText(topic: ByteString): ByteString {
  if (topic === '') return toBytes([...INTRODUCTION, ...COMMANDS.map(commandLine)].join('\n'));
  if (Object.hasOwn(TOPICS, topic)) return toBytes(TOPICS[topic]!().join('\n'));
  const command = COMMANDS.find(({ name }) => name === topic);
  if (command === undefined) return `there is no command ${topic}; type help`;
  return toBytes([commandLine(command), ...command.page.map((line) => `  ${line}`)].join('\n'));
}

const commandLine = ({ usage, help }: Command): string => `  ${usage.padEnd(42)} ${help}`;

const INTRODUCTION = [
  'Type a condition to see which events match:  ka.verb = create and ka.target.resource = pods',
  'Type a field to see its values:              ka.user.name',
  'Type a template to see it filled in:         %ka.user.name did %ka.verb',
  'Then ask: why, near, fuzz. Define it: rule. Keep it: test, save. Tab completes. Commands:',
];
