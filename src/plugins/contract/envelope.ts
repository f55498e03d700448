// Envelope: how a payload becomes events; as data where it can be, so that the prefilter knows it, as functions where it must be.

import type { EventTime, Pointer } from './fields.js';

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
  /**
   * Pointers to texts that decoding leaves as they are and where they are, its payloads being one JSON object each that
   * becomes one event: a text, `null` or none in the payload is the same text or none in the event. It may take keys written
   * in other letters, and the last of equal ones. So most payloads need not be decoded to tell that no rule matches.
   */
  readonly carries?: readonly Pointer[];
}
