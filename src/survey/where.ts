// A condition as people type it → which events meet it, and a prefilter that passes over the others. The whole language counts,
// with the macros and lists of the rules that are loaded.

import { type Compiled, compileInput } from '../authoring/compile-input.js';
import type { Workspace } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import { compileRule, createRuleset, type Ruleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import type { Prefilter } from '../prefilter/prefilter.js';

export interface Where {
  /** Sources of which events can meet it. */
  readonly sources: readonly string[];
  prefilterOf(source: string): Prefilter | undefined;
  matches(event: Event, state?: number): boolean;
}

const NO_JSON = { enabled: false, output: false, tags: false, message: false, outputFields: false };

/** Compiles a condition for each source whose fields it names; a text says what is wrong with it, and where. */
export function compileWhere(workspace: Workspace, condition: ByteString): Where | ByteString {
  const rulesets = new Map<string, Ruleset>();
  let fault: ByteString | undefined;
  for (const source of workspace.sources.names) {
    const compiled = compileInput(workspace, condition, 'x', source);
    if (!compiled.ok) {
      fault ??= faultText(compiled, condition);
      continue;
    }
    const rule = compileRule(compiled.rule, { json: NO_JSON, isoTime: true, hostname: '' });
    rulesets.set(source, createRuleset([rule], { matching: 'first' }));
  }
  if (rulesets.size === 0) return fault ?? 'there is no event source';
  return {
    sources: [...rulesets.keys()],
    prefilterOf: (source) => rulesets.get(source)?.prefilter,
    matches: (event, state) => (rulesets.get(event.source)?.evaluate(event, state).length ?? 0) > 0,
  };
}

function faultText(compiled: Compiled & { readonly ok: false }, condition: ByteString): ByteString {
  const at = compiled.column > 0 ? `\n  ${condition}\n  ${' '.repeat(compiled.column - 1)}^` : '';
  const meant = compiled.suggestion === undefined ? '' : `\nDid you mean ${compiled.suggestion}?`;
  return `${compiled.message}${at}${meant}`;
}
