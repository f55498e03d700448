// What the REPL says about itself.

import type { ByteString } from '../bytes.js';

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
}

export const COMMANDS: readonly Command[] = [
  { name: 'load', usage: 'load FILE', help: 'read audit events: lines, lists, arrays' },
  { name: 'events', usage: 'events', help: 'the current event and the rules that match it' },
  { name: 'next', usage: 'next', help: 'the next event; prev goes back' },
  { name: 'prev', usage: 'prev', help: 'the event before' },
  { name: 'show', usage: 'show [N]', help: 'the current event, or event N, whole' },
  { name: 'clear', usage: 'clear', help: 'forget all events' },
  {
    name: 'why',
    usage: 'why [#N] [RULE]',
    help: 'why the last condition, or a rule, does or does not match event N',
  },
  { name: 'near', usage: 'near', help: 'events that miss the last condition by one check' },
  { name: 'fields', usage: 'fields [PREFIX]', help: 'the fields there are' },
  { name: 'rules', usage: 'rules [FILE]', help: 'load a rules file; rules and how many events they match' },
  { name: 'reload', usage: 'reload', help: 'read the rules files again' },
  { name: 'macro', usage: 'macro NAME CONDITION', help: 'define a macro' },
  { name: 'list', usage: 'list NAME ITEM, ITEM, …', help: 'define a list' },
  { name: 'rule', usage: 'rule "NAME" CONDITION | OUTPUT | PRIORITY', help: 'define a rule' },
  { name: 'undo', usage: 'undo', help: 'take the last definition back' },
  { name: 'save', usage: 'save FILE', help: 'write what was defined as a rules file' },
  { name: 'help', usage: 'help [COMMAND]', help: 'this text' },
  { name: 'quit', usage: 'quit', help: 'leave' },
];

/** Help on everything, or on one command. ASCII. */
export function helpText(topic: ByteString): ByteString {
  const found = topic === '' ? COMMANDS : COMMANDS.filter(({ name }) => name === topic);
  if (found.length === 0) return `there is no command ${topic}; type help`;
  const lines = found.map(({ usage, help }) => `  ${usage.replace('…', '...').padEnd(44)} ${help}`);
  return topic === '' ? [...INTRODUCTION, ...lines].join('\n') : lines.join('\n');
}

const INTRODUCTION = [
  'Type a condition to see which events match:  ka.verb = create and ka.target.resource = pods',
  'Type a field to see its values:              ka.user.name',
  'Type a template to see it filled in:         %ka.user.name did %ka.verb',
  'Then ask: why, near. Tab completes. Commands:',
];
