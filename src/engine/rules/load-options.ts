// What the loader is given: rules files and options. Types only.
// Answers to the arguments and settings of falco_engine::load_rules (spec: rules-language.md §4; cli-and-config.md §2.7).

import type { ByteString } from '../../bytes.js';
import type { FieldTable } from '../../fields/field.js';

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
  /** Rules that require this one run with it too: it gives the same fields. */
  readonly standsFor?: { readonly name: string; readonly version: string };
}

export interface LoadOptions {
  /** Fields of a known source; undefined: no such source, its rules are skipped with a warning. */
  readonly tables: (source: ByteString) => FieldTable | undefined;
  /** Go on with the next file after an error, as -V does. Default: stop. */
  readonly keepGoing?: boolean;
  /**
   * Go on with the next item after an error, for lint: every error of every file. Falco stops at a file's first.
   * `broken`: items that could not be read at all, as `macro m`.
   */
  readonly recover?: { readonly broken: readonly ByteString[] };
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
