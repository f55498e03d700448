// In: plugins. Out: the event sources that they bring, as tools see them that try rules on events at hand: tables of fields, whose
// payload something is, and the way from payloads to events. Nothing is opened here.

import { type ByteString, toBytes } from '../bytes.js';
import type { Event } from '../event.js';
import type { FieldTable } from '../fields/field.js';
import { followKeys, tokensOf } from '../fields/pointer.js';
import { SYSCALL } from '../fields/tables.js';
import { NO_NODE } from '../json/document.js';
import { createLateScanner } from '../json/scan-js.js';
import { openEnvelope } from '../sources/envelope.js';
import type { Others } from '../sources/forms/record.js';
import type { Told } from '../sources/source.js';
import type { Unwrap, UnwrapOptions } from '../sources/unwrap.js';
import { K8S_AUDIT } from './audit-log.js';
import {
  createFieldTable,
  DEFAULT_PLUGINS,
  type FieldTableOptions,
  fieldOverlap,
  fieldSourcesOf,
} from './field-table.js';
import { auditEvents } from './k8saudit/events.js';
import { createMarks } from './marks.js';
import { unwrapperOf } from './origin.js';
import type { About, Plugin } from './plugin.js';

export interface EventSourcesOptions extends Omit<FieldTableOptions, 'plugins'> {
  /** Default: the fields and the envelope of k8saudit, and json. */
  readonly plugins?: readonly Plugin[];
  /** Settings by name of the plugin; a plugin without gets none. */
  readonly settings?: ReadonlyMap<string, unknown>;
  /** The plugin that gets what the marks of no plugin fit. */
  readonly taker?: Plugin | undefined;
}

/** How payloads of one plugin are read. */
export type ReadingOptions = Pick<UnwrapOptions, 'maxEventSize' | 'log' | 'drops'>;

export interface EventSources {
  /** Names of the sources, Kubernetes audit events first; `syscall`, of which no events are at hand, is not among them. */
  readonly names: readonly string[];
  readonly plugins: readonly Plugin[];
  /** Fields of a source, `syscall` too; undefined: nobody brings it. */
  table(source: string): FieldTable | undefined;
  /** Fields that tell who did what. */
  about(source: string): About;
  /** What else than Kubernetes audit events logs may hold. */
  readonly others: Others;
  /** The source of a payload. */
  sourceOf(plugin: string | undefined): string;
  /** Whose payload a text is. @param source that it is said to be of, one of `names` */
  tell(text: ByteString, source?: string): Told<ByteString>;
  /** Makes an unwrapper of payloads. @param decoded payloads are texts of events, as such an unwrapper gave them */
  open(plugin: string | undefined, options: ReadingOptions, decoded?: boolean): Unwrap;
  /** Whether texts of its events are payloads of it, too: a decoder's are not, unless they have a mark. */
  isText(plugin: string | undefined): boolean;
  /** What is to be said of an event whose fields have no value, since it lacks its identity; undefined: it has it. */
  lacking(event: Event): string | undefined;
}

/** Makes them. @throws RangeError where two plugins bring the same field */
export function createEventSources(options: EventSourcesOptions = {}): EventSources {
  const { plugins = DEFAULT_PLUGINS, settings = new Map(), taker, ...fields } = options;
  const bringing = plugins.filter((plugin) => eventSourceOf(plugin) !== undefined);
  const names = [...new Set(bringing.map((plugin) => eventSourceOf(plugin)!))].sort(
    (a, b) => Number(b === K8S_AUDIT) - Number(a === K8S_AUDIT),
  );
  const readers = new Map(bringing.map((plugin) => [plugin.name, plugin]));
  const tables = new Map<string, FieldTable>();
  const scanner = createLateScanner();
  const marks = createMarks([...(taker === undefined ? [] : [taker]), ...bringing]);
  const [first = auditEvents] = bringing;
  const auditReader = bringing.find(isAuditReader) ?? (names.includes(K8S_AUDIT) ? auditEvents : first);

  function table(source: string): FieldTable | undefined {
    if (source !== SYSCALL && !names.includes(source)) return undefined;
    const known = tables.get(source);
    if (known !== undefined) return known;
    const made = createFieldTable(source, { ...fields, plugins: withoutTwins(plugins) });
    const overlap = fieldOverlap(made);
    if (overlap !== undefined) throw new RangeError(overlap);
    tables.set(source, made);
    return made;
  }

  const readerOf = (plugin: string | undefined): Plugin =>
    (plugin === undefined ? undefined : readers.get(plugin)) ?? auditReader;
  const isPlain = taker === undefined && bringing.every(({ marks: own = [] }) => own.length === 0);
  const rest = taker && { plugin: taker.name, raw: taker.marks === undefined };

  return {
    names,
    plugins,
    table,
    about: (source) =>
      bringing.find((plugin) => eventSourceOf(plugin) === source && plugin.about !== undefined)?.about ?? {},
    others: { marks, ...(rest && { rest }) },
    sourceOf: (plugin) => eventSourceOf(readerOf(plugin))!,
    tell(payload, source) {
      if (source === undefined && isPlain) return { payload, plugin: undefined };
      const document = scanner.scan(payload);
      const told = document && marks(document, 0);
      if (told !== undefined && (source === undefined || eventSourceOf(readerOf(told.plugin)) === source))
        return told;
      if (source !== undefined && source !== K8S_AUDIT)
        return { payload, plugin: bringing.find((plugin) => eventSourceOf(plugin) === source)?.name };
      const isOthers = source === undefined && taker !== undefined;
      const isAudit = document !== undefined && AUDIT.isMarked(document, 0);
      return { payload, plugin: isOthers && !isAudit ? taker.name : undefined };
    },
    open(name, reading, decoded = false) {
      const plugin = readerOf(name);
      return unwrapperOf({
        ...reading,
        source: eventSourceOf(plugin)!,
        plugin: decoded ? withoutDecoder(plugin) : plugin,
        settings: settings.get(plugin.name),
      });
    },
    isText(name) {
      const { envelope, marks: own = [], ...plugin } = readerOf(name);
      return envelope?.decode === undefined || own.length > 0 || eventSourceOf(plugin) === K8S_AUDIT;
    },
    lacking: (event) => lackingOf(readerOf(event.plugin), event),
  };
}

const AUDIT = openEnvelope(auditEvents.envelope!);

/** What is to be said of an event whose fields have no value, since it lacks its identity; undefined: it has it. */
export function lackingOf({ envelope: { id, lacking } = {} }: Plugin, event: Event): string | undefined {
  if (lacking === undefined || id === undefined) return undefined;
  return followKeys(event, event.root, tokensOf(toBytes(id))) === NO_NODE ? lacking : undefined;
}

/** The event source that a plugin's events are of; undefined: it brings none. */
function eventSourceOf(plugin: Plugin): string | undefined {
  if (plugin.source !== undefined) return plugin.source.name;
  return plugin.envelope === undefined ? undefined : fieldSourcesOf(plugin)[0];
}

/** Whether a plugin takes audit events as API servers write them. */
function isAuditReader(plugin: Plugin): boolean {
  return eventSourceOf(plugin) === K8S_AUDIT && plugin.envelope?.decode === undefined;
}

/** Plugins that share their fields: those of the first. */
export function withoutTwins(plugins: readonly Plugin[]): readonly Plugin[] {
  const seen = new Set<unknown>();
  return plugins.filter(
    ({ fields }) =>
      fields === undefined || typeof fields !== 'function' || (!seen.has(fields) && seen.add(fields)),
  );
}

function withoutDecoder(plugin: Plugin): Plugin {
  const { decode: _, ...envelope } = plugin.envelope ?? {};
  return { ...plugin, envelope };
}
