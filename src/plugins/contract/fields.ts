// Fields: what rules read of a plugin's events, each at a place of the event or by a function that is given the event.

import type { Semantics } from '../../fields/field.js';
import type { Nodes } from '../../fields/nodes.js';
import type { Shape } from '../../fields/shape.js';

/** A JSON pointer to a value of an event or payload: `/userIdentity/type`; `~1` is a slash in a key, `~0` a tilde. */
export type Pointer = string;

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

/** A place where one of some texts stands. */
export interface TextAmong {
  readonly at: Pointer;
  readonly is: readonly string[];
}

interface FieldCommon {
  /** Default: string. */
  readonly type?: PluginFieldType;
  /** Whether values are lists. Lists are of strings. */
  readonly list?: boolean;
  readonly description?: string;
  /** What may stand in brackets behind the name, whether the field is a list or not. Default: nothing. */
  readonly argument?: { readonly kind: 'index' | 'key' | 'any'; readonly required?: boolean };
  /** All values that it can have, where these are few and known: lint and editors tell of others. */
  readonly values?: readonly string[];
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
  /** Pointers to the texts that it reads, where that is all besides the time, settings, labels and state; `*`: each element. */
  readonly reads?: readonly Pointer[];
  /** There is no value unless one of these texts stands there: most events need no reading then. */
  readonly only?: TextAmong;
}

/** A field read from the tape of the scanned text, in byte strings: for those that built-in plugins share. Never throws. */
export interface ShapedField extends Pick<FieldCommon, 'type' | 'description' | 'values' | 'own'> {
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
