// A condition as people type it → which events meet it, and a prefilter that passes over the others. The whole language counts,
// with the macros and lists of the rules that are loaded.

import { compileInput } from '../authoring/compile-input.js';
import type { Workspace } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import { compileRule, createRuleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import type { Prefilter } from '../prefilter/prefilter.js';

export interface Where {
  readonly prefilter: Prefilter | undefined;
  matches(event: Event, state?: number): boolean;
}

const NO_JSON = { enabled: false, output: false, tags: false, message: false, outputFields: false };

/** Compiles a condition; a text says what is wrong with it, and where. */
export function compileWhere(workspace: Workspace, condition: ByteString): Where | ByteString {
  const compiled = compileInput(workspace, condition, 'x');
  if (!compiled.ok) {
    const at = compiled.column > 0 ? `\n  ${condition}\n  ${' '.repeat(compiled.column - 1)}^` : '';
    const meant = compiled.suggestion === undefined ? '' : `\nDid you mean ${compiled.suggestion}?`;
    return `${compiled.message}${at}${meant}`;
  }
  const rule = compileRule(compiled.rule, { json: NO_JSON, isoTime: true, hostname: '' });
  const { prefilter, evaluate } = createRuleset([rule], { matching: 'first' });
  return { prefilter, matches: (event, state) => evaluate(event, state).length > 0 };
}
