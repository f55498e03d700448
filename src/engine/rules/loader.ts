// The loader's contract: what rules files and options go in, what comes out. Types only.
// Answers to Falco's falco_engine::load_rules and its settings (spec: rules-language.md §4, §5, §7; cli-and-config.md §2.6, 2.7).

import type { ByteString } from '../../bytes.js';
import type { FieldTable } from '../../fields/field.js';
import type { LoadResult } from '../diagnostic.js';
import type { RuleInfo } from './alert.js';

/** One rules file: the name that results show, and its bytes. */
export interface RulesFile {
  readonly name: ByteString;
  readonly content: ByteString;
}

/** Which rules an addition to the output applies to; everything given must hold. */
export interface OutputMatch {
  readonly source?: ByteString;
  readonly rule?: ByteString;
  readonly tags?: readonly ByteString[];
}

/** Text that is appended to rules' outputs, in order (`append_output.extra_output`, suggested output, `-p`). */
export interface ExtraOutput extends OutputMatch {
  readonly format: ByteString;
}

/** A field added to alerts' JSON `output_fields` (`append_output.extra_fields`). */
export interface ExtraField extends OutputMatch {
  readonly key: ByteString;
  /** Template. Raw fields: `%` + key. */
  readonly format: ByteString;
  /** The JSON value of the field itself instead of rendered text. */
  readonly raw: boolean;
}

/** A plugin as requirements and descriptions see it. */
export interface LoadedPlugin {
  readonly name: ByteString;
  readonly version: ByteString;
  /** Event source it provides, if it is a source. */
  readonly source?: ByteString;
  /** Names of the fields it extracts, and for which sources (undefined: all). */
  readonly fields?: readonly ByteString[];
  readonly fieldSources?: readonly ByteString[];
}

export interface LoadOptions {
  /** Fields of a known source; undefined: no such source, its rules are skipped with a warning. */
  readonly tables: (source: ByteString) => FieldTable | undefined;
  /** Go on with the next file after an error, as -V does. Default: stop. */
  readonly keepGoing?: boolean;
  readonly extraOutputs?: readonly ExtraOutput[];
  readonly extraFields?: readonly ExtraField[];
  /** Rules above this priority number are compiled but never run; default 7. */
  readonly minimumPriority?: number;
}

export interface PluginRequirement {
  readonly name: ByteString;
  readonly version: ByteString;
}

/** One entry of required_plugin_versions: the first is the plugin itself, the others its alternatives. */
export type RequirementAlternatives = readonly PluginRequirement[];

/** A rule that was compiled. */
export interface LoadedRule {
  readonly info: RuleInfo;
  /** The `enabled` flag in the files. */
  readonly enabled: boolean;
  /** Its priority is below the minimum: no selection can enable it. */
  readonly belowMinimum: boolean;
}

export interface LoadOutcome {
  /** One for each file that was loaded, in order. */
  readonly results: readonly LoadResult[];
  /** No file has an error. */
  readonly successful: boolean;
  /** Compiled rules in definition order, disabled ones included. Empty unless successful. */
  readonly rules: readonly LoadedRule[];
  /** The highest required_engine_version; `0.0.0` where no file states one. */
  readonly requiredEngineVersion: ByteString;
  /** Requirements of all files in order, also of files that failed later on. */
  readonly requiredPluginVersions: readonly RequirementAlternatives[];
}

/** One operation of the configuration's `rules:` list. */
export interface RuleSelection {
  readonly enable: boolean;
  /** Rule name; `*` stands for any text. Applied before the tag. */
  readonly rule?: ByteString;
  readonly tag?: ByteString;
}

/** `loadRules` (load.ts). Never throws for what the files hold. */
export type LoadRules = (files: readonly RulesFile[], options: LoadOptions) => LoadOutcome;

/** `selectRules` (select.ts): the rules to run, in the order of evaluation. */
export type SelectRules = (
  rules: readonly LoadedRule[],
  selections: readonly RuleSelection[],
) => readonly LoadedRule[];

/** `checkPluginRequirements` (versions.ts): Falco's message of the first requirement that fails. */
export type CheckPluginRequirements = (
  required: readonly RequirementAlternatives[],
  plugins: readonly LoadedPlugin[],
) => ByteString | undefined;
