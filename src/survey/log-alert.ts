// An alert as those who look at a whole log have it. Types only.

import type { ByteString } from '../bytes.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';

/** One rule's match on one event, or a correlation's on several: then it is about a group. Texts are byte strings; empty where the event has no such value. */
export interface LogAlert<Rule extends AlertingRule = AlertingRule> {
  readonly rule: Rule;
  /** The message without time and priority. */
  readonly output: ByteString;
  /** The line that Falco would print. */
  readonly line: ByteString;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** ISO 8601 with nanoseconds, in UTC. */
  readonly iso: ByteString;
  readonly about: About;
}

export type AlertingRule = LoadedRule | LoadedCorrelation;

/** What an event is about. */
export interface About {
  readonly user: ByteString;
  readonly verb: ByteString;
  readonly resource: ByteString;
  readonly namespace: ByteString;
  readonly name: ByteString;
  readonly sources: ByteString;
  readonly code: ByteString;
  readonly auditId: ByteString;
}
