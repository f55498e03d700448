// Definitions: what the items of rules files define, before anything of it is compiled.
// Answers to Falco's rule_loader infos (list_info, macro_info, rule_info, rule_exception_info).

import type { ByteString } from '../../bytes.js';
import type { Mark, YamlNode, YamlScalar } from '../../yaml.js';
import type { CorrelationType } from '../correlation/match.js';
import type { Context } from '../diagnostic.js';
import type { PluginRequirement } from './load-options.js';

/** A rules file while it is loaded. */
export interface SourceFile {
  readonly name: ByteString;
  /** The text that marks count in (see YamlDocuments). */
  readonly text: ByteString;
  /** Bytes before that text. */
  readonly skipped: number;
  /** Line and column of an offset in the text. */
  readonly markAt: (offset: number) => Mark;
}

/** A part of a text and the YAML scalar that it came from. */
export interface TextPart {
  /** Index in the text where the part begins. */
  readonly at: number;
  readonly file: SourceFile;
  readonly scalar: YamlScalar;
}

/** A text that may have been put together from several items. */
export interface SourcedText {
  readonly text: ByteString;
  readonly parts: readonly TextPart[];
}

/** One entry of an exception's fields, comps or values: a text or a list of entries. */
export interface ExceptionEntry {
  readonly isList: boolean;
  /** Empty for lists, and where there is neither. */
  readonly text: ByteString;
  readonly items: readonly ExceptionEntry[];
  readonly node: YamlNode | undefined;
}

export interface ExceptionInfo {
  readonly name: ByteString;
  readonly fields: ExceptionEntry;
  readonly comps: ExceptionEntry;
  readonly values: readonly ExceptionEntry[];
  readonly context: Context;
  readonly file: SourceFile;
}

export interface Definition {
  readonly name: ByteString;
  /** Where it was fully defined last; appends do not move it. */
  readonly context: Context;
  /** Number of its first definition: what is defined before what. */
  readonly index: number;
  /** Number of its last change: it sees what was first defined before that. */
  readonly visibility: number;
  /** How often it was changed since it was fully defined. */
  readonly changes: number;
}

export interface ListInfo extends Definition {
  readonly items: readonly ByteString[];
}

export interface MacroInfo extends Definition {
  readonly condition: SourcedText;
  readonly conditionContext: Context;
}

export interface RuleInfoSource {
  readonly condition: SourcedText;
  readonly output: SourcedText;
  readonly description: ByteString;
  readonly tags: ReadonlySet<ByteString>;
  readonly exceptions: readonly ExceptionInfo[];
  /** 0–7. */
  readonly priority: number;
  readonly capture: boolean;
  /** Milliseconds; 0: the default. */
  readonly captureDuration: number;
  readonly enabled: boolean;
  readonly warnEventTypes: boolean;
  readonly skipIfUnknownFilter: boolean;
  /** false: its matches only count in correlations. */
  readonly alert: boolean;
  readonly suppress: SuppressInfo | undefined;
}

/** `suppress` of a rule: alerts with the same values within a time are shown as two. */
export interface SuppressInfo {
  readonly by: readonly NamedNode[];
  /** Microseconds. */
  readonly time: number;
  readonly context: Context;
}

/** A text and the node that it came from. */
export interface NamedNode {
  readonly text: ByteString;
  readonly node: YamlNode;
}

/** One of a correlation's `rules`. */
export interface StepInfo {
  readonly name: ByteString;
  /** A rule or correlation; undefined: it has a condition. */
  readonly refers: ByteString | undefined;
  readonly condition: SourcedText | undefined;
  /** Of the condition, where it is not the correlation's. */
  readonly source: ByteString | undefined;
  readonly context: Context;
  readonly node: YamlNode;
}

/** What a correlation's `condition` asks for. */
export interface CountInfo {
  readonly operator: 'gte' | 'gt' | 'eq' | 'lt' | 'lte';
  readonly number: number;
  readonly field: NamedNode | undefined;
  readonly context: Context;
}

export interface CorrelationInfo {
  readonly type: CorrelationType;
  readonly steps: readonly StepInfo[];
  readonly groupBy: readonly NamedNode[];
  /** By name: the fields of steps. */
  readonly aliases: ReadonlyMap<ByteString, ReadonlyMap<ByteString, NamedNode>>;
  /** Microseconds. */
  readonly timespan: number;
  readonly count: CountInfo | undefined;
  readonly output: SourcedText;
  readonly outputContext: Context;
  readonly description: ByteString;
  /** 0–7. */
  readonly priority: number;
  readonly tags: ReadonlySet<ByteString>;
  readonly enabled: boolean;
  readonly exceptions: readonly ExceptionInfo[];
  /** Microseconds; undefined: the timespan. */
  readonly suppress: number | undefined;
  /** false: what it finds only counts in correlations that have it as a step. */
  readonly alert: boolean;
}

export interface CorrelationDefinition extends Definition, CorrelationInfo {
  readonly source: ByteString;
}

/** A change of a correlation. Only what is there changes. */
export interface CorrelationUpdate extends Partial<CorrelationInfo> {
  readonly name: ByteString;
  readonly context: Context;
}

export interface RuleDefinition extends Definition, RuleInfoSource {
  readonly source: ByteString;
  readonly unknownSource: boolean;
  readonly conditionContext: Context;
  readonly outputContext: Context;
}

/** The source of rules that name none: system calls, of which nothing is read here. */
export const KERNEL_SOURCE = 'syscall';

export const isKernelRule = ({ source }: Pick<RuleDefinition, 'source'>): boolean => source === KERNEL_SOURCE;

/** What an item is given before the collector numbers it. */
export type New<T extends Definition> = Omit<T, 'index' | 'visibility' | 'changes'>;

/** A change of a rule: append or replace. Only what is there changes. */
export interface RuleUpdate extends Partial<RuleInfoSource> {
  readonly name: ByteString;
  /** Compared with the rule's; empty: not compared. */
  readonly source: ByteString;
  readonly context: Context;
}

export interface EngineRequirement {
  readonly version: readonly [number, number, number];
  readonly context: Context;
}

export interface PluginRequirements {
  readonly alternatives: readonly PluginRequirement[];
  readonly context: Context;
}
