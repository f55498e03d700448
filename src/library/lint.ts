// Advice on rules, as `tsfalco lint` gives it, for programs.

import { lintFiles } from '../authoring/lint.js';
import { fromBytes } from '../bytes.js';
import { createEventSources } from '../plugins/event-sources.js';
import { DEFAULT_PLUGINS } from '../plugins/field-table.js';
import type { Plugin } from '../plugins/plugin.js';
import { type RulesText, toFiles } from './rules-text.js';

/** Something that is wrong with rules, or looks like a mistake. */
export interface RulesAdvice {
  /** A code of Falco's load results, or of lint's own (docs/lint.md). */
  readonly id: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in bytes. */
  readonly column: number;
  /** The rule, macro or list that it is about. */
  readonly item?: string;
  /** The word that was probably meant. */
  readonly suggestion?: string;
}

/**
 * Loads rules and looks for mistakes that loading does not see. Never throws for what the files hold.
 * @param rules YAML text, or files in order
 */
export function lintRules(
  rules: string | readonly RulesText[],
  options: {
    readonly fieldSemantics?: 'falco' | 'fixed';
    /** Plugins whose event sources and fields rules may name, beside those of Kubernetes audit events. */
    readonly plugins?: readonly Plugin[];
  } = {},
): readonly RulesAdvice[] {
  const { fieldSemantics: semantics = 'falco', plugins = [] } = options;
  const sources = createEventSources({ semantics, plugins: [...DEFAULT_PLUGINS, ...plugins] });
  return lintFiles(toFiles(rules), { sources, semantics }).map(
    ({ id, level, message, place, item, suggestion }) => ({
      id,
      level,
      message: fromBytes(message),
      file: fromBytes(place.file),
      line: place.line,
      column: place.column,
      ...(item !== undefined && { item: fromBytes(item) }),
      ...(suggestion !== undefined && { suggestion: fromBytes(suggestion) }),
    }),
  );
}
