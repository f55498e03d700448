// Findings of lint, and what is wrong with a suite → diagnostics of the protocol.

import { fromBytes } from '../../bytes.js';
import type { Finding } from '../../engine/rules/lint/finding.js';
import { nameOf, suiteFault, unknownRules } from '../../language/check.js';
import type { Project, RulesDocument } from '../../language/project.js';
import type { ToolHost } from '../host.js';
import { readEventFile } from './files.js';
import type { Diagnostic, DiagnosticSeverity, DiagnosticTag } from './protocol.js';

// Numbers of the protocol; its package is not loaded where documents are checked.
const SEVERITIES = { error: 1, warning: 2, note: 3 } as const satisfies Record<string, DiagnosticSeverity>;
const HINT: DiagnosticSeverity = 4;
const UNNECESSARY: DiagnosticTag = 1;
const DEPRECATED: DiagnosticTag = 2;

/** A finding, as editors show it. */
export function diagnosticOf(
  document: RulesDocument,
  { id, level, message, place, suggestion }: Finding,
): Diagnostic {
  const meant = suggestion === undefined ? '' : ` (did you mean '${fromBytes(suggestion)}'?)`;
  const unused = id.startsWith('LOAD_UNUSED_');
  return {
    range: document.rangeAt(place.offset, place.length),
    severity: unused ? HINT : SEVERITIES[level],
    code: id,
    source: 'tsfalco',
    message: `${fromBytes(message)}${meant}`,
    ...(unused && { tags: [UNNECESSARY] }),
    ...(id === 'LOAD_DEPRECATED_ITEM' && { tags: [DEPRECATED] }),
  };
}

/** What keeps a suite from running, and rules that it names and nobody defines. */
export function suiteDiagnostics(
  document: RulesDocument,
  project: Project,
  host: Pick<ToolHost, 'files'>,
): Diagnostic[] {
  const fault = suiteFault(document, (path) => readEventFile(nameOf(document.uri), path, host));
  const line = Math.min(fault?.line ?? 0, document.lines.length - 1);
  const whole = document.rangeAt(document.starts[line]!, document.lines[line]!.length);
  const faults =
    fault === undefined
      ? []
      : [{ range: whole, severity: 1 as const, source: 'tsfalco', message: fault.message }];
  const unknown = unknownRules(project, document).map(({ offset, name }) => ({
    ...{ range: document.rangeAt(offset, name.length), severity: 2 as const, source: 'tsfalco' },
    message: `no rules file here has a rule '${fromBytes(name)}'`,
  }));
  return [...faults, ...unknown];
}
