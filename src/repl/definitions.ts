// Definitions: the rules text that a session works on, files and what was typed, and compiling what is typed now
// against it. Everything goes through the loader, so lists, macros and messages are those of rules files.

import { type Opened, openWorkspace, type Workspace, type WorkspaceOptions } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import type { Diagnostic } from '../engine/diagnostic.js';
import type { LoadedRule, RulesFile } from '../engine/rules/loader.js';

/** A macro, list or rule that was typed. */
export interface Addition {
  readonly kind: 'macro' | 'list' | 'rule';
  readonly name: ByteString;
  /** Its item in a rules file. */
  readonly yaml: ByteString;
}

/** What a typed condition or template compiles to, or where it is at fault. */
export type Compiled =
  | { readonly ok: true; readonly rule: LoadedRule }
  | {
      readonly ok: false;
      readonly message: ByteString;
      /** Where in the condition; 0: elsewhere. */
      readonly column: number;
      /** Bytes of the word at fault. */
      readonly length: number;
      readonly inOutput: boolean;
      readonly suggestion: ByteString | undefined;
    };

const INPUT = '(input)';
const TYPED_FILE = '(typed)';
// Where the condition starts in its line of the file below, in bytes from 1.
const CONDITION_COLUMN = 5;
const OUTPUT_LINE = 3;

/** YAML double-quoted text; JSON's is a subset of it. */
export function quote(text: ByteString): ByteString {
  return JSON.stringify(text);
}

/** A name as people write it, where that is no other YAML. */
function plainOrQuoted(name: ByteString): ByteString {
  return /^[A-Za-z][\w -]*$/.test(name) && !/^(?:true|false|yes|no|on|off|null|y|n)$|\s$/i.test(name)
    ? name
    : quote(name);
}

const WIDTH = 100;

/** A condition as a folded block, wrapped at blanks outside quotes, so that it needs no escapes. */
function foldedText(condition: ByteString): ByteString {
  // Folding would change several blanks, and what cannot be printed has to be escaped.
  if (/[^\x20-\x7e\x80-\xff]| {2}/.test(condition)) return quote(condition);
  const lines: ByteString[] = [''];
  for (const word of condition.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S)+/g) ?? []) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return `>-\n${lines.map((line) => `    ${line}`).join('\n')}`;
}

export function macroYaml(name: ByteString, condition: ByteString): ByteString {
  return `- macro: ${plainOrQuoted(name)}\n  condition: ${foldedText(condition)}\n`;
}

export function listYaml(name: ByteString, items: readonly ByteString[]): ByteString {
  return `- list: ${plainOrQuoted(name)}\n  items: [${items.map(quote).join(', ')}]\n`;
}

export function ruleYaml(
  name: ByteString,
  condition: ByteString,
  output: ByteString,
  priority: ByteString,
): ByteString {
  const lines = [
    `- rule: ${plainOrQuoted(name)}`,
    `  desc: ${plainOrQuoted(name)}`,
    `  condition: ${foldedText(condition)}`,
    `  output: ${quote(output)}`,
    `  priority: ${priority}`,
    '  source: k8s_audit',
  ];
  return `${lines.join('\n')}\n`;
}

/** The typed items as one rules file. */
export function typedFile(additions: readonly Addition[]): RulesFile {
  return { name: TYPED_FILE, content: additions.map(({ yaml }) => yaml).join('\n') };
}

export function load(
  files: readonly RulesFile[],
  additions: readonly Addition[],
  options: WorkspaceOptions = {},
): Opened {
  return openWorkspace(additions.length === 0 ? files : [...files, typedFile(additions)], options);
}

/** Compiles a condition and a template in a workspace. The column counts bytes of the condition, from 1. */
export function compileInput(workspace: Workspace, condition: ByteString, output: ByteString): Compiled {
  const content = [
    `- rule: ${INPUT}`,
    '  desc: typed',
    `  output: ${quote(output)}`,
    '  priority: INFO',
    '  source: k8s_audit',
    '  condition: |-',
    `    ${condition}`,
    '',
  ].join('\n');
  const tried = workspace.tryRule({ name: INPUT, content }, INPUT);
  return 'compiled' in tried ? { ok: true, rule: tried } : fault(tried);
}

function fault({ message, place, suggestion }: Diagnostic): Compiled {
  const typed = place.file === INPUT;
  const inOutput = typed && place.line <= OUTPUT_LINE;
  const column = typed && !inOutput ? Math.max(1, place.column - CONDITION_COLUMN + 1) : 0;
  return { ok: false, message, column, length: place.length, inOutput, suggestion };
}

/** What a rule, macro or list is, or undefined. */
export function definitionText(workspace: Workspace, name: ByteString): ByteString | undefined {
  const rule = workspace.rules.find(({ info }) => info.name === name)?.compiled.definition;
  if (rule !== undefined) {
    const condition = rule.condition.text
      .trim()
      .split(/\s*\n\s*/)
      .join('\n    ');
    return `rule ${name}\n  ${rule.description.trim()}\n  condition:\n    ${condition}\n  output: ${rule.output.text.trim()}`;
  }
  const macro = workspace.macros.get(name);
  if (macro !== undefined) return `macro ${name}\n  ${macro.trim().replace(/\s*\n\s*/g, '\n  ')}`;
  const list = workspace.lists.get(name);
  return list && `list ${name}\n  ${list.join(', ')}`;
}
