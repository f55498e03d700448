// Workspace: rules loaded for whoever writes them. It evaluates one event at a time against every enabled rule, and
// explains why a rule did or did not match. What runs in production is ruleset.ts; both use the same compiled rules.

import type { ByteString } from '../bytes.js';
import { type Explanation, explainCondition } from '../engine/condition/explain/explain.js';
import type { Diagnostic, LoadResult } from '../engine/diagnostic.js';
import { type Loader, openLoader } from '../engine/rules/load.js';
import type { LoadedCorrelation, LoadedRule, RulesFile } from '../engine/rules/loader.js';
import { checkPluginRequirements } from '../engine/rules/versions.js';
import type { Event } from '../event.js';
import { createEventSources, type EventSources } from '../plugins/event-sources.js';
import { payloadTexts } from '../sources/files/lines.js';
import type { Told } from '../sources/source.js';

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
  /** Event sources that rules may be for. */
  readonly sources: EventSources;
  /**
   * Calls `use` with each event of a payload, in order. What is no event is told to `report`. Whose a bare text is, is told
   * by what it holds.
   */
  readEvents(
    payload: Told | ByteString,
    use: (event: Event) => void,
    report: (message: string) => void,
  ): void;
  /** The same for the text of an event that another one was made of: it is read as that one was. */
  readVariant(text: ByteString, of: Event, use: (event: Event) => void): void;
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
  /** Default: Kubernetes audit events. */
  readonly sources?: EventSources;
  /** Rules to enable although their files disable them. */
  readonly enable?: readonly ByteString[];
}

/** What opening gave: a workspace unless a file has an error. */
export interface Opened {
  readonly workspace: Workspace | undefined;
  readonly results: readonly LoadResult[];
  /** What the files need of plugins, and do not get; undefined: they get it all. */
  readonly unmet: ByteString | undefined;
}

const LARGEST_EVENT = 16 * 1024 * 1024;

/** Loads rules files, in order, up to the first one with an error. */
export function openWorkspace(files: readonly RulesFile[], options: WorkspaceOptions = {}): Opened {
  const { sources = createEventSources(), enable = [] } = options;
  const loader = openLoader({ tables: sources.table });
  for (const file of files) if (!loader.add(file).successful) break;
  const { results, successful, enforcedPluginVersions } = loader.outcome();
  return {
    workspace: successful ? createWorkspace(loader, sources, enable) : undefined,
    results,
    unmet: checkPluginRequirements(enforcedPluginVersions, sources.plugins),
  };
}

function createWorkspace(
  loader: Loader,
  sources: EventSources,
  enable: readonly ByteString[],
  readers = createReaders(sources),
): Workspace {
  const { rules: loaded, correlations: allCorrelations, definitions } = loader.outcome();
  const rules = loaded.filter(
    ({ enabled, info }) => (enabled || enable.includes(info.name)) && sources.names.includes(info.source),
  );
  const bySource = new Map(
    sources.names.map((source) => {
      const own = rules.filter(({ info }) => info.source === source);
      return [source, { own, scopes: new Set(own.map(({ compiled }) => compiled.scope)) }];
    }),
  );

  function matches(event: Event): Match[] {
    const { own, scopes } = bySource.get(event.source) ?? { own: [], scopes: [] };
    for (const scope of scopes) scope.begin(event);
    return own
      .filter(({ compiled }) => compiled.predicate(event))
      .map((rule) => ({ rule, output: rule.compiled.template.render(event) }));
  }

  return {
    rules,
    correlations: allCorrelations.filter(({ enabled, info }) => enabled || enable.includes(info.name)),
    sources,
    ...readers,
    matches,
    explain: (rule, event) =>
      explainCondition(rule.compiled.condition, sources.table(rule.info.source)!, event),
    macros: mapValues(definitions.collector.macros, ({ condition }) => condition.text),
    lists: mapValues(definitions.collector.lists, ({ items }) => items),
    tryRule: loader.tryRule,
    extended(file) {
      const [error] = loader.add(file).errors;
      return error ?? createWorkspace(loader, sources, enable, readers);
    },
  };
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, of: (value: A) => B): ReadonlyMap<K, B> {
  return new Map([...map].map(([key, value]) => [key, of(value)]));
}

type Readers = Pick<Workspace, 'readEvents' | 'readVariant'>;

// One unwrapper reads all payloads of a plugin, since making one is dear; whoever reads inside of `use` gets another.
function createReaders(sources: EventSources): Readers {
  const idle = new Map<string, Reader>();
  const read = (plugin: string | undefined, decoded: boolean, ...args: Parameters<Reader>): void => {
    const key = `${plugin} ${decoded}`;
    const reader = idle.get(key) ?? openReader(sources, plugin, decoded);
    idle.delete(key);
    try {
      reader(...args);
    } finally {
      idle.set(key, reader);
    }
  };
  return {
    readEvents(given, use, report) {
      const { payload, plugin } = typeof given === 'string' ? sources.tell(given) : given;
      for (const text of payloadTexts(payload)) read(plugin, false, text, use, report);
    },
    readVariant: (text, { plugin }, use) => read(plugin, true, text, use, () => undefined),
  };
}

type Reader = (payload: ByteString, use: (event: Event) => void, report: (message: string) => void) => void;

function openReader(sources: EventSources, plugin: string | undefined, decoded: boolean): Reader {
  let tell: (message: string) => void = () => undefined;
  const log = (_level: string, message: string): void => tell(message);
  const unwrap = sources.open(plugin, { maxEventSize: LARGEST_EVENT, log }, decoded);
  return (payload, use, report) => {
    tell = report;
    unwrap(payload, use);
  };
}
