// Field: one name that a condition or an output template can read from an event, and FieldTable: the fields of
// one event source. A leaf: conditions know these types and no concrete table.
// Types, arguments and messages are those of Falco's filter checks (spec: rules-language.md §1.4, §2.1, §2.10).

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import type { Place } from '../prefilter/prefilter.js';

/** Falco's types of values, by the names its messages use. */
export type FieldType = 'CHARBUF' | 'UINT64' | 'RELTIME' | 'ABSTIME' | 'BOOL' | 'IPADDR' | 'IPNET';

/**
 * A value read from an event. CHARBUF: byte string; UINT64, RELTIME, ABSTIME: bigint below 2^64; BOOL: boolean;
 * IPADDR, IPNET: the address as 4 or 16 bytes;
 * list-typed fields: a non-empty array of byte strings. A missing value is `undefined`, never an empty list.
 */
export type Value = ByteString | bigint | boolean | readonly ByteString[];

/** Reads a bound field from an event. Total: never throws; `undefined` where the event has no value. */
export type Extract = (event: Event) => Value | undefined;

/** What the brackets behind a field may hold. */
export interface FieldArgument {
  readonly required: boolean;
  /** The argument may be a decimal index. */
  readonly index: boolean;
  /** The argument may be any text. */
  readonly key: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly isList: boolean;
  /** null: takes no argument. */
  readonly argument: FieldArgument | null;
  readonly description: string;
  /** All values that it can have, where that is known. */
  readonly values?: readonly ByteString[];
  /**
   * Binds the argument, once at load time.
   * @param argument text in the brackets without quotes; undefined if there were none. Checked already.
   */
  bind(argument: ByteString | undefined): Extract;
  /** Where the field's value stands, if it is the text at one place. */
  readonly place?: (argument: ByteString | undefined) => Place | undefined;
  /** Text of a value in outputs where it differs from the plain form (padded nanoseconds). */
  readonly format?: (value: Value) => ByteString;
  /** Value in JSON `output_fields` where it differs from the text (times are integer nanoseconds). */
  readonly json?: (event: Event) => Value | undefined;
  /** The value is the event's time: local time of day with nanoseconds (evt.time), or date and time in UTC (ISO 8601). */
  readonly time?: 'clock' | 'iso';
  /** The value is the text at this place; without one, the name of the cluster (Event.clusterName). */
  readonly elseCluster?: Place;
  /** The value depends on the events before, so that they must be seen in order. */
  readonly stateful?: true;
  /** All places that it reads, besides the event's time and what is not the event's. If left out: not known. */
  readonly reads?: readonly Place[];
  /** There is no value unless one of these texts stands there. */
  readonly only?: OnlyWith;
  /** Added to outputs by `append_output: suggested_output` (static fields). */
  readonly suggested?: boolean;
}

/** Texts at a place without one of which a field has no value. */
export interface OnlyWith {
  readonly place: Place;
  readonly read: Extract;
  readonly texts: readonly ByteString[];
}

/**
 * Which values fields with defects in Falco give: `falco` its own, `fixed` the intended ones (spec:
 * fields-and-sources.md §1.9, D2–D5).
 */
export type Semantics = 'falco' | 'fixed';

/** Fields that belong together, as `--list` groups them. */
export interface FieldClass {
  /** `evt`, `static`, or a plugin's name. */
  readonly name: string;
  readonly description: string;
  /** Whether a plugin provides them: plugins cut the text at blanks and check arguments themselves. */
  readonly plugin: boolean;
  readonly fields: readonly Field[];
}

/** A field with its argument, ready to read. */
export interface BoundField {
  readonly field: Field;
  readonly argument: ByteString | undefined;
  readonly extract: Extract;
  /** Where its value stands, if it is the text at one place: values there depend on nothing else. */
  readonly place?: Place | undefined;
}

export interface FieldTable {
  /** Event source that the table serves. */
  readonly source: string;
  readonly classes: readonly FieldClass[];
  /**
   * Finds the field for `name` or `name[argument]` as a condition spells it (argument without quotes).
   * @returns the bound field, or Falco's message of why there is none.
   */
  lookup(spelled: ByteString): BoundField | FieldError;
  /** Whose field a name is that this table may lack (without an argument); undefined: nobody's. */
  home(name: ByteString): FieldHome | undefined;
}

/** Where a field comes from. */
export interface FieldHome {
  /** The event source that it is for; undefined: any. */
  readonly source: string | undefined;
  /** The plugin that brings it; undefined: Falco itself. */
  readonly plugin: string | undefined;
}

/** Why a text is no field: Falco's message. `unknown`: no field has that name (others: a bad argument). */
export interface FieldError {
  readonly error: ByteString;
  readonly unknown: boolean;
}
