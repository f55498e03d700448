// Rules as programs hand them in.

import { toBytes } from '../bytes.js';
import type { RulesFile } from '../engine/rules/loader.js';

/** A rules file: its name, for diagnostics, and its YAML. */
export interface RulesText {
  readonly name: string;
  readonly content: string;
}

/** One text is a file called `rules`. */
export function toFiles(rules: string | readonly RulesText[]): readonly RulesFile[] {
  const texts = typeof rules === 'string' ? [{ name: 'rules', content: rules }] : rules;
  return texts.map(({ name, content }) => ({ name: toBytes(name), content: toBytes(content) }));
}
