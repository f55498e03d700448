// lintRules: rules files → advice, beyond what loading them says: conditions that never or always hold, rules in each
// other's shadow, checks that Falco's defects keep from being true, exceptions that take away too much or nothing.
// All findings are sure, but for notes; what is too large to reason about is passed over.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import type { Diagnostic } from '../../diagnostic.js';
import { loadRules } from '../load.js';
import type { RulesFile } from '../loader.js';
import { checkChecks } from './checks.js';
import { checkConditions } from './conditions.js';
import type { Finding } from './finding.js';
import { checkListsAndMacros } from './items.js';
import type { LintJob, LintOptions } from './job.js';
import { checkKeys } from './keys.js';
import { createLogic, type Logic } from './logic.js';
import { checkOutputs } from './outputs.js';
import { checkRedefined } from './redefined.js';
import { checkShadows } from './shadows.js';
import { checkSources } from './sources.js';

/** Findings in the order of files and lines. */
export function lintRules(files: readonly RulesFile[], options: LintOptions): readonly Finding[] {
  const outcome = loadRules(files, { ...options.load, keepGoing: true });
  const { output } = outcome.definitions;
  const job: LintJob | undefined =
    output === undefined ? undefined : { options, outcome, output, logic: logicOf(options) };
  const findings = [
    ...outcome.results
      .flatMap(({ errors, warnings }) => [...errors, ...warnings])
      .map((diagnostic) => ofDiagnostic(diagnostic, options)),
    ...files.flatMap(checkKeys),
    ...files.flatMap(checkRedefined),
    ...checkSources(outcome, options),
    ...(job === undefined
      ? []
      : [checkChecks, checkConditions, checkShadows, checkListsAndMacros, checkOutputs].flatMap((check) =>
          check(job),
        )),
  ];
  return oncePerField(inOrder(withoutRepeats(findings), files));
}

function logicOf({ load, knownValues }: LintOptions): LintJob['logic'] {
  const made = new Map<ByteString, Logic>();
  return (source) => {
    const logic = made.get(source) ?? createLogic(load.tables(source)!, knownValues);
    made.set(source, logic);
    return logic;
  };
}

const UNUSED: ReadonlySet<string> = new Set(['LOAD_UNUSED_MACRO', 'LOAD_UNUSED_LIST']);
const UNKNOWN_SOURCE = /^Unknown source (.*), skipping$/s;

function ofDiagnostic(diagnostic: Diagnostic, { sources }: LintOptions): Finding {
  const { severity, code, message, place, context } = diagnostic;
  const source = code === 'LOAD_UNKNOWN_SOURCE' ? UNKNOWN_SOURCE.exec(message)?.[1] : undefined;
  const suggestion = source === undefined ? diagnostic.suggestion : suggest(source, sources);
  const item = context.locations.find(({ itemType }) => ['rule', 'macro', 'list'].includes(itemType));
  const text = code === 'LOAD_UNSAFE_NA_CHECK' ? 'Comparing with <NA> never tells a missing value' : message;
  return {
    id: code,
    // A file may be a base for others.
    level: UNUSED.has(code) ? 'note' : severity,
    message: diagnostic.help === undefined ? text : `${text}; ${diagnostic.help}`,
    place,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(item === undefined ? {} : { item: item.itemName }),
  };
}

function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ id, message, place }) => {
    const key = `${id}\n${message}\n${place.file}\n${place.offset}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Defects of a field are said once a file, with the number of places. */
function oncePerField(findings: readonly Finding[]): readonly Finding[] {
  const uses = new Map<string, number>();
  const keyOf = ({ id, place, message }: Finding): string => `${id}\n${place.file}\n${message}`;
  const firsts = findings.filter((found) => {
    if (found.id !== 'field-defect') return true;
    const before = uses.get(keyOf(found)) ?? 0;
    uses.set(keyOf(found), before + 1);
    return before === 0;
  });
  return firsts.map((found) => {
    const many = uses.get(keyOf(found)) ?? 1;
    return many === 1 ? found : { ...found, message: `${found.message} (${many} times in this file)` };
  });
}

function inOrder(findings: readonly Finding[], files: readonly RulesFile[]): readonly Finding[] {
  const ranks = new Map(files.map(({ name }, index) => [name, index]));
  const rank = ({ place }: Finding): number => ranks.get(place.file) ?? 0;
  return findings.toSorted((a, b) => rank(a) - rank(b) || a.place.offset - b.place.offset);
}
