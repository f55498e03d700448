// Plugin: what brings one kind of log to the rules. Its identity, settings, event source, the way from payloads to events,
// and the fields that rules read; whatever of it can be data is data. A leaf: types, and functions that check nothing.
// Answers to the plugin API of Falco's libraries (spec: plugins.md §0), as `tsfalco/plugin` for plugins of your own.

import type { Envelope, Holding } from './contract/envelope.js';
import type { FieldKit, PluginEvent, PluginFields, Pointer, TextAmong } from './contract/fields.js';
import type { SettingsOf, SettingsProperties, SettingsSchema } from './contract/settings.js';
import type { PluginSource } from './contract/source.js';

export type { Batch, SourceLog, SourceMetric, SourceProgress } from '../sources/source.js';
export type * from './contract/envelope.js';
export type * from './contract/fields.js';
export * from './contract/settings.js';
export type * from './contract/source.js';

/** State over the events of one source, in order. */
export interface PluginState<Settings, State> {
  create(settings: Settings | undefined): State;
  /** Sees every event that touches it before its fields are read, and some more. A throw is counted, and the event goes on. */
  see(event: PluginEvent<Settings, State>, state: State): void;
  /** Which events change it, or have fields that depend on it: those with one of these texts there. Default: all. */
  readonly touches?: TextAmong;
  /** Pointers to the texts that `see` reads, where that is all besides the time. */
  readonly reads?: readonly Pointer[];
}

/** Objects that are payloads of the plugin, told by what they hold: for tools that read logs without a word on whose they are. */
export interface Mark {
  /** All of these. */
  readonly holds: readonly Holding[];
  /** The payload that such an object stands for. Default: its text. */
  payload?(text: string): string;
}

/** Names of fields that tell who did what: for lists of events, tables and reports of tools. */
export interface About {
  /** Who. */
  readonly user?: string;
  /** Did what. */
  readonly verb?: string;
  /** To what kind of thing. */
  readonly resource?: string;
  /** Where the thing is. */
  readonly namespace?: string;
  /** What it is called. */
  readonly name?: string;
  /** From which address. */
  readonly sources?: string;
  /** How it ended. */
  readonly code?: string;
  /** What tells the event from all others. */
  readonly id?: string;
}

export interface Plugin<
  P extends SettingsProperties = SettingsProperties,
  State = unknown,
  F extends PluginFields<SettingsOf<P>, State> = PluginFields<SettingsOf<P>, State>,
> {
  readonly name: string;
  /** As `required_plugin_versions` compares it: 1.2.3. */
  readonly version: string;
  readonly description: string;
  readonly contact: string;
  /** A plugin of Falco's that gives the same fields: rules that require it run with this one too. */
  readonly standsFor?: { readonly name: string; readonly version: string };
  readonly settings?: SettingsSchema<P>;
  readonly source?: PluginSource<SettingsOf<P>>;
  readonly envelope?: Envelope<SettingsOf<P>>;
  /** `evt.plugininfo`. Default: compact JSON of the event. */
  info?(event: PluginEvent<SettingsOf<P>, State>): string;
  readonly fields?: F | ((kit: FieldKit) => F);
  /** Event sources whose events the fields are for; `*`: all. Default: its own source. */
  readonly fieldSources?: readonly string[] | '*';
  readonly state?: PluginState<SettingsOf<P>, State>;
  /** How tools tell its payloads. Without: tools that are given the plugin take what nobody else's marks fit for a payload of its. */
  readonly marks?: readonly Mark[];
  readonly about?: About;
  /** What else Falco's library can do, as --list-plugins names it. */
  readonly capabilities?: readonly string[];
}

/** Gives the plugin back, with its settings typed by the schema, and alerts on its events by its fields. */
export function definePlugin<
  const P extends SettingsProperties = SettingsProperties,
  State = unknown,
  const F extends PluginFields<SettingsOf<P>, State> = PluginFields<SettingsOf<P>, State>,
>(plugin: Plugin<P, State, F>): Plugin<P, State, F> {
  return plugin;
}
