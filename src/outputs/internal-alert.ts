// In: rule, priority, text and fields of an alert that the program makes itself. Out: a message for all outputs
// (spec: cli-and-config.md §3.3). Answers to falco_outputs::handle_msg.

import type { ByteString } from '../bytes.js';
import type { Message } from './output.js';

/** A field's value: text, or a number as it is to be printed (64-bit integers as bigint). */
export type InternalValue = ByteString | number | bigint;

export interface InternalAlert {
  /** For example `Falco internal: hot restart failure`. */
  readonly rule: ByteString;
  /** Priority number, Emergency 0 … Debug 7. */
  readonly priority: number;
  readonly message: ByteString;
  readonly fields: Readonly<Record<ByteString, InternalValue>>;
}

export interface InternalAlertOptions {
  readonly json: boolean;
  readonly hostname: ByteString;
}

/** `time` is nanoseconds since the epoch. */
export type FormatInternalAlert = (
  alert: InternalAlert,
  options: InternalAlertOptions,
  time: bigint,
) => Message;
