// Plugin: what brings one kind of log to the rules. Its identity, settings, event source, the way from payloads to events,
// and the fields that rules read; whatever of it can be data is data. A leaf: types, and a function that checks nothing.
// Answers to the plugin API of Falco's libraries (spec: plugins.md §0), as `tsfalco/plugin` for plugins of your own.

import type { Semantics } from '../fields/field.js';
import type { Nodes } from '../fields/nodes.js';
import type { Shape } from '../fields/shape.js';
import type {
  AlertCarrier,
  Batch,
  Source,
  SourceLog,
  SourceMetric,
  SourceProgress,
} from '../sources/source.js';

/** A JSON pointer to a value of an event or payload: `/userIdentity/type`; `~1` is a slash in a key, `~0` a tilde. */
export type Pointer = string;

/** A type of JSON schema that a setting may have. */
export type SettingType = 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';

/** One key of init_config, as JSON schema describes it. */
export interface Setting {
  readonly type: SettingType;
  readonly title?: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  /** Least number that is taken. */
  readonly minimum?: number;
  /**
   * Only tsfalco has the key: Falco's schema does not show it, and its scalars keep their spelling (`007`). What is
   * wrong with it is said when the source opens.
   */
  readonly own?: true;
  /** How a key of Falco's differs here, for --plugin-info; and the default here, and the least number. */
  readonly here?: {
    readonly text: string;
    readonly default?: string | number | boolean;
    readonly minimum?: number;
  };
  /** Its value never stands in a log line or an error. */
  readonly secret?: true;
}

export type SettingsProperties = Readonly<Record<string, Setting>>;

/** The keys of init_config. All are optional, and keys that are not named are taken with a warning. */
export interface SettingsSchema<P extends SettingsProperties = SettingsProperties> {
  readonly properties: P;
  /** Whether the schema says that other keys are fine. */
  readonly additionalProperties?: true;
  /** Where the schema stands in one of Falco's form: the keywords before it, and which one holds it. */
  readonly definitions?: {
    readonly head: Readonly<Record<string, string>>;
    readonly keyword: 'definitions' | '$defs';
  };
}

interface TypeOf {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly number: number;
  readonly array: readonly unknown[];
  readonly object: Readonly<Record<string, unknown>>;
}

type ValueOf<S extends Setting> = S extends
  | { readonly default: string | number | boolean }
  | { readonly here: { readonly default: string | number | boolean } }
  ? TypeOf[S['type']]
  : TypeOf[S['type']] | undefined;

/** The values of settings, by the schema's spelling of their keys; texts, not bytes. */
export type SettingsOf<P extends SettingsProperties> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** The settings of a plugin of which nothing more is known. */
export type AnySettings = SettingsOf<SettingsProperties>;

/** Time of an event. */
export interface EventTime {
  /** Whole seconds since the epoch; may be negative. */
  readonly seconds: number;
  /** 0–999,999,999. */
  readonly nanos: number;
}

/** An event as readers of fields see it. Borrowed: not to be kept beyond the call. All texts are JavaScript strings. */
export interface PluginEvent<Settings = unknown, State = unknown> extends EventTime {
  readonly source: string;
  readonly plugin: string;
  /** Running number in its source, from 1. */
  readonly num: number;
  /** Settings of the plugin that opened the source; undefined where rules are tried without one. */
  readonly settings: Settings | undefined;
  /** What the source's state has made of the events so far, this one included. */
  readonly state: State | undefined;
  /** What the opened source says of all its events (OpenedSource.labels). */
  label(name: string): string | undefined;
  /** The whole event: the text that it came as, where that may be no JSON (Envelope.anyText); else compact JSON. */
  payload(): string;
  /** The value there as a text: strings decoded, everything else as compact JSON; undefined if there is none. */
  text(pointer: Pointer): string | undefined;
  /** The text there, if it is a JSON string. */
  string(pointer: Pointer): string | undefined;
  /** Compact JSON of the value there, as written: key order, numbers and escapes untouched. */
  json(pointer: Pointer): string | undefined;
  /** The elements of the array there, as texts; undefined if there is no array. */
  list(pointer: Pointer): readonly string[] | undefined;
  /** The value there as JSON.parse gives it (numbers beyond 2^53 are rounded); undefined if there is none. */
  value(pointer: Pointer): unknown;
}

/** What a field's reader gives; undefined, or an empty list: there is no value. An empty text is a value. */
export type FieldValue = string | bigint | boolean | readonly string[];

/** Types of values: texts, unsigned numbers up to 2^64−1, true or false. */
export type PluginFieldType = 'string' | 'uint64' | 'bool';

interface FieldCommon {
  /** Default: string. */
  readonly type?: PluginFieldType;
  /** Whether values are lists. Lists are of strings. */
  readonly list?: boolean;
  readonly description?: string;
  /** What may stand in brackets behind the name, whether the field is a list or not. Default: nothing. */
  readonly argument?: { readonly kind: 'index' | 'key' | 'any'; readonly required?: boolean };
  /** tsfalco only: the field stands among its own in --list, and json.value[/name] gives it too. */
  readonly own?: true;
}

/** A field whose value stands at one place of the event. */
export interface PlaceField extends FieldCommon {
  readonly place: Pointer;
  /**
   * How the value there becomes the field's. `value`: strings decoded, everything else as compact JSON; `string`: strings
   * decoded, everything else the empty text; `json`: compact JSON, strings with their quotes; `flag`: `true` for JSON
   * true, else `false`. Default: value. For a list the value is an array, whose elements are read as `value`.
   */
  readonly as?: 'value' | 'string' | 'json' | 'flag';
  /** The field's value where nothing stands there. Default: no value. */
  readonly absent?: string;
}

/** A field that a function reads. It may throw: the field has no value then, and that is counted. */
export interface ReaderField<Settings = unknown, State = unknown> extends FieldCommon {
  /** @param argument the text in the brackets; undefined if there were none */
  read(event: PluginEvent<Settings, State>, argument: string | undefined): FieldValue | undefined;
  /** The value depends on the events before (state): all of them are evaluated in order, one at a time. */
  readonly stateful?: true;
}

/** A field read from the tape of the scanned text, in byte strings: for those that built-in plugins share. Never throws. */
export interface ShapedField extends Pick<FieldCommon, 'type' | 'description' | 'own'> {
  readonly shape: Shape;
}

export type PluginField<Settings = unknown, State = unknown> =
  | PlaceField
  | ReaderField<Settings, State>
  | ShapedField;

/** Fields by name, in the order in which --list shows them. */
export type PluginFields<Settings = unknown, State = unknown> = Readonly<
  Record<string, PluginField<Settings, State>>
>;

/** What fields can be made of, for one table. */
export interface FieldKit {
  /** `falco`: fields with defects in Falco give what they give there; `fixed`: what they should. */
  readonly semantics: Semantics;
  /** Paths through events, shared by all fields of the table. */
  readonly nodes: Nodes;
  /** Where the events of the table's source have their time. */
  readonly time: Pointer | undefined;
  /** Reader of a field that is tsfalco's own, by name. */
  own(name: string): Shape | undefined;
}

/** Something that an object must hold. */
export interface Holding {
  readonly at: Pointer;
  /** The text that must stand there. Default: any value does. */
  readonly is?: string;
  /** Whether the value must be a string. */
  readonly string?: true;
  /** Texts that must not stand there. */
  readonly not?: readonly string[];
}

/** Where an object that is no event has some. */
export interface ListPlace {
  /** A pointer to the array or object; `*`: each member of the object. Arrays in arrays count as one list. */
  readonly at: Pointer | '*';
  /** What the object must hold, for that to be so. */
  readonly when?: Holding;
  /** Its elements are events, whatever they hold. */
  readonly trusted?: true;
}

/** An event as a decoder gives it. */
export interface DecodedEvent {
  /** Its JSON text, or several with white space between them. */
  readonly text: string;
  /** Its time, in place of the one in the text. */
  readonly time?: EventTime;
  /** What Kubernetes cluster it is of, if the text does not say so. */
  readonly clusterName?: string;
}

/** Counts something that is left out, and says so. @param reason a word for metrics: `not_an_event`; see docs/metrics */
export type Refuse = (reason: string, message: string) => void;

/** How a payload becomes events. A payload is one JSON text or several; arrays are lists of events. */
export interface Envelope<Settings = unknown> {
  /** What an object must hold to be an event; all of these. Default: every object is one. */
  readonly holds?: readonly Holding[];
  readonly lists?: readonly ListPlace[];
  /** Where the event's time stands. Default: events have the time at which they are read. */
  readonly time?: {
    readonly at: Pointer;
    /** RFC 3339 text; or a number of seconds or milliseconds since the epoch. Default: rfc3339. */
    readonly form?: 'rfc3339' | 'seconds' | 'milliseconds';
    /** Without a time that can be read, an event is dropped, or has the time at which it is read. Default: drop. */
    readonly unreadable?: 'drop' | 'now';
  };
  /** Where the event's identity stands: equal for the same event delivered twice. */
  readonly id?: Pointer;
  /** Something stands there where whoever wrote the event cut a part out of it; such events are counted. */
  readonly truncated?: Pointer;
  /** What is said of an object that is no event. */
  readonly refusal?: string;
  /** What is said of an event for which the fields have no value at all, since it lacks the identity. */
  readonly lacking?: string;
  /** What of a text that is dropped helps to find it: short, whatever the text holds. */
  salvage?(text: string): string;
  /** Texts that are not JSON are events too, without any value. */
  readonly anyText?: true;
  /** Turns the payload into the texts that the rest of the envelope is about. A throw drops the payload, counted. */
  decode?(payload: string, refuse: Refuse, settings: Settings | undefined): Iterable<DecodedEvent>;
}

/** An event source that was opened. */
export interface OpenedSource {
  /**
   * Batches until the source ends (return) or fails (throw a SourceError: one line for people, no secret). It ends soon
   * after the abort, without an error, and gives what it has accepted until then. Payloads are JavaScript strings, one
   * payload each; or bytes, which hold whole lines, each a payload, and are only valid until the next batch is asked for.
   */
  batches(signal: AbortSignal): AsyncIterable<Batch>;
  /** Strings in batches hold one byte of UTF-8 a char, as those of the built-in carriers do. */
  readonly bytes?: true;
  /**
   * The alerts of a batch have left: its position may be remembered, its receipts acknowledged. Batches come in order,
   * each once; what was not delivered is not committed, and is to come again. Trouble: SourceError, retryable.
   */
  commit?(position: Batch['position']): Promise<void> | void;
  /** Asked right before alerts on its events leave: false where another process has the source now, and gives the same. */
  permit?(): Promise<boolean>;
  /** Keeps records of others together with its position, under the same lock; to be used from its first batch on. */
  readonly beside?: Source['beside'];
  /** Once, before the first batch: what has to be set up at the far end. */
  setUp?(signal: AbortSignal): Promise<void>;
  /** Once, after the last one, whatever the end was: takes back what setUp did, also if that failed half-way. */
  tearDown?(): Promise<void>;
  /** Largest single event, bytes of compact JSON. Default: 4 MiB. */
  readonly maxEventSize?: number;
  /** What holds for all its events, for fields to read: the name of an organisation. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `ka.cluster.name` of events that name no cluster. */
  readonly clusterName?: string;
  /** Senders push to it: payloads may come wrapped by log shippers, and senders wait when it is busy. */
  readonly shipped?: boolean;
  /** Takes alerts on its events that are for kafka_output, and sends them in one transaction with its position. */
  readonly carrier?: AlertCarrier;
  /** How far it has come, where it has an end. */
  progress?(): SourceProgress;
  /** Lines for the closing report. */
  summary?(): readonly string[];
  /** What it measures of itself. */
  series?(): readonly SourceMetric[];
}

/** What a source is opened with. */
export interface OpenContext<Settings> {
  readonly settings: Settings;
  /** open_params. */
  readonly params: string;
  /** The same, one byte a char: paths need not be UTF-8. */
  readonly paramBytes: string;
  readonly io: SourceIo;
}

/** What the host does for sources. */
export interface SourceIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whole lines, no secrets. Lines of one kind that come often are thinned out. */
  readonly log: SourceLog;
  /** Counts what the source itself leaves out, by a word for metrics (`too_large`, `poison`). */
  drop(reason: string, count?: number): void;
  /** `--from` and `--to`, as given. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Seconds that a stop may take to settle what is under way. */
  readonly stopTimeout: number;
  /** Lines of a file, of all files of a folder (oldest first), a named pipe or `-`; gzip or not. Then the end. */
  files(path: string, options?: { readonly maxLine?: number }): OpenedSource;
  /** A file that grows, from its end or from where the checkpoint says. @param checkpoint file that remembers the place */
  follow(path: string, options?: { readonly maxLine?: number; readonly checkpoint?: string }): OpenedSource;
  /** A small value that outlives the process: a cursor. Written whole, in place of the one before. */
  remember(file: string): Memory;
}

/** A value kept in a file, JSON. */
export interface Memory {
  /** undefined: there is none yet. Errors: SourceError where the file is there and cannot be read. */
  load(): Promise<unknown>;
  /** Errors: SourceError, retryable. */
  save(value: unknown): Promise<void>;
}

export interface PluginSource<Settings> {
  /** Event source that rules name in `source:`. */
  readonly name: string;
  /** Falco's number of the plugin; 0, or left out: none. */
  readonly id?: number;
  /** Values of open_params that --plugin-info suggests. */
  readonly suggestions?: readonly { readonly value: string; readonly description: string }[];
  /** Says why it would not open, as far as params and settings tell by themselves; nothing is touched. */
  check?(context: Pick<OpenContext<Settings>, 'settings' | 'params'>): string | undefined;
  /** Whether it waits for events instead of ending. Default: true. */
  live?(context: Pick<OpenContext<Settings>, 'settings' | 'params'>): boolean;
  /** Opens it, or several that are read side by side: one a queue, cluster, organisation. Errors: SourceError. */
  open(
    context: OpenContext<Settings>,
  ): OpenedSource | readonly OpenedSource[] | Promise<OpenedSource | readonly OpenedSource[]>;
  /**
   * The payload, or several, that a captured line of `open_params: replay:<file>` stands for; the name of the line's member
   * that holds it does as well. Default: the line is the payload.
   */
  readonly captured?: string | ((line: string) => string | readonly string[]);
  /** Largest single event of a replay, bytes of compact JSON. Default: 4 MiB. */
  maxEventSize?(settings: Settings): number;
  /**
   * Looks something up for a payload before it becomes events, also in a replay. Where it fails, the payload goes on as
   * it was, counted and said.
   */
  enrich?(payload: string, context: OpenContext<Settings>, signal: AbortSignal): Promise<string>;
}

/** State over the events of one source, in order. */
export interface PluginState<Settings, State> {
  create(settings: Settings | undefined): State;
  /** Sees every event before its fields are read. A throw is counted, and the event goes on. */
  see(event: PluginEvent<Settings, State>, state: State): void;
}

/** Objects that are payloads of the plugin, told by what they hold: for tools that read logs without a word on whose they are. */
export interface Mark {
  /** All of these. */
  readonly holds: readonly Holding[];
  /** The payload that such an object stands for. Default: its text. */
  payload?(text: string): string;
}

/** Names of fields that tell who did what: for lists of events, tables and reports of tools. */
export interface About {
  /** Who. */
  readonly user?: string;
  /** Did what. */
  readonly verb?: string;
  /** To what kind of thing. */
  readonly resource?: string;
  /** Where the thing is. */
  readonly namespace?: string;
  /** What it is called. */
  readonly name?: string;
  /** From which address. */
  readonly sources?: string;
  /** How it ended. */
  readonly code?: string;
  /** What tells the event from all others. */
  readonly id?: string;
}

export interface Plugin<
  P extends SettingsProperties = SettingsProperties,
  State = unknown,
  F extends PluginFields<SettingsOf<P>, State> = PluginFields<SettingsOf<P>, State>,
> {
  readonly name: string;
  /** As `required_plugin_versions` compares it: 1.2.3. */
  readonly version: string;
  readonly description: string;
  readonly contact: string;
  /** A plugin of Falco's that gives the same fields: rules that require it run with this one too. */
  readonly standsFor?: { readonly name: string; readonly version: string };
  readonly settings?: SettingsSchema<P>;
  readonly source?: PluginSource<SettingsOf<P>>;
  readonly envelope?: Envelope<SettingsOf<P>>;
  /** `evt.plugininfo`. Default: compact JSON of the event. */
  info?(event: PluginEvent<SettingsOf<P>, State>): string;
  readonly fields?: F | ((kit: FieldKit) => F);
  /** Event sources whose events the fields are for; `*`: all. Default: its own source. */
  readonly fieldSources?: readonly string[] | '*';
  readonly state?: PluginState<SettingsOf<P>, State>;
  /** How tools tell its payloads. Without: tools that are given the plugin take what nobody else's marks fit for a payload of its. */
  readonly marks?: readonly Mark[];
  readonly about?: About;
  /** What else Falco's library can do, as --list-plugins names it. */
  readonly capabilities?: readonly string[];
}

/** Gives the plugin back, with its settings typed by the schema, and alerts on its events by its fields. */
export function definePlugin<
  const P extends SettingsProperties = SettingsProperties,
  State = unknown,
  const F extends PluginFields<SettingsOf<P>, State> = PluginFields<SettingsOf<P>, State>,
>(plugin: Plugin<P, State, F>): Plugin<P, State, F> {
  return plugin;
}

/** The settings of a schema, typed. */
export function defineSettings<const P extends SettingsProperties>(
  properties: P,
  more: Omit<SettingsSchema, 'properties'> = {},
): SettingsSchema<P> {
  return { properties, ...more };
}

export type { Batch, SourceLog, SourceMetric, SourceProgress };
