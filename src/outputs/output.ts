// Output: where alerts go. Each output gets every alert, in order; one that fails is reported and does not stop
// the others (spec: cli-and-config.md §3.4).

import type { ByteString } from '../bytes.js';

/** An alert ready to write: one line in the configured form (text or JSON), without its newline. */
export interface Message {
  readonly line: ByteString;
  /** Priority number, Emergency 0 … Debug 7 (syslog severity). */
  readonly priority: number;
  /** Name of its rule, for the log where it is lost. */
  readonly rule: ByteString;
  /** Whether it may still leave, asked right before it does; false: another process sends it. Default: it may. */
  readonly permit?: (() => Promise<boolean>) | undefined;
  /** `ka.cluster.name` of events of its source that name none. */
  readonly cluster?: ByteString | undefined;
  /** Sends it in place of kafka_output, in one transaction with the place of its event. */
  readonly carrier?: AlertCarrier | undefined;
}

/** Sends what it is given when its source commits. */
export interface AlertCarrier {
  add(alert: { readonly topic: string; readonly key?: ByteString; readonly value: ByteString }): void;
}

export interface Output {
  /** `stdout`, `file`, `syslog`, `program`, `http`, `kafka`, or `queue` for the one that stands before them. */
  readonly name: string;
  /**
   * Writes messages in order; resolves when they are accepted, which is how back-pressure reaches the source.
   * Errors: OutputError, for the messages that could not be delivered.
   */
  write(messages: readonly Message[]): Promise<void>;
  /** SIGUSR1: close and open again, so that files can be rotated. */
  reopen?(): Promise<void>;
  /**
   * Everything accepted so far has left this process, or was reported as lost; sources commit after it.
   * @returns false: some of it was given up because the run ends, so it should come again with the next one
   */
  flush?(): Promise<boolean>;
  /** Gives up the call that is running, at shutdown, when it does not come back. */
  abandon?(): void;
  /** Whether it waits on purpose, for a time that it bounds itself; it is not stuck then. */
  waits?(): boolean;
  /** Stops trying again. What it has not delivered when it is closed is in the list, for its successor. */
  letGo?(): readonly Message[];
  /** Everything written is flushed and resources are released. */
  close(): Promise<void>;
}

/** Where outputs say what people should know. Messages are byte strings without a time. */
export type OutputsLog = (level: 'critical' | 'error' | 'warning' | 'notice', message: ByteString) => void;

/**
 * Why alerts were not delivered:
 * - `unreachable`: no connection to the receiver, or its name is unknown
 * - `timeout`, `broken`: no answer in time, a connection that broke, or an answer that is no HTTP
 * - `status`: the receiver answered with another status than 2xx
 * - `refused`: TLS or settings that do not fit; a file that cannot be opened; an alert that is too large for a topic
 * - `disk_full`; `write`: any other failure of writing
 * - `closed`: the reader of standard output is gone
 * - `exited`: the program ended before it had read them, or could not be started
 * - `no_syslog`: nothing listens where the local syslog should
 * - `queue_full`: more waited than `outputs_queue.capacity` lets in
 * - `stopped`: the run ended first
 */
export type LossReason =
  | 'unreachable'
  | 'timeout'
  | 'broken'
  | 'status'
  | 'refused'
  | 'disk_full'
  | 'write'
  | 'closed'
  | 'exited'
  | 'no_syslog'
  | 'queue_full'
  | 'stopped';

interface Failed {
  readonly reason: LossReason;
  /** The messages that were not delivered, in order. */
  readonly undelivered: readonly Message[];
  /** Whether handing them over once more may help. */
  readonly again?: boolean;
  /** How long the receiver asks to be left alone, milliseconds. */
  readonly afterMs?: number;
}

/** Alerts that an output could not deliver. The message is a line for the log and holds no secret. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly failed: Required<Failed>;

  constructor(message: string, failed: Failed) {
    super(message);
    this.failed = { again: false, afterMs: 0, ...failed };
  }
}
