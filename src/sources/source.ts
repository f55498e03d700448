// Source: where events come from. A source delivers raw texts with their place; unwrap.ts turns texts into events.
// A source knows nothing of rules. It gets one message back: how far its events have been dealt with (commit).

import type { ByteString } from '../bytes.js';
import type { Checkpoint } from './checkpoint/store.js';

/** Where a source stands behind a batch. Opaque to everyone but the source that made it. */
export type Position = unknown;

/**
 * A text as its plugin's envelope describes it (an audit Event, an EventList, an array of them), which may be a slice of a
 * larger one; or bytes with whole lines, each such a text.
 */
export type Payload = ByteString | Uint8Array;

/** A payload of a log that may hold those of several plugins. */
export interface Told<P extends Payload = Payload> {
  readonly payload: P;
  /** Whose it is, by name; undefined: Kubernetes audit events. */
  readonly plugin: string | undefined;
}

export interface Batch<P extends Payload = Payload> {
  /** In order of arrival. Bytes are only valid until the next batch is asked for. */
  readonly payloads: readonly P[];
  /** Handed to commit() when every event of this batch has been evaluated and its alerts written. */
  readonly position: Position;
  /** No event before this time, milliseconds since the epoch, comes behind this batch; undefined: nothing is known. */
  readonly settled?: number | undefined;
}

/**
 * Largest single event where the user sets no limit, bytes of compact JSON. Falco's 256 KiB would let anyone hide what he
 * does behind a long annotation; API servers take requests of 3 MiB, and write events of little more.
 */
export const LARGEST_EVENT = 4 * 1024 * 1024;

export interface Source<P extends Payload = Payload> {
  /** Event source that rules name, for example `k8s_audit`. */
  readonly name: string;
  /** Plugin that reads it, for example `k8saudit-eks`. */
  readonly plugin: string;
  /** Largest single event, bytes of compact JSON; larger ones are reported and dropped. */
  readonly maxEventSize: number;
  /** Value for `annotations.cluster_name` where the event has none (`ka.cluster.name`). */
  readonly clusterName?: string;
  /** Texts that its events have in common, by name, for fields to read. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Settings of the plugin that opened it, for fields to read. */
  readonly settings?: unknown;
  /** Strings in batches hold one byte a char already. */
  readonly bytes?: true;
  /**
   * Whether senders push texts to it: they may come as log shippers send them (see UnwrapOptions), and they wait when it is
   * busy, so that it never has a backlog worth threads and their memory.
   */
  readonly shipped?: boolean;
  /**
   * Batches until the source ends (return) or fails (throw a SourceError). Aborting the signal ends it soon,
   * without an error. One iteration a source.
   */
  batches(signal: AbortSignal): AsyncIterable<Batch<P>>;
  /** Everything up to and including the batch with this position is done with. Errors: SourceError. */
  commit?(position: Position): Promise<void> | void;
  /** Keeps records of others together with its place, under the same lock; to be used from its first batch on. */
  readonly beside?: Checkpoint<object> | undefined;
  /**
   * Whether alerts on what it gave may still leave: false, where another process has the source now and gives the same.
   * Asked right before they leave.
   */
  permit?(): Promise<boolean>;
  /** Takes alerts on what it gave that are for Kafka, and sends them in one transaction with its position. */
  readonly carrier?: AlertCarrier;
  /** How far it has come, where it has an end. */
  progress?(): SourceProgress;
  /** Lines for the closing report, for example the exact counts of a CloudWatch source. */
  summary?(): readonly string[];
  /** What it measures of itself, for /tsfalco/metrics. */
  series?(): readonly SourceMetric[];
}

/** Holds alerts until the position behind their events is committed, and sends both at once. */
export interface AlertCarrier {
  /** Of the cluster that it sends to. */
  readonly brokers: readonly string[];
  add(alert: { readonly topic: string; readonly key?: ByteString; readonly value: ByteString }): void;
}

/** How far a source has come. */
export interface SourceProgress {
  /** Which part of all, 0 to 1; undefined while that is not known. */
  readonly done: number | undefined;
  readonly events: number;
  readonly bytes: number;
}

/** A series in the sense of Prometheus. */
export interface SourceMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: Readonly<Record<string, ByteString>>;
  readonly value: number;
}

/** Trouble in a source. The message is one line for people and holds no secret. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** Whether trying again later may help. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly retryable?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable ?? false;
  }
}

/**
 * Where sources say what people should know. Messages are whole lines without a time.
 * @param kind what lines that come often are alike in, so that a flood of one kind leaves room for others
 */
export type SourceLog = (
  level: 'error' | 'warning' | 'info' | 'debug',
  message: string,
  kind?: string,
) => void;
