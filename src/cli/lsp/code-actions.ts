// What puts findings right, switches them off or adds an exception → code actions of the protocol.

import { fromBytes } from '../../bytes.js';
import type { Finding } from '../../engine/rules/lint/finding.js';
import type { Checked } from '../../language/check.js';
import type { TextRange } from '../../language/document.js';
import { newException, switchOff } from '../../language/edits.js';
import type { RulesDocument } from '../../language/project.js';
import { diagnosticOf } from './diagnostics.js';
import { type CodeAction, CodeActionKind, type WorkspaceEdit } from './protocol.js';

/** @param checked what the last check of the document found */
export function codeActions(
  document: RulesDocument,
  checked: Checked | undefined,
  range: TextRange,
): CodeAction[] {
  const touches = ({ place }: Finding): boolean =>
    place.line - 1 <= range.end.line && place.line - 1 >= range.start.line;
  const findings = checked?.findings.filter(touches) ?? [];
  const change = (offset: number, length: number, text: string): WorkspaceEdit => ({
    changes: { [document.uri]: [{ range: document.rangeAt(offset, length), newText: fromBytes(text) }] },
  });
  const fixes = (checked?.fixes ?? [])
    .filter(({ finding }) => touches(finding))
    .map((fix) => ({
      title: fromBytes(fix.title),
      kind: CodeActionKind.QuickFix,
      isPreferred: fix.safe,
      diagnostics: [diagnosticOf(document, fix.finding)],
      edit: {
        changes: {
          [document.uri]: fix.edits.map(({ offset, length, text }) => ({
            range: document.rangeAt(offset, length),
            newText: fromBytes(text),
          })),
        },
      },
    }));
  const offs = findings.flatMap((finding) => {
    const off = switchOff(document, finding);
    if (off === undefined) return [];
    return [
      {
        title: off.title,
        kind: CodeActionKind.QuickFix,
        edit: change(off.offset, 0, off.text),
        diagnostics: [diagnosticOf(document, finding)],
      },
    ];
  });
  const exception = newException(document, range.start.line);
  return [
    ...fixes,
    ...offs,
    ...(exception === undefined
      ? []
      : [
          {
            title: exception.title,
            kind: CodeActionKind.Refactor,
            edit: change(exception.offset, 0, exception.text),
          },
        ]),
  ];
}
