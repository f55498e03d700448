// What lint is given, and what its parts are given. Types only.

import type { ByteString } from '../../../bytes.js';
import type { CompileOutput } from '../compile/compiler.js';
import type { LoadedPlugin, LoadOptions, LoadOutcome } from '../loader.js';
import type { Logic } from './logic.js';

export interface LintOptions {
  readonly load: LoadOptions;
  /** What is wrong with a field, if something is. */
  readonly defectOf: (
    field: ByteString,
  ) => { readonly text: string; readonly level: 'warning' | 'note' } | undefined;
  /** When Falco ends as it reads a field with its argument, if it ever does. */
  readonly crashOf: (spelled: ByteString) => string | undefined;
  /** Each place of what is otherwise said once a file. */
  readonly everyPlace?: boolean;
  /** Plugins that are there, and whether there are no others. */
  readonly plugins: readonly Pick<LoadedPlugin, 'name' | 'version' | 'standsFor'>[];
  readonly complete: boolean;
  /** Fields that events are shared out by between processes. */
  readonly partitionKey?: readonly ByteString[];
  /** Sources whose fields count when a macro is used by no rule. */
  readonly sources: readonly ByteString[];
}

/** What the single parts of lint are given. */
export interface LintJob {
  readonly options: LintOptions;
  readonly outcome: LoadOutcome;
  readonly output: CompileOutput;
  /** Reasoning about conditions of a source. */
  readonly logic: (source: ByteString) => Logic;
}
