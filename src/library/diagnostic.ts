// What loading said about rules files, as a program takes it: plain text, places counted from 1.

import { fromBytes } from '../bytes.js';
import { verboseText } from '../engine/diagnostic/text.js';
import type { Diagnostic, LoadResult } from '../engine/diagnostic.js';

/** An error or warning about a rules file. */
export interface RulesDiagnostic {
  readonly severity: 'error' | 'warning';
  /** Falco's code, for example `LOAD_ERR_COMPILE_CONDITION`. */
  readonly code: string;
  readonly message: string;
  /** Name of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in bytes. */
  readonly column: number;
  /** The word that was probably meant. */
  readonly suggestion?: string;
  /** What to do, in one line. */
  readonly help?: string;
}

/** The errors and warnings of all files, in order. */
export function toDiagnostics(results: readonly LoadResult[]): readonly RulesDiagnostic[] {
  return results.flatMap(({ errors, warnings }) => [...errors, ...warnings].map(toDiagnostic));
}

function toDiagnostic({ severity, code, message, place, suggestion, help }: Diagnostic): RulesDiagnostic {
  return {
    severity,
    code,
    message: fromBytes(message),
    file: fromBytes(place.file),
    line: place.line,
    column: place.column,
    ...(suggestion !== undefined && { suggestion: fromBytes(suggestion) }),
    ...(help !== undefined && { help: fromBytes(help) }),
  };
}

/** The report that Falco prints, with snippets and carets. */
export function toReport(results: readonly LoadResult[]): string {
  return results.map((result) => fromBytes(verboseText(result))).join('\n');
}
