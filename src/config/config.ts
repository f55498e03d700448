// Config: what falco.yaml, the files it includes and `-o` say, typed (spec: cli-and-config.md §2.3). Types only; a leaf.
// All texts are byte strings.

import type { ByteString } from '../bytes.js';
import type { LogSettings } from '../log.js';
import type { LogLevel } from '../log-levels.js';
import type { MetricsSettings } from '../metrics/state.js';
import type { OutputsSettings } from '../outputs/settings.js';
import type { ConfigFinding } from './finding.js';
import type { Tree } from './read/tree.js';

export type EngineKind = 'kmod' | 'modern_ebpf' | 'replay' | 'nodriver';

export interface EngineConfig {
  readonly kind: EngineKind;
  /** Whether the configuration says so, or it is the default. */
  readonly given: boolean;
  /** Of the kind `replay`; else empty. */
  readonly captureFile: ByteString;
}

/** One of `rules:` */
export interface RuleSelectionConfig {
  readonly enable: boolean;
  readonly rule?: ByteString;
  readonly tag?: ByteString;
}

/** One of `append_output:` */
export interface AppendOutputConfig {
  /** Conditions on the rule; an empty text or list is none. */
  readonly source: ByteString;
  readonly rule: ByteString;
  /** Sorted, unique. */
  readonly tags: readonly ByteString[];
  readonly extraOutput: ByteString;
  readonly suggestedOutput: boolean;
  /** Templates of text fields, sorted by key. */
  readonly formattedFields: readonly { readonly key: ByteString; readonly format: ByteString }[];
  /** Fields to add as they are, sorted, unique. */
  readonly rawFields: readonly ByteString[];
}

/** One of `plugins:` */
export interface PluginConfig {
  readonly name: ByteString;
  /** Absolute, normalised. */
  readonly libraryPath: ByteString;
  /** JSON or other text for the plugin; empty: none. */
  readonly initConfig: ByteString;
  /** By key at its top, the scalars as they are spelled; undefined where init_config is a text. */
  readonly initTexts?: Readonly<Record<ByteString, ByteString>> | undefined;
  readonly openParams: ByteString;
}

export interface JsonConfig {
  readonly enabled: boolean;
  readonly output: boolean;
  readonly tags: boolean;
  readonly message: boolean;
  readonly outputFields: boolean;
}

export interface WebserverConfig {
  readonly enabled: boolean;
  /** 0: as many as there are processors. */
  readonly threadiness: number;
  readonly port: number;
  readonly address: ByteString;
  readonly healthzPath: ByteString;
  readonly prometheus: boolean;
  readonly ssl: boolean;
  readonly certificate: ByteString;
}

/** `metrics` */
export interface MetricsConfig extends MetricsSettings {
  readonly enabled: boolean;
}

export interface Config {
  /** Main file; empty: none. */
  readonly file: ByteString;
  /** Main file and the files named in `config_files`, with their contents. */
  readonly files: readonly { readonly name: ByteString; readonly content: ByteString }[];
  /** Directories named in `config_files`. */
  readonly folders: readonly ByteString[];
  /** Everything merged, for `--support`. */
  readonly tree: Tree;
  readonly log: LogSettings;
  readonly engine: EngineConfig;
  /** `rules_files` that exist. */
  readonly rulesFiles: readonly ByteString[];
  readonly rules: readonly RuleSelectionConfig[];
  readonly ruleMatching: 'first' | 'all';
  /** Number of the least severe priority that runs. */
  readonly priority: number;
  readonly json: JsonConfig;
  readonly outputs: OutputsSettings;
  readonly appendOutput: readonly AppendOutputConfig[];
  /** Sorted by name. */
  readonly staticFields: ReadonlyMap<ByteString, ByteString>;
  /** Plugins to load, in order. */
  readonly plugins: readonly PluginConfig[];
  readonly pluginsHostinfo: boolean;
  readonly webserver: WebserverConfig;
  readonly metrics: MetricsConfig;
  readonly captureEnabled: boolean;
  readonly watchConfigFiles: boolean;
  readonly tsfalco: OwnConfig;
}

/** The section `tsfalco:`, which Falco does not know. */
export interface OwnConfig {
  /** `falco`: fields as Falco's plugins read them; `fixed`: without their defects. */
  readonly fieldSemantics: 'falco' | 'fixed';
  /** `alert_on_drop`: whether events that are dropped bring about an alert of the program's own. */
  readonly alertOnDrop: boolean;
  /** `prefilter`: whether most events pass without being read (src/prefilter). */
  readonly prefilter: boolean;
  /** `prefilter_check`: one of so many events is evaluated both ways; 0: none. */
  readonly prefilterCheck: number;
  readonly correlation: CorrelationConfig;
}

/** `tsfalco.correlation` */
export interface CorrelationConfig {
  /** How late events may come, microseconds. */
  readonly lateness: number;
  readonly limits: {
    readonly groups: number;
    readonly events: number;
    readonly eventsPerGroup: number;
    readonly waiting: number;
  };
  /** Fields that messages are shared out by between several processes: what a topic's key is made of. */
  readonly partitionKey: readonly ByteString[];
  /** File or object in S3 that remembers windows over a restart; empty: beside a source's checkpoint. */
  readonly state: ByteString;
}

/** Something to be logged once the log is set up. */
export interface ConfigMessage {
  readonly level: LogLevel;
  readonly text: ByteString;
}

export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly config: Config;
      /** To be logged before the banner. */
      readonly warnings: readonly ConfigMessage[];
      /** What the configuration says without effect. */
      readonly findings: readonly ConfigFinding[];
      /** Status of each file that was validated, sorted by name. */
      readonly schema: readonly { readonly file: ByteString; readonly status: ByteString }[];
    }
  | {
      readonly ok: false;
      /** Text behind `Error: `. */
      readonly error: ByteString;
      /** A line for standard error before it. */
      readonly notice?: ByteString;
      /** Set if the log's settings could be read. */
      readonly log: LogSettings | undefined;
      readonly warnings: readonly ConfigMessage[];
    };
