// lintRules: rules files → advice, beyond what loading them says: conditions that never or always hold, rules in each
// other's shadow, checks that Falco's defects keep from being true, exceptions that take away too much or nothing.
// All findings are sure, but for notes; what is too large to reason about is passed over.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import type { Diagnostic } from '../../diagnostic.js';
import { loadRules } from '../load.js';
import type { LoadOutcome, RulesFile } from '../loader.js';
import { checkChecks } from './checks.js';
import { checkConditions } from './conditions.js';
import { checkCorrelations } from './correlations.js';
import type { Finding } from './finding.js';
import { checkListsAndMacros } from './items.js';
import type { LintJob, LintOptions } from './job.js';
import { checkKeys } from './keys.js';
import { createLogic, type Logic } from './logic.js';
import { checkOutputs } from './outputs.js';
import { checkRedefined } from './redefined.js';
import { checkRequirements } from './requirements.js';
import { checkShadows } from './shadows.js';
import { checkSources } from './sources.js';
import { suppressed } from './suppress.js';
import { readable } from './unreadable.js';

/** Findings in the order of files and lines. */
export function lintRules(files: readonly RulesFile[], options: LintOptions): readonly Finding[] {
  const read = files.map(readable);
  const readFiles = read.map(({ file }) => file);
  const broken = read.flatMap((each) => each.broken);
  const outcome = loadRules(readFiles, { ...options.load, keepGoing: true, recover: { broken } });
  const { output } = outcome.definitions;
  const job: LintJob | undefined =
    output === undefined ? undefined : { options, outcome, output, logic: logicOf(options) };
  const findings = [
    ...read.flatMap((each) => each.findings),
    ...outcome.results
      .flatMap(({ errors, warnings }) => [...errors, ...warnings])
      .map((diagnostic) => ofDiagnostic(diagnostic, options, outcome)),
    ...readFiles.flatMap(checkKeys),
    ...readFiles.flatMap(checkRedefined),
    ...checkSources(outcome, options),
    ...checkRequirements(outcome, readFiles, options),
    ...(job === undefined
      ? []
      : [
          checkChecks,
          checkConditions,
          checkShadows,
          checkListsAndMacros,
          checkOutputs,
          checkCorrelations,
        ].flatMap((check) => check(job))),
  ];
  const told = withoutConsequences(withoutRepeats(findings));
  const kept = inOrder(suppressed(told, files), files);
  return options.everyPlace === true ? kept : grouped(kept);
}

function logicOf({ load }: LintOptions): LintJob['logic'] {
  const made = new Map<ByteString, Logic>();
  return (source) => {
    const logic = made.get(source) ?? createLogic(load.tables(source)!);
    made.set(source, logic);
    return logic;
  };
}

const UNUSED: ReadonlySet<string> = new Set(['LOAD_UNUSED_MACRO', 'LOAD_UNUSED_LIST']);
const UNKNOWN_SOURCE = /^Unknown source (.*), skipping$/s;

function ofDiagnostic(diagnostic: Diagnostic, { sources }: LintOptions, outcome: LoadOutcome): Finding {
  const { severity, code, place, context } = diagnostic;
  const source = code === 'LOAD_UNKNOWN_SOURCE' ? UNKNOWN_SOURCE.exec(diagnostic.message)?.[1] : undefined;
  const suggestion = source === undefined ? diagnostic.suggestion : suggest(source, sources);
  const item = context.locations.find(({ itemType }) => ['rule', 'macro', 'list'].includes(itemType));
  const isOther = source !== undefined && suggestion === undefined;
  return {
    id: code,
    // A file may be a base for others, or be for other sources as well.
    level: UNUSED.has(code) || isOther ? 'note' : severity,
    message: isOther ? `rules of source ${source} are not looked into` : messageOf(diagnostic, outcome),
    place,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(item === undefined ? {} : { item: item.itemName }),
  };
}

function messageOf({ code, message, help, missing }: Diagnostic, outcome: LoadOutcome): ByteString {
  if (code === 'LOAD_UNSAFE_NA_CHECK') return 'Comparing with <NA> never tells a missing value';
  const later = missing === undefined ? undefined : homeOf(missing, outcome);
  if (later !== undefined) return `${message}; it is defined later, in ${later}`;
  return help === undefined ? message : `${message}; ${help}`;
}

/** Where an item stands that was missing when it was wanted. */
function homeOf(missing: ByteString, { definitions }: LoadOutcome): ByteString | undefined {
  const { macros, lists, rules } = definitions.collector;
  const [kind = '', name] = [missing.slice(0, missing.indexOf(' ')), missing.slice(missing.indexOf(' ') + 1)];
  const info = { macro: macros, list: lists, rule: rules }[kind]?.get(name);
  const location = info?.context.locations.at(-1);
  return location === undefined ? undefined : `${location.name}:${location.line + 1}`;
}

function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ id, message, place }) => {
    const key = `${id}\n${message}\n${place.file}\n${place.offset}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What an error of the same rule says already. */
function withoutConsequences(findings: readonly Finding[]): readonly Finding[] {
  const told = new Set(
    findings.flatMap(({ message, item }) => (/; .* add source: /.test(message) ? [item] : [])),
  );
  return findings.filter(({ id, item }) => id !== 'missing-source' || !told.has(item));
}

/** Said once a file, with the number of places. */
const ONCE_A_FILE: ReadonlySet<string> = new Set([
  'field-defect',
  'falco-crash',
  'LOAD_DEPRECATED_ITEM',
  'LOAD_UNKNOWN_SOURCE',
  ...UNUSED,
]);
/** Unused items that a note names. */
const MOST_NAMES = 5;

function grouped(findings: readonly Finding[]): readonly Finding[] {
  const uses = new Map<string, Finding[]>();
  const keyOf = ({ id, place, message }: Finding): string => `${id}\n${place.file}\n${message}`;
  const firsts = findings.filter((found) => {
    if (!ONCE_A_FILE.has(found.id)) return true;
    const before = uses.get(keyOf(found)) ?? [];
    uses.set(keyOf(found), [...before, found]);
    return before.length === 0;
  });
  return firsts.map((found) => {
    const all = uses.get(keyOf(found)) ?? [found];
    return all.length === 1 ? found : { ...found, message: `${found.message} (${placesText(all)})` };
  });
}

function placesText(all: readonly Finding[]): ByteString {
  if (!UNUSED.has(all[0]!.id)) return `${all.length} times in this file`;
  const names = all.slice(0, MOST_NAMES).map(({ item }) => item ?? '');
  return `${all.length} in this file: ${names.join(', ')}${all.length > MOST_NAMES ? ', ...' : ''}`;
}

function inOrder(findings: readonly Finding[], files: readonly RulesFile[]): readonly Finding[] {
  const ranks = new Map(files.map(({ name }, index) => [name, index]));
  const rank = ({ place }: Finding): number => ranks.get(place.file) ?? 0;
  return findings.toSorted((a, b) => rank(a) - rank(b) || a.place.offset - b.place.offset);
}
