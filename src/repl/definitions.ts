// Definitions: the rules text that a session works on, files and what was typed. Everything goes through the loader, so lists,
// macros and messages are those of rules files.

import { type Opened, openWorkspace, type Workspace, type WorkspaceOptions } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import type { RulesFile } from '../engine/rules/loader.js';
import { trim } from './words.js';

/** A macro, list or rule that was typed. */
export interface Addition {
  readonly kind: 'macro' | 'list' | 'rule';
  readonly name: ByteString;
  /** Its item in a rules file. */
  readonly yaml: ByteString;
}

const TYPED_FILE = '(typed)';
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
