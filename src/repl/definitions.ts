// Definitions: the rules text that a session works on, files and what was typed, and compiling what is typed now
// against it. Everything goes through the loader, so lists, macros and messages are those of rules files.

import { type Opened, openWorkspace } from '../authoring/workspace.js';
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
      readonly inOutput: boolean;
      readonly suggestion: ByteString | undefined;
    };

const INPUT = '(input)';
const INPUT_FILE = '(input)';
const TYPED_FILE = '(typed)';
// Where the condition starts in its line of the file below, in bytes from 1.
const CONDITION_COLUMN = 5;
const OUTPUT_LINE = 3;

/** YAML double-quoted text; JSON's is a subset of it. */
export function quote(text: ByteString): ByteString {
  return JSON.stringify(text);
}

export function macroYaml(name: ByteString, condition: ByteString): ByteString {
  return `- macro: ${name}\n  condition: ${quote(condition)}\n`;
}

export function listYaml(name: ByteString, items: readonly ByteString[]): ByteString {
  return `- list: ${name}\n  items: [${items.map(quote).join(', ')}]\n`;
}

export function ruleYaml(
  name: ByteString,
  condition: ByteString,
  output: ByteString,
  priority: ByteString,
): ByteString {
  const lines = [
    `- rule: ${quote(name)}`,
    `  desc: ${quote(name)}`,
    `  condition: ${quote(condition)}`,
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

export function load(files: readonly RulesFile[], additions: readonly Addition[]): Opened {
  return openWorkspace([...files, typedFile(additions)]);
}

/** Compiles a condition and a template against files and additions. The column counts bytes of the condition, from 1. */
export function compileInput(
  files: readonly RulesFile[],
  additions: readonly Addition[],
  condition: ByteString,
  output: ByteString,
): Compiled {
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
  const { workspace, results } = openWorkspace([
    ...files,
    typedFile(additions),
    { name: INPUT_FILE, content },
  ]);
  const rule = workspace?.rules.find(({ info }) => info.name === INPUT);
  if (rule !== undefined) return { ok: true, rule };
  return fault(results.flatMap(({ errors }) => errors)[0]);
}

function fault(error: Diagnostic | undefined): Compiled {
  if (error === undefined)
    return { ok: false, message: 'nothing was compiled', column: 0, inOutput: false, suggestion: undefined };
  const { message, place, suggestion } = error;
  const typed = place.file === INPUT_FILE;
  const inOutput = typed && place.line <= OUTPUT_LINE;
  const column = typed && !inOutput ? Math.max(1, place.column - CONDITION_COLUMN + 1) : 0;
  return { ok: false, message, column, inOutput, suggestion };
}
