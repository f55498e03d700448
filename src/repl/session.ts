// Session: one typed line → what to print. Pure but for the files that it is given functions for, so a test drives it
// as a terminal does.

import { explanationText, type Style } from '../authoring/explain-text.js';
import type { Workspace } from '../authoring/workspace.js';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { printExpr } from '../engine/condition/printer.js';
import type { LoadedRule, RulesFile } from '../engine/rules/loader.js';
import { suggest } from '../engine/rules/suggest.js';
import type { Event } from '../event.js';
import type { Value } from '../fields/field.js';
import { prettyText } from '../json/read.js';
import {
  type Addition,
  compileInput,
  listYaml,
  load,
  macroYaml,
  ruleYaml,
  typedFile,
} from './definitions.js';
import { createEventStore, type EventStore } from './events.js';
import { COMMANDS, helpText } from './help.js';
import { turning } from './nearness.js';
import { definedNames, isKeyword, noEvent, shown, splitIndex, splitName, splitRule } from './words.js';

export interface SessionOptions {
  readonly files: readonly RulesFile[];
  /** Reads a file named in a command. @throws Error with a line for people */
  readonly readFile: (path: string) => ByteString;
  /** Writes a file. @throws Error with a line for people */
  readonly writeFile: (path: string, content: ByteString) => void;
  readonly style: Style;
}

export interface Reply {
  /** Byte string, without a newline at its end. */
  readonly text: ByteString;
  readonly quit: boolean;
}

export interface Session {
  run(line: ByteString): Reply;
  /** Adds events without a word; for what is loaded at the start. */
  addEvents(text: ByteString): void;
  /** What names may complete a word. */
  names(): readonly ByteString[];
  readonly events: EventStore;
}

const SHOWN = 5;

/** @throws Error with the load result where the files have an error */
export function createSession(options: SessionOptions): Session {
  let files = options.files;
  let additions: Addition[] = [];
  let workspace = mustLoad(files, additions);
  const events = createEventStore(() => workspace);
  const { style } = options;
  let current = 0;
  let last: LoadedRule | undefined;

  function mustLoad(rules: readonly RulesFile[], added: readonly Addition[]): Workspace {
    const opened = load(rules, added);
    if (opened.workspace !== undefined) return opened.workspace;
    const error = opened.results.flatMap(({ errors }) => errors)[0];
    const { file, line, column } = error!.place;
    throw new Error(fromBytes(`${file}:${line}:${column}: ${error!.message}`));
  }

  function add(addition: Addition): ByteString {
    const next = [
      ...additions.filter(({ kind, name }) => kind !== addition.kind || name !== addition.name),
      addition,
    ];
    workspace = mustLoad(files, next);
    additions = next;
    return `${addition.kind} ${addition.name} defined`;
  }

  function condition(text: ByteString, output = 'x'): LoadedRule | ByteString {
    const compiled = compileInput(files, additions, text, output);
    if (compiled.ok) return compiled.rule;
    const wrong = output
      .match(/%[\w.]+/g)
      ?.find((field) => 'error' in workspace.table.lookup(field.slice(1)));
    if (wrong !== undefined && compiled.inOutput) return unknownName('field', wrong.slice(1));
    const caret = compiled.column > 0 ? `\n  ${text}\n  ${' '.repeat(compiled.column - 1)}^` : '';
    const hint = compiled.suggestion === undefined ? '' : `\nDid you mean ${compiled.suggestion}?`;
    return `${compiled.message}${caret}${hint}`;
  }

  function query(text: ByteString): ByteString {
    const rule = condition(text);
    if (typeof rule === 'string') return rule;
    last = rule;
    const found: number[] = [];
    const { scope, predicate } = rule.compiled;
    let spent = 0;
    events.each((event, index) => {
      const started = performance.now();
      scope.begin(event);
      if (predicate(event)) found.push(index);
      spent += performance.now() - started;
    });
    const each = events.size === 0 ? 0 : (spent * 1000) / events.size;
    const head = `${found.length} of ${events.size} events match (${each.toFixed(1)} us an event)`;
    return [head, ...found.slice(0, SHOWN).map(summary), ...more(found.length - SHOWN)].join('\n');
  }

  function more(count: number): ByteString[] {
    return count > 0 ? [style.dim(`  and ${count} more`)] : [];
  }

  function summary(index: number): ByteString {
    return `  ${style.dim(`#${index + 1}`)} ${render(index, '%ka.stage %ka.verb %ka.uri by %ka.user.name -> %ka.response.code')}`;
  }

  function render(index: number, template: ByteString): ByteString {
    const rule = condition('ka.verb exists or not ka.verb exists', template);
    if (typeof rule === 'string') return rule;
    let text = '';
    events.read(index, (event) => {
      rule.compiled.scope.begin(event);
      text = rule.compiled.template.render(event);
    });
    return text;
  }

  function fieldValues(name: ByteString, read: (event: Event) => Value | undefined): ByteString {
    const counts = new Map<ByteString, number>();
    events.each((event) => {
      const value = shown(read(event));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    });
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    const lines = sorted.slice(0, 20).map(([value, count]) => `  ${String(count).padStart(6)}  ${value}`);
    return [
      `${name}: ${counts.size} values over ${events.size} events`,
      ...lines,
      ...more(sorted.length - 20),
    ].join('\n');
  }

  function why(argument: ByteString): ByteString {
    const { index, rest } = splitIndex(argument, current);
    const rule = rest === '' ? last : workspace.rules.find(({ info }) => info.name === rest);
    if (rest !== '' && rule === undefined) return `no enabled rule is called "${rest}"`;
    if (rule === undefined) return 'type a condition first, or name a rule: why [#EVENT] [RULE]';
    if (index >= events.size) return noEvent(index);
    let text = '';
    events.read(index, (event) => {
      text = explanationText(workspace.explain(rule, event), style);
    });
    return `event #${index + 1}\n${text}`;
  }

  function near(): ByteString {
    const rule = last;
    if (rule === undefined) return 'type a condition first';
    const found: ByteString[] = [];
    let count = 0;
    events.each((event, index) => {
      const turned = turning(workspace.explain(rule, event), true);
      if (turned.length !== 1) return;
      count++;
      if (found.length < SHOWN)
        found.push(
          `${summary(index)}\n      misses by: ${printExpr(turned[0]!.expr)} (${shown(turned[0]!.left)})`,
        );
    });
    return [`${count} events miss by one check`, ...found, ...more(count - SHOWN)].join('\n');
  }

  function show(argument: ByteString): ByteString {
    const { index } = splitIndex(argument, current);
    if (index >= events.size) return noEvent(index);
    current = index;
    let text = '';
    events.read(index, ({ document, root }) => {
      text = prettyText(document, root);
    });
    return `event #${index + 1} of ${events.size}\n${text}`;
  }

  function step(by: number): ByteString {
    if (events.size === 0) return noEvent(0);
    current = Math.min(Math.max(current + by, 0), events.size - 1);
    const names = matchingRules(current);
    return `${summary(current)}\n  rules: ${names.length === 0 ? 'none' : names.join(', ')}`;
  }

  function matchingRules(index: number): ByteString[] {
    let names: ByteString[] = [];
    events.read(index, (event) => {
      names = workspace.matches(event).map(({ rule }) => rule.info.name);
    });
    return names;
  }

  function rules(path: ByteString): ByteString {
    if (path !== '') {
      const next = [...files, { name: path, content: options.readFile(fromBytes(path)) }];
      workspace = mustLoad(next, additions);
      files = next;
    }
    const counts = new Map<ByteString, number>(workspace.rules.map(({ info }) => [info.name, 0]));
    events.each((event) => {
      for (const { rule } of workspace.matches(event))
        counts.set(rule.info.name, (counts.get(rule.info.name) ?? 0) + 1);
    });
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    const lines = sorted.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
    return [`${counts.size} rules, matches over ${events.size} events:`, ...lines].join('\n');
  }

  function reload(): ByteString {
    files = files.map(({ name }) => ({ name, content: options.readFile(fromBytes(name)) }));
    workspace = mustLoad(files, additions);
    return `${files.length} files, ${workspace.rules.length} rules`;
  }

  function define(kind: 'macro' | 'list' | 'rule', argument: ByteString): ByteString {
    const [name, body] = splitName(argument);
    if (name === '' || body === '')
      return `usage: ${COMMANDS.find((command) => command.name === kind)!.usage}`;
    switch (kind) {
      case 'macro': {
        const compiled = condition(body);
        return typeof compiled === 'string' ? compiled : add({ kind, name, yaml: macroYaml(name, body) });
      }
      case 'list':
        return add({
          kind,
          name,
          yaml: listYaml(
            name,
            body
              .split(',')
              .map((item) => item.trim())
              .filter(Boolean),
          ),
        });
      case 'rule': {
        const { text, output, priority } = splitRule(body);
        const compiled = condition(text, output);
        if (typeof compiled === 'string') return compiled;
        const added = add({ kind, name, yaml: ruleYaml(name, text, output, priority) });
        last = workspace.rules.find(({ info }) => info.name === name);
        return added;
      }
    }
  }

  function undo(): ByteString {
    const gone = additions.at(-1);
    if (gone === undefined) return 'nothing was defined';
    const next = additions.slice(0, -1);
    workspace = mustLoad(files, next);
    additions = next;
    return `${gone.kind} ${gone.name} is gone`;
  }

  function save(path: ByteString): ByteString {
    if (path === '') return 'usage: save FILE';
    if (additions.length === 0) return 'nothing was defined; use macro, list or rule first';
    options.writeFile(fromBytes(path), typedFile(additions).content);
    return `${additions.length} items written to ${path}`;
  }

  function loadEvents(path: ByteString): ByteString {
    if (path === '') return 'usage: load FILE';
    const { added, faults } = events.add(options.readFile(fromBytes(path)));
    return [
      `${added} events read, ${events.size} in all`,
      ...faults.slice(0, SHOWN),
      ...more(faults.length - SHOWN),
    ].join('\n');
  }

  function fields(prefix: ByteString): ByteString {
    const all = workspace.table.classes.flatMap((group) => group.fields);
    const found = all.filter(({ name }) => name.startsWith(prefix));
    return (
      found.map(({ name, description }) => `  ${name.padEnd(48)} ${description}`).join('\n') ||
      `no field starts with ${prefix}`
    );
  }

  const actions: Readonly<Record<string, (argument: ByteString) => ByteString>> = {
    help: (topic) => helpText(topic),
    load: loadEvents,
    events: () => step(0),
    clear: () => {
      events.clear();
      current = 0;
      return 'no events';
    },
    next: () => step(1),
    prev: () => step(-1),
    show,
    why,
    near,
    fields,
    rules,
    reload,
    macro: (argument) => define('macro', argument),
    list: (argument) => define('list', argument),
    rule: (argument) => define('rule', argument),
    undo,
    save,
  };

  function answer(line: ByteString): ByteString {
    const [word, rest] = splitName(line);
    const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action !== undefined) return action(rest);
    const field = workspace.table.lookup(line);
    if (!('error' in field)) return fieldValues(line, field.extract);
    // A condition may hold such text too, inside a value.
    if (/%[a-z]\w*\./.test(line) && typeof condition(line) === 'string') return render(current, line);
    return unknownWord(word, rest) ?? query(line);
  }

  // A word that is nothing known, alone or with what is no condition behind it, is a slip in a command or a field.
  function unknownWord(word: ByteString, rest: ByteString): ByteString | undefined {
    const known = names();
    if (!/^[\w.-]+$/.test(word) || known.includes(word) || /^[=!<>]/.test(rest)) return undefined;
    if (rest !== '' && (word.includes('.') || isKeyword(word) || isKeyword(rest))) return undefined;
    return unknownName(word.includes('.') ? 'field' : 'command, macro or field', word);
  }

  function unknownName(kind: string, word: ByteString): ByteString {
    const near = suggest(word, names());
    return `there is no ${kind} ${word}${near === undefined ? '; type help' : `\nDid you mean ${near}?`}`;
  }

  function names(): ByteString[] {
    return [
      ...COMMANDS.map(({ name }) => name),
      ...workspace.table.classes.flatMap((group) => group.fields.map(({ name }) => name)),
      ...additions.map(({ name }) => name),
      ...definedNames(files),
    ];
  }

  function run(line: ByteString): Reply {
    const text = line.trim();
    if (text === 'quit' || text === 'exit') return { text: '', quit: true };
    if (text === '' || text.startsWith('#')) return { text: '', quit: false };
    try {
      return { text: answer(text), quit: false };
    } catch (error) {
      // Files that cannot be read or written, and rules that do not load.
      return { text: toBytes(error instanceof Error ? error.message : String(error)), quit: false };
    }
  }

  return {
    run,
    addEvents: (text) => {
      events.add(text);
    },
    names,
    events,
  };
}
