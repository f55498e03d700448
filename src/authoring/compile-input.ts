// A condition and a template as somebody types them → a rule, or where they are at fault. They go through the loader, so lists,
// macros and messages are those of rules files.

import type { ByteString } from '../bytes.js';
import type { Diagnostic } from '../engine/diagnostic.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Workspace } from './workspace.js';

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
// Where the condition starts in its line of the file below, in bytes from 1.
const CONDITION_COLUMN = 5;
const OUTPUT_LINE = 3;

/** Compiles a condition and a template for events of a source. The column counts bytes of the condition, from 1. */
export function compileInput(
  workspace: Workspace,
  condition: ByteString,
  output: ByteString,
  source: string,
): Compiled {
  const content = [
    `- rule: ${INPUT}`,
    '  desc: typed',
    `  output: ${JSON.stringify(output)}`,
    '  priority: INFO',
    `  source: ${source}`,
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
