// Event: what a source hands to a ruleset, one audit event with its time and its JSON text.
// A leaf. Events are borrowed: their document may share its tape with the next one (see json/document.ts),
// so whoever keeps an event beyond the call that received it keeps its text and scans again.

import type { ByteString } from './bytes.js';
import type { JsonDocument } from './json/document.js';

export interface Event {
  /** Event source that rules name in `source:`, for example `k8s_audit`. */
  readonly source: string;
  /** Plugin that produced the event (`evt.pluginname`), for example `k8saudit-eks`. */
  readonly plugin: string;
  /** Running number in its source, from 1 (`evt.num`). */
  readonly num: number;
  /** Event time, whole seconds since the epoch; may be negative. */
  readonly seconds: number;
  /** Event time, nanoseconds within the second, 0–999,999,999. */
  readonly nanos: number;
  /** The scanned JSON text that holds the event. */
  readonly document: JsonDocument;
  /** Node of the event inside the document: the root, an element of an array, or an item of an EventList. */
  readonly root: number;
  /**
   * Cluster that the source reads, for events that do not name theirs (`ka.cluster.name` where
   * `/annotations/cluster_name` is absent). Beside the text, not in it, so that the payload stays as it was written.
   */
  readonly clusterName?: ByteString | undefined;
  /** The text that it came as, where that may be no JSON at all; the document holds nothing then. */
  readonly text?: ByteString | undefined;
  /** What all events of its source have in common; undefined where an event stands for itself. */
  readonly origin?: Origin | undefined;
}

/** What is known of all events of a source: what its plugin says of them, and how it is set up. */
export interface Origin {
  /** `evt.plugininfo`; undefined: compact JSON of the event. */
  readonly info?: ((event: Event) => ByteString) | undefined;
  /** Settings of the plugin, by name. */
  readonly settings?: unknown;
  /** What has been made of the events so far, by the plugin. */
  readonly state?: unknown;
  /** Texts by name (OpenedSource.labels). */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}
