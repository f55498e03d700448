// Rules that can never give an alert under `rule_matching: first`: an earlier rule matches all that they match.

import type { ByteString } from '../../../bytes.js';
import type { CompiledDefinition } from '../compile/compiler.js';
import { conditionDetails } from '../describe/details.js';
import { placeInText } from '../texts/place.js';
import { createDemandIndex, demandsOf } from './demands.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';

/** Pairs of rules that are compared at most, so that thousands of rules end as well. */
const MAX_PAIRS = 20_000;

interface Candidate {
  readonly rule: CompiledDefinition;
  readonly fields: ReadonlySet<ByteString>;
}

export function checkShadows(job: LintJob): readonly Finding[] {
  const running = new Set(
    job.outcome.rules
      .filter(({ enabled, belowMinimum }) => enabled && !belowMinimum)
      .map(({ info }) => info.name),
  );
  const index = createDemandIndex<Candidate>();
  let pairs = 0;
  const findings: Finding[] = [];
  for (const rule of job.output.rules) {
    if (!running.has(rule.definition.name)) continue;
    const later = { rule, fields: conditionDetails(rule.condition, NOTHING).fields };
    const demands = demandsOf(rule.condition);
    const earlier = index
      .candidates(demands)
      .find((one) => mayCover(one, later) && ++pairs <= MAX_PAIRS && covers(one, later, job));
    if (earlier !== undefined) findings.push(shadowed(earlier.rule, later.rule));
    index.add(later, demands);
  }
  return findings;
}

const NOTHING = { macros: new Map(), lists: new Map() };

/** A rule that asks about a field can only cover one that asks about it too. */
function mayCover(earlier: Candidate, later: Candidate): boolean {
  return (
    earlier.rule.definition.source === later.rule.definition.source &&
    [...earlier.fields].every((field) => later.fields.has(field))
  );
}

function covers(earlier: Candidate, later: Candidate, job: LintJob): boolean {
  const logic = job.logic(later.rule.definition.source);
  const wanted = { expr: later.rule.condition, positive: true };
  // A rule that never fires is another finding.
  if (logic.neverTrue([wanted]) !== undefined) return false;
  return logic.neverTrue([wanted, { expr: earlier.rule.condition, positive: false }]) !== undefined;
}

function shadowed(earlier: CompiledDefinition, later: CompiledDefinition): Finding {
  const { name, condition } = later.definition;
  const message = `rule '${earlier.definition.name}' comes first and matches every event that '${name}' matches`;
  return finding('shadowed-rule', message, placeInText(condition, 0)!, { item: name });
}
