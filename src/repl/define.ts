// Defining: macros, lists and rules as they are typed, taking them back, and noting tests.

import { listYaml, macroYaml, ruleYaml } from '../authoring/rules-yaml.js';
import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { matches, referred } from './ask.js';
import type { Addition } from './definitions.js';
import { COMMANDS } from './help.js';
import { compile } from './query.js';
import { eventsText } from './sources.js';
import { extend, type ReplState, reopen, ruleNamed } from './state.js';
import { splitName, splitReference, splitRule, trim, unquoted } from './words.js';

export function define(state: ReplState, kind: Addition['kind'], argument: ByteString): ByteString {
  const [name, body] = splitName(argument);
  if (name === '' || body === '') return `usage: ${COMMANDS.find((command) => command.name === kind)!.usage}`;
  switch (kind) {
    case 'macro': {
      const compiled = compile(state, body);
      return typeof compiled === 'string'
        ? compiled
        : add(state, { kind, name, yaml: macroYaml(name, body) });
    }
    case 'list': {
      const items = body
        .split(',')
        .map((item) => unquoted(trim(item)))
        .filter(Boolean);
      return add(state, { kind, name, yaml: listYaml(name, items) });
    }
    case 'rule': {
      const { text, output: given, priority } = splitRule(body);
      const compiled = compile(state, text, given);
      if (typeof compiled === 'string') return compiled;
      const { source } = compiled.info;
      const output = given ?? outputFor(state, source);
      const added = add(state, {
        kind,
        name,
        yaml: ruleYaml({ name, description: name, condition: text, output, priority, source }),
      });
      const rule = ruleNamed(state, name);
      state.last = rule;
      state.flips = [];
      const found = rule === undefined ? [] : state.events.of(source).filter((event) => matches(rule, event));
      return `${added}; ${found.length} of ${eventsText(state, source)} ${found.length === 1 ? 'matches' : 'match'}`;
    }
  }
}

function add(state: ReplState, addition: Addition): ByteString {
  const { kind, name } = addition;
  const before = state.additions;
  const same = (other: Addition): boolean => other.kind === kind && other.name === name;
  const anew = before.some(same);
  // In its old place, so that what was built on it still stands behind it.
  if (anew)
    reopen(
      state,
      state.files,
      before.map((other) => (same(other) ? addition : other)),
    );
  else extend(state, addition);
  state.undone.push({ additions: before, what: `${kind} ${name} is ${anew ? 'as it was before' : 'gone'}` });
  return `${kind} ${name} ${anew ? 'defined anew' : 'defined'}`;
}

export function undo(state: ReplState): ByteString {
  const step = state.undone.at(-1);
  if (step === undefined) return 'nothing was defined';
  reopen(state, state.files, step.additions);
  state.undone.pop();
  const { last } = state;
  // The last rule as it is now, if it is one of those that have names.
  if (last !== undefined) state.last = ruleNamed(state, last.info.name) ?? last;
  return step.what;
}

/** Who did what, as far as the source's plugin says. */
function outputFor({ workspace: { sources } }: ReplState, source: string): ByteString {
  const { user, verb, resource, name } = sources.about(source);
  const parts = Object.entries({ user, verb, resource, name }).filter(([, field]) => field !== undefined);
  return parts.length === 0 ? '%evt.plugininfo' : parts.map(([key, field]) => `${key}=%${field}`).join(' ');
}

/** The source, where the content of a test's event does not tell it. */
function saidSource({ workspace: { sources } }: ReplState, { plugin, source }: Event): string | undefined {
  const { marks } = sources.plugins.find(({ name }) => name === plugin) ?? {};
  return marks === undefined ? source : undefined;
}

/** `test [yes|no] [#N|fN] NAME`: notes what the last rule should say. */
export function noteTest(state: ReplState, argument: ByteString): ByteString {
  const [, wanted, rest = ''] = /^(?:(yes|no)(?:[ \t]+|$))?(.*)$/s.exec(argument)!;
  const reference = splitReference(rest, state.current);
  const name = unquoted(reference.rest);
  if (name === '') return `usage: ${COMMANDS.find((command) => command.name === 'test')!.usage}`;
  const flip = reference.kind === 'flip' ? state.flips[reference.index] : undefined;
  const rule = ruleNamed(state, (flip?.rule ?? state.last)?.info.name ?? '');
  if (rule === undefined)
    return 'define a rule first, or say why or fuzz of one: a test is about the last rule';
  const event = referred(state, reference);
  if (typeof event === 'string') return event;
  // tsfalco test refuses it too: that nothing matches such an event proves nothing.
  const { sources } = state.workspace;
  const lacking = sources.lacking(event);
  if (lacking !== undefined) return `no test: ${lacking}`;
  if (rule.info.source !== event.source)
    return `no test: event #${event.num} is of ${event.source}, and the rule is for ${rule.info.source}`;
  if (flip !== undefined && !sources.isText(event.plugin))
    return `no test: what ${event.plugin} would have to read to give such an event is not known`;
  if (state.tests.some((test) => test.name === name)) return `there is a test "${name}" already`;
  const now = matches(rule, event);
  const should = wanted === undefined ? now : wanted === 'yes';
  const base = flip === undefined ? event : state.events.all[flip.base - 1]!;
  state.tests = [
    ...state.tests,
    {
      name,
      rule: rule.info.name,
      matches: should,
      event,
      flip,
      base,
      payload: state.events.payloadOf(base),
      source: saidSource(state, event),
    },
  ];
  const verb = should ? 'matches' : 'does not match';
  return `test ${state.tests.length}: "${rule.info.name}" ${verb}${should === now ? '' : ', which it still has to learn'}`;
}
