// Workspace: rules loaded for whoever writes them. It evaluates one event at a time against every enabled rule, and
// explains why a rule did or did not match. What runs in production is ruleset.ts; both use the same compiled rules.

import type { ByteString } from '../bytes.js';
import { type Explanation, explainCondition } from '../engine/condition/explain/explain.js';
import type { Diagnostic, LoadResult } from '../engine/diagnostic.js';
import { type Loader, openLoader } from '../engine/rules/load.js';
import type { LoadedCorrelation, LoadedRule, RulesFile } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import type { FieldTable, Semantics } from '../fields/field.js';
import { createFieldTable } from '../plugins/field-table.js';
import { auditEvents } from '../plugins/k8saudit/events.js';
import { unwrapperOf } from '../plugins/origin.js';

/** A rule that matched an event. */
export interface Match {
  readonly rule: LoadedRule;
  /** The message, without time and priority. */
  readonly output: ByteString;
}

export interface Workspace {
  /** Enabled rules in order of definition. */
  readonly rules: readonly LoadedRule[];
  /** Enabled correlations, in the same order. */
  readonly correlations: readonly LoadedCorrelation[];
  /** Fields of audit events. */
  readonly table: FieldTable;
  /** Calls `use` with each event of a payload, in order. What is no event is told to `report`. */
  readEvents(payload: ByteString, use: (event: Event) => void, report: (message: string) => void): void;
  /** All rules that match, as under rule_matching all. */
  matches(event: Event): readonly Match[];
  explain(rule: LoadedRule, event: Event): Explanation;
  /** The macros in the files with their conditions, and the lists with their items. */
  readonly macros: ReadonlyMap<ByteString, ByteString>;
  readonly lists: ReadonlyMap<ByteString, readonly ByteString[]>;
  /**
   * Compiles one more rule against what the files define, in a fraction of the time of opening anew. It is none of
   * `rules`.
   * @param file holds this rule and nothing else
   */
  tryRule(file: RulesFile, name: ByteString): LoadedRule | Diagnostic;
  /** The workspace with one more file. After an error neither it nor this one is of use: open another. */
  extended(file: RulesFile): Workspace | Diagnostic;
}

export interface WorkspaceOptions {
  readonly semantics?: Semantics;
  /** Rules to enable although their files disable them. */
  readonly enable?: readonly ByteString[];
  /** `static_fields` of the configuration. */
  readonly staticFields?: ReadonlyMap<ByteString, ByteString>;
}

/** What opening gave: a workspace unless a file has an error. */
export interface Opened {
  readonly workspace: Workspace | undefined;
  readonly results: readonly LoadResult[];
}

const AUDIT_SOURCE = 'k8s_audit';
const LARGEST_EVENT = 16 * 1024 * 1024;

/** Loads rules files, in order, up to the first one with an error. */
export function openWorkspace(files: readonly RulesFile[], options: WorkspaceOptions = {}): Opened {
  const { semantics = 'falco', staticFields = new Map() } = options;
  const tables = new Map(
    [AUDIT_SOURCE, 'syscall'].map((source) => [
      source,
      createFieldTable(source, { semantics, staticFields }),
    ]),
  );
  const loader = openLoader({ tables: (source) => tables.get(source) });
  for (const file of files) if (!loader.add(file).successful) break;
  const { results, successful } = loader.outcome();
  const table = tables.get(AUDIT_SOURCE)!;
  return {
    workspace: successful ? createWorkspace(loader, table, options.enable ?? []) : undefined,
    results,
  };
}

function createWorkspace(
  loader: Loader,
  table: FieldTable,
  enable: readonly ByteString[],
  readEvents = createReader(),
): Workspace {
  const { rules: loaded, correlations: allCorrelations, definitions } = loader.outcome();
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
    correlations: allCorrelations.filter(({ enabled, info }) => enabled || enable.includes(info.name)),
    table,
    readEvents,
    matches,
    explain: (rule, event) => explainCondition(rule.compiled.condition, table, event),
    macros: mapValues(definitions.collector.macros, ({ condition }) => condition.text),
    lists: mapValues(definitions.collector.lists, ({ items }) => items),
    tryRule: loader.tryRule,
    extended(file) {
      const [error] = loader.add(file).errors;
      return error ?? createWorkspace(loader, table, enable, readEvents);
    },
  };
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, of: (value: A) => B): ReadonlyMap<K, B> {
  return new Map([...map].map(([key, value]) => [key, of(value)]));
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
  const unwrap = unwrapperOf({
    source: AUDIT_SOURCE,
    plugin: auditEvents,
    maxEventSize: LARGEST_EVENT,
    log,
  });
  return (payload, use, report) => {
    tell = report;
    unwrap(payload, use);
  };
}
