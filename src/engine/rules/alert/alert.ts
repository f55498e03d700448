// Alert: one rule's match on one event, rendered. Types and the priorities (spec: rules-language.md §3.3, §4.4).

import type { ByteString } from '../../../bytes.js';
import type { Match } from '../../correlation/match.js';

/** Full names in order of severity; the index is the priority number. */
export const PRIORITIES = [
  'Emergency',
  'Alert',
  'Critical',
  'Error',
  'Warning',
  'Notice',
  'Informational',
  'Debug',
] as const;

export type PriorityName = (typeof PRIORITIES)[number];

/** Number of a priority name in any case; `info` is short for Informational, and no other short form exists. */
export function priorityOf(name: ByteString): number | undefined {
  const lower = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (lower === 'info') return PRIORITIES.indexOf('Informational');
  const index = PRIORITIES.findIndex((priority) => priority.toLowerCase() === lower);
  return index < 0 ? undefined : index;
}

/** A rule as alerts and statistics name it. */
export interface RuleInfo {
  readonly name: ByteString;
  readonly source: ByteString;
  /** 0 (Emergency) – 7 (Debug). */
  readonly priority: number;
  /** Sorted, unique. */
  readonly tags: readonly ByteString[];
}

export interface Alert {
  readonly rule: RuleInfo;
  /** The line that outputs write: text (escaped) or one JSON object, without a newline. */
  readonly line: ByteString;
  /** Of a rule with `suppress`: what decides whether it is shown. */
  readonly throttle?: Match | undefined;
}
