// What a word of a rules file is: a field, a macro with what it stands for, a list with its items, a rule or correlation with
// its MITRE tags, an operator, a key.

import { type ByteString, fromBytes } from '../bytes.js';
import { contextAt } from './context.js';
import type { TextPosition, TextRange } from './document.js';
import { fieldText, keyText, tagText, WORDS } from './knowledge.js';
import { type ItemKind, KEY } from './outline.js';
import { type Definition, type Project, type RulesDocument, textOf, valueIn } from './project.js';

export interface Hover {
  readonly text: string;
  readonly range: TextRange;
}

const WORD = /%?[A-Za-z_][\w.-]*|[!<>=]+/g;

export function hover(project: Project, document: RulesDocument, position: TextPosition): Hover | undefined {
  const offset = document.offsetAt(position);
  const named = project.namedAt(document, offset);
  if (named !== undefined) {
    const text = textOfName(project, document, named.kind, named.name);
    const range = document.rangeAt(named.offset, named.name.length);
    if (text !== undefined) return { text, range };
  }
  const start = document.starts[position.line] ?? 0;
  const line = document.lines[position.line] ?? '';
  for (const { 0: word, index } of line.matchAll(WORD)) {
    if (start + index > offset || offset > start + index + word.length) continue;
    const text = textOfWord(project, word, line, index) ?? tagAt(document, position, word);
    return text === undefined ? undefined : { text, range: document.rangeAt(start + index, word.length) };
  }
  return undefined;
}

function textOfWord(
  { knowledge }: Project,
  word: ByteString,
  line: ByteString,
  index: number,
): string | undefined {
  const key = KEY.exec(line);
  if (key !== null && key[1]!.length === index && key[2] === word) {
    const text = keyText(word);
    return text === undefined ? undefined : `**${word}** — ${text}`;
  }
  const field = knowledge.fieldNamed(word.replace(/^%/, ''));
  if (field !== undefined) return fieldText(field);
  return WORDS.find(({ name }) => name === word)?.text;
}

function tagAt(document: RulesDocument, position: TextPosition, word: ByteString): string | undefined {
  return contextAt(document, position).key === 'tags' ? tagText(word) : undefined;
}

function textOfName(
  project: Project,
  near: RulesDocument,
  kind: ItemKind,
  name: ByteString,
): string | undefined {
  const definition = project.definitions(kind, near).get(name);
  if (definition === undefined) return undefined;
  const file = decodeURIComponent(definition.document.uri.split('/').at(-1) ?? '');
  const { kind: is = kind } = definition.item;
  const head = `**${is} ${fromBytes(name)}** — ${file}:${definition.item.from + 1}`;
  switch (is) {
    case 'correlation':
      return [
        head,
        fromBytes(valueIn(definition, 'desc') ?? ''),
        `\`\`\`yaml\n${clipped(fromBytes(textOf(definition)))}\n\`\`\``,
        ...tags(definition),
      ].join('\n\n');
    case 'list':
      return `${head}\n\n\`\`\`yaml\n${clipped(fromBytes(textOf(definition)))}\n\`\`\``;
    case 'macro':
      return [head, code(valueIn(definition, 'condition')), ...expanded(project, near, definition)].join(
        '\n\n',
      );
    case 'rule':
      return [
        head,
        fromBytes(valueIn(definition, 'desc') ?? ''),
        code(valueIn(definition, 'condition')),
        ...tags(definition),
      ].join('\n\n');
  }
}

const LONGEST = 2000;
const clipped = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const code = (text: ByteString | undefined): string => `\`\`\`\n${clipped(fromBytes(text ?? ''))}\n\`\`\``;

/** A macro's condition with the macros in it put in, if there are any. */
function expanded(project: Project, near: RulesDocument, definition: Definition): readonly string[] {
  const macros = project.definitions('macro', near);
  let budget = MOST_MACROS;
  const expand = (text: ByteString, seen: ReadonlySet<ByteString>): ByteString =>
    text.replace(/"[^"]*"|'[^']*'|[\w.[\]/-]+/g, (word) => {
      const inner = seen.has(word) ? undefined : macros.get(word);
      if (inner === undefined || budget <= 0) return word;
      budget--;
      const condition = valueIn(inner, 'condition') ?? '';
      const whole = /^\(.*\)$/.test(condition) ? condition : `(${condition})`;
      return whole.length > LONGEST ? word : expand(whole, new Set([...seen, word]));
    });
  const condition = valueIn(definition, 'condition') ?? '';
  const whole = expand(condition, new Set([definition.named.name]));
  return whole === condition ? [] : ['expanded:', code(whole)];
}

/** Macros that are put in, those in macros included. */
const MOST_MACROS = 200;

function tags(definition: Definition): readonly string[] {
  const all = (valueIn(definition, 'tags') ?? '').replace(/[[\]]/g, ' ').split(/[\s,]+|(?:^| )- /);
  const known = all.flatMap((tag) => tagText(tag.replace(/["']/g, '')) ?? []);
  return known.length === 0 ? [] : [known.join(' · ')];
}
