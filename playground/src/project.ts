// The rules file in the editor, and ours before it, as src/language knows them: what lint says, with its fixes.

import type { Text } from '@codemirror/state';
import { fromBytes } from '../../src/bytes.js';
import { type Checked, check } from '../../src/language/check.js';
import { createDocument, type TextPosition, type TextRange } from '../../src/language/document.js';
import { createProject, type Project, type RulesDocument, withOutline } from '../../src/language/project.js';
import { SOURCES } from './sources.js';

export interface Problem {
  readonly id: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** Offsets in the editor's text. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly fixes: readonly Fix[];
}

export interface Fix {
  readonly title: string;
  readonly changes: readonly { readonly from: number; readonly to: number; readonly insert: string }[];
}

export interface RulesProject {
  readonly project: Project;
  /** The editor's text as the project knows it. */
  document(text: Text): RulesDocument;
  setBase(text: string | undefined): void;
  problems(text: Text): readonly Problem[];
}

export const RULES = 'file:///rules.yaml';
const BASE = 'file:///k8s_audit_rules.yaml';

export function createRulesProject(): RulesProject {
  const project = createProject({ sources: SOURCES, semantics: 'falco' });
  let known: { readonly text: Text; readonly document: RulesDocument } | undefined;
  function document(text: Text): RulesDocument {
    if (known === undefined || !known.text.eq(text)) {
      known = { text, document: withOutline(createDocument(RULES, 0, text.toString())) };
      project.set(known.document);
    }
    return known.document;
  }
  return {
    project,
    document,
    setBase(text) {
      if (text === undefined) project.delete(BASE);
      else if (project.get(BASE) === undefined) project.set(withOutline(createDocument(BASE, 0, text)));
    },
    problems(text) {
      const own = document(text);
      return problemsOf(check(project, own, { parts: [] }), own, text);
    },
  };
}

/** A place of the language's in the editor's text. */
export function offsetOf(text: Text, { line, character }: TextPosition): number {
  const found = text.line(Math.min(line + 1, text.lines));
  return Math.min(found.from + character, found.to);
}

export function positionOf(text: Text, offset: number): TextPosition {
  const line = text.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}

function problemsOf({ findings, fixes }: Checked, document: RulesDocument, text: Text): readonly Problem[] {
  const range = ({ start, end }: TextRange) => ({ from: offsetOf(text, start), to: offsetOf(text, end) });
  return findings.map((finding) => {
    const { id, level, message, place, suggestion } = finding;
    const meant = suggestion === undefined ? '' : ` (did you mean '${fromBytes(suggestion)}'?)`;
    return {
      ...{ id, level, line: place.line, message: `${fromBytes(message)}${meant}` },
      ...range(document.rangeAt(place.offset, place.length)),
      fixes: fixes
        .filter((fix) => fix.finding === finding)
        .map((fix) => ({
          title: fromBytes(fix.title),
          changes: fix.edits.map((edit) => ({
            ...range(document.rangeAt(edit.offset, edit.length)),
            insert: fromBytes(edit.text),
          })),
        })),
    };
  });
}
