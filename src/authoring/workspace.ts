// Workspace: rules loaded for whoever writes them. It evaluates one event at a time against every enabled rule, and
// explains why a rule did or did not match. What runs in production is ruleset.ts; both use the same compiled rules.

import type { ByteString } from '../bytes.js';
import { type Explanation, explainCondition } from '../engine/condition/explain.js';
import type { LoadResult } from '../engine/diagnostic.js';
import { loadRules } from '../engine/rules/load.js';
import type { LoadedRule, RulesFile } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import type { FieldTable, Semantics } from '../fields/field.js';
import { createFieldTable } from '../fields/tables.js';
import { createUnwrapper } from '../sources/unwrap.js';

/** A rule that matched an event. */
export interface Match {
  readonly rule: LoadedRule;
  /** The message, without time and priority. */
  readonly output: ByteString;
}

export interface Workspace {
  /** Enabled rules in order of definition. */
  readonly rules: readonly LoadedRule[];
  /** Fields of audit events. */
  readonly table: FieldTable;
  /** Calls `use` with each event of a payload, in order. What is no event is told to `report`. */
  readEvents(payload: ByteString, use: (event: Event) => void, report: (message: string) => void): void;
  /** All rules that match, as under rule_matching all. */
  matches(event: Event): readonly Match[];
  explain(rule: LoadedRule, event: Event): Explanation;
}

export interface WorkspaceOptions {
  readonly semantics?: Semantics;
  /** Rules to enable although their files disable them. */
  readonly enable?: readonly ByteString[];
}

/** What opening gave: a workspace unless a file has an error. */
export interface Opened {
  readonly workspace: Workspace | undefined;
  readonly results: readonly LoadResult[];
}

const AUDIT_SOURCE = 'k8s_audit';
const LARGEST_EVENT = 16 * 1024 * 1024;

/** Loads rules files, in order. */
export function openWorkspace(files: readonly RulesFile[], options: WorkspaceOptions = {}): Opened {
  const tables = new Map(
    [AUDIT_SOURCE, 'syscall'].map((source) => [
      source,
      createFieldTable(source, { semantics: options.semantics ?? 'falco' }),
    ]),
  );
  const { results, successful, rules } = loadRules(files, { tables: (source) => tables.get(source) });
  const table = tables.get(AUDIT_SOURCE)!;
  return { workspace: successful ? createWorkspace(rules, table, options.enable ?? []) : undefined, results };
}

function createWorkspace(
  loaded: readonly LoadedRule[],
  table: FieldTable,
  enable: readonly ByteString[],
): Workspace {
  const rules = loaded.filter(
    ({ enabled, info }) => (enabled || enable.includes(info.name)) && info.source === AUDIT_SOURCE,
  );
  const scopes = new Set(rules.map(({ compiled }) => compiled.scope));

  function matches(event: Event): Match[] {
    for (const scope of scopes) scope.begin(event);
    return rules
      .filter(({ compiled }) => compiled.predicate(event))
      .map((rule) => ({ rule, output: rule.compiled.template.render(event) }));
  }

  return {
    rules,
    table,
    readEvents: createReader(),
    matches,
    explain: (rule, event) => explainCondition(rule.compiled.condition, table, event),
  };
}

// One unwrapper reads all events, since making one is dear; whoever reads inside of `use` gets another.
function createReader(): Workspace['readEvents'] {
  let idle: Reader | undefined;
  return (payload, use, report) => {
    const reader = idle ?? openReader();
    idle = undefined;
    try {
      reader(payload, use, report);
    } finally {
      idle = reader;
    }
  };
}

type Reader = Workspace['readEvents'];

function openReader(): Reader {
  let tell: (message: string) => void = () => undefined;
  const log = (_level: string, message: string): void => tell(message);
  const unwrap = createUnwrapper({
    source: AUDIT_SOURCE,
    plugin: 'k8saudit',
    maxEventSize: LARGEST_EVENT,
    log,
  });
  return (payload, use, report) => {
    tell = report;
    unwrap(payload, use);
  };
}
