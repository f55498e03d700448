// The loader's contract: what comes out of loading rules files. Types only.
// Answers to Falco's falco_engine::load_rules (spec: rules-language.md §4, §5, §7; cli-and-config.md §2.6).

import type { ByteString } from '../../bytes.js';
import type { LoadResult } from '../diagnostic.js';
import type { RuleInfo } from './alert/alert.js';
import type { Collector } from './collect/collector.js';
import type { CompiledCorrelation } from './compile/compiled-correlation.js';
import type { CompiledDefinition, CompileOutput } from './compile/compiler.js';
import type { RequirementAlternatives } from './load-options.js';

export type {
  ExtraField,
  ExtraOutput,
  LoadedPlugin,
  LoadOptions,
  OutputMatch,
  RequirementAlternatives,
  RulesFile,
} from './load-options.js';

/** A rule that was compiled. */
export interface LoadedRule {
  readonly info: RuleInfo;
  /** The `enabled` flag in the files. */
  readonly enabled: boolean;
  /** Its priority is below the minimum: no selection can enable it. */
  readonly belowMinimum: boolean;
  /** Its condition and output, ready to run. */
  readonly compiled: CompiledDefinition;
}

/** A correlation that was compiled. */
export interface LoadedCorrelation extends Omit<LoadedRule, 'compiled'> {
  readonly compiled: CompiledCorrelation;
}

export interface LoadOutcome {
  /** One for each file that was loaded, in order. */
  readonly results: readonly LoadResult[];
  /** No file has an error. */
  readonly successful: boolean;
  /** Compiled rules in definition order, disabled ones included. Empty unless successful. */
  readonly rules: readonly LoadedRule[];
  /** The same for correlations. */
  readonly correlations: readonly LoadedCorrelation[];
  /** The highest required_engine_version; `0.0.0` where no file states one. */
  readonly requiredEngineVersion: ByteString;
  /** Requirements of all files in order, also of files that failed later on. */
  readonly requiredPluginVersions: readonly RequirementAlternatives[];
  /** Those of them that count: not the ones of kernelFiles, whose rules never run. */
  readonly enforcedPluginVersions: readonly RequirementAlternatives[];
  /** Files with rules for system calls and no others, in order. */
  readonly kernelFiles: readonly ByteString[];
  /** For descriptions and lint: what was collected, and the last thing that compiled. */
  readonly definitions: { readonly collector: Collector; readonly output: CompileOutput | undefined };
}

/** One operation of the configuration's `rules:` list. */
export interface RuleSelection {
  readonly enable: boolean;
  /** Rule name; `*` stands for any text. Applied before the tag. */
  readonly rule?: ByteString;
  readonly tag?: ByteString;
}
