// Macros, lists and rules → items of a rules file, as a person would write them, and constants → text of a condition.
// Whatever the texts hold, what is read back is what was given.

import type { ByteString } from '../bytes.js';

/** What a rule's item says. */
export interface RuleItem {
  readonly name: ByteString;
  readonly description: ByteString;
  readonly condition: ByteString;
  readonly output: ByteString;
  /** As Falco names them: `WARNING`. */
  readonly priority: ByteString;
  /** Event source; default: k8s_audit. */
  readonly source?: string | undefined;
  readonly tags?: readonly ByteString[];
  /** Left out: enabled. */
  readonly enabled?: boolean;
}

export function macroYaml(name: ByteString, condition: ByteString): ByteString {
  return `- macro: ${plainOrQuoted(name)}\n  condition: ${foldedText(condition)}\n`;
}

export function listYaml(name: ByteString, items: readonly ByteString[]): ByteString {
  return `- list: ${plainOrQuoted(name)}\n  items: ${flowList(items.map(listItem))}\n`;
}

export function ruleYaml({ tags = [], enabled = true, source = 'k8s_audit', ...rule }: RuleItem): ByteString {
  const lines = [
    `- rule: ${plainOrQuoted(rule.name)}`,
    `  desc: ${plainOrQuoted(rule.description)}`,
    `  condition: ${foldedText(rule.condition)}`,
    `  output: ${quote(rule.output)}`,
    `  priority: ${plainOrQuoted(rule.priority)}`,
    `  source: ${source}`,
    ...(tags.length > 0 ? [`  tags: ${flowList(tags)}`] : []),
    ...(enabled ? [] : ['  enabled: false']),
  ];
  return `${lines.join('\n')}\n`;
}

/** A constant of a condition, in quotes. */
export function conditionText(value: ByteString): ByteString {
  // Not `\\` and `\"`: a quote behind a backslash never closes.
  const escaped = value.replace(/[\\"\x00-\x1f\x7f]/g, (char) => {
    const code = char.charCodeAt(0).toString(16).padStart(2, '0');
    return `\\x${code}`;
  });
  return `"${escaped}"`;
}

/** Items are put into conditions as they stand, so those that are no bare words bring their quotes. */
function listItem(text: ByteString): ByteString {
  return /^[\w.:@/*+-]+$/.test(text) ? text : conditionText(text);
}

const flowList = (items: readonly ByteString[]): ByteString => `[${items.map(plainOrQuoted).join(', ')}]`;

/** YAML double-quoted text; JSON's is a subset of it. */
function quote(text: ByteString): ByteString {
  return JSON.stringify(text);
}

const OTHER_YAML = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** A text as people write it, where that is no other YAML. */
function plainOrQuoted(text: ByteString): ByteString {
  const plain = /^[A-Za-z](?:[\w .,'()/@-]*[\w.)])?$/.test(text) && !/[,]/.test(text);
  return plain && !OTHER_YAML.test(text) ? text : quote(text);
}

const WIDTH = 100;

/** A condition as a folded block, wrapped at blanks outside quotes, so that it needs no escapes. */
function foldedText(condition: ByteString): ByteString {
  // Folding would change several blanks, and what cannot be printed has to be escaped.
  if (!/^[\x21-\x7e\x80-\xff](?: ?[\x21-\x7e\x80-\xff])*$/.test(condition)) return quote(condition);
  const lines: ByteString[] = [''];
  for (const word of condition.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^ ])+/g) ?? []) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return `>-\n${lines.map((line) => `    ${line}`).join('\n')}`;
}
