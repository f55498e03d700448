// A correlation that was compiled: how it decides, and how matches of its steps are read from events. Types only.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { Scope } from '../../condition/compile/scope.js';
import type { Plan } from '../../correlation/match.js';
import type { CorrelationPart } from '../alert/correlation-alert.js';
import type { CorrelationDefinition, StepInfo } from '../definitions.js';
import type { CompiledCondition } from './rule-condition.js';

/** What a match holds of an event, by source and step. */
export interface MatchReader {
  readonly key: (event: Event) => ByteString;
  readonly value: ((event: Event) => ByteString | undefined) | undefined;
  /** Texts of the output's parts, then JSON of its fields; they outlive the event. */
  readonly texts: (event: Event) => readonly ByteString[];
}

export interface CompiledCorrelation {
  readonly definition: CorrelationDefinition;
  readonly plan: Plan;
  readonly steps: readonly CompiledStep[];
  readonly parts: readonly CorrelationPart[];
  /** Names of the fields in the output, in order of bytes. */
  readonly fields: readonly ByteString[];
  /** How a step's events of a source are read. */
  readonly readers: ReadonlyMap<CompiledStep, ReadonlyMap<ByteString, MatchReader>>;
}

/** A step that events meet. */
export interface CompiledLeaf extends CompiledCondition {
  readonly source: ByteString;
  readonly scope: Scope;
  /** The rule that it is. */
  readonly rule: ByteString | undefined;
}

export interface CompiledStep {
  readonly info: StepInfo;
  /** undefined: the source of its condition is not loaded. */
  readonly leaf: CompiledLeaf | undefined;
  readonly child: CompiledCorrelation | undefined;
}
