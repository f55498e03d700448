// Definitions: what the items of rules files define, before anything of it is compiled.
// Answers to Falco's rule_loader infos (list_info, macro_info, rule_info, rule_exception_info).

import type { ByteString } from '../../bytes.js';
import type { Mark, YamlNode, YamlScalar } from '../../yaml.js';
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
