// What src/language knows, inside of an editor: completion, descriptions of the word under the pointer, marks of problems.

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippet,
} from '@codemirror/autocomplete';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { Extension, TransactionSpec } from '@codemirror/state';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import { complete } from '../../src/language/complete.js';
import { hover } from '../../src/language/hover.js';
import type { Proposal } from '../../src/language/proposal.js';
import { shown } from './dom.js';
import { markdown } from './markdown.js';
import { offsetOf, type Problem, positionOf, type RulesProject } from './project.js';

const TYPES: Readonly<Record<Proposal['kind'], string>> = {
  field: 'property',
  operator: 'keyword',
  macro: 'function',
  list: 'enum',
  rule: 'class',
  correlation: 'class',
  value: 'constant',
  key: 'property',
  snippet: 'text',
  function: 'function',
  word: 'keyword',
};

export function rulesLanguage(rules: RulesProject): Extension {
  return [
    autocompletion({ override: [(context) => completion(rules, context)], icons: false }),
    hoverTooltip((view, at) => {
      const { doc } = view.state;
      const found = hover(rules.project, rules.document(doc), positionOf(doc, at));
      if (found === undefined) return null;
      return {
        pos: offsetOf(doc, found.range.start),
        end: offsetOf(doc, found.range.end),
        create: () => ({ dom: markdown(found.text) }),
      };
    }),
  ];
}

/** Letters behind which there is always something to say. */
const OPENING = /[\w.%(,:] ?$/;

function completion(
  rules: RulesProject,
  { state, pos, explicit }: CompletionContext,
): CompletionResult | null {
  const { doc } = state;
  const line = doc.lineAt(pos);
  if (!explicit && !OPENING.test(line.text.slice(0, pos - line.from))) return null;
  const { proposals, replaced } = complete(rules.project, rules.document(doc), positionOf(doc, pos));
  if (proposals.length === 0) return null;
  return {
    from: pos - replaced,
    options: proposals.map(optionOf),
    filter: false,
  };
}

function optionOf({ label, kind, insert, snippet: isSnippet, detail, text }: Proposal): Completion {
  const apply =
    insert === undefined
      ? undefined
      : isSnippet === true
        ? snippet(insert.replace(/\$(\d)/g, '$${$1}'))
        : insert;
  return {
    label: shown(label),
    type: TYPES[kind],
    ...(apply !== undefined && { apply }),
    ...(detail !== undefined && { detail: shown(detail) }),
    ...(text !== undefined && { info: () => markdown(text()) }),
  };
}

const SEVERITIES = { error: 'error', warning: 'warning', note: 'info' } as const;

/** Marks problems in the text that they were found in. */
export function markProblems(view: EditorView, problems: readonly Problem[]): void {
  const diagnostics = problems.map(
    ({ id, level, message, from, to, fixes }): Diagnostic => ({
      ...{ from, to, message: shown(message), source: id },
      severity: id.startsWith('LOAD_UNUSED_') ? 'hint' : SEVERITIES[level],
      actions: fixes.map(({ title, changes }) => ({
        name: shown(title),
        apply: (editor) => editor.dispatch({ changes }),
      })),
    }),
  );
  view.dispatch(setDiagnostics(view.state, diagnostics) satisfies TransactionSpec);
}
