// Definitions: the rules text that a session works on, files and what was typed, and compiling what is typed now
// against it. Everything goes through the loader, so lists, macros and messages are those of rules files.

import { type Opened, openWorkspace, type Workspace, type WorkspaceOptions } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import type { Diagnostic } from '../engine/diagnostic.js';
import type { LoadedRule, RulesFile } from '../engine/rules/loader.js';
import { trim } from './words.js';

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
    `  output: ${JSON.stringify(output)}`,
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
    const condition = trim(rule.condition.text)
      .split(/[ \t]*\n[ \t]*/)
      .join('\n    ');
    return `rule ${name}\n  ${trim(rule.description)}\n  condition:\n    ${condition}\n  output: ${trim(rule.output.text)}`;
  }
  const macro = workspace.macros.get(name);
  if (macro !== undefined) return `macro ${name}\n  ${trim(macro).replace(/[ \t]*\n[ \t]*/g, '\n  ')}`;
  const list = workspace.lists.get(name);
  return list && `list ${name}\n  ${list.join(', ')}`;
}
