// In: the plugins of the configuration. Out: the built-in ones that stand in for them, started, and the event sources
// they bring (spec: cli-and-config.md §2.4, §5.3). Answers to falco's load_plugins and init_inspectors.

import type { ByteString } from '../../bytes.js';
import type { Config, PluginConfig } from '../../config/config.js';
import type { Log } from '../../log.js';
import { servesFields } from '../../plugins/field-table.js';
import type { Libraries } from '../../plugins/libraries.js';
import type { AnySettings, Plugin } from '../../plugins/plugin.js';
import { initPlugin } from '../../plugins/settings.js';
import { Failure } from '../host.js';

export const SYSCALL = 'syscall';

/** A plugin that a configuration names. */
export interface LoadedPlugin {
  readonly config: PluginConfig;
  readonly plugin: Plugin;
}

/** One whose init_config was accepted. */
export interface StartedPlugin extends LoadedPlugin {
  readonly settings: AnySettings;
  /** Why its source would not open, as far as its settings tell. Text. */
  readonly faults: readonly string[];
}

/** Finds the plugins and reports each. @throws Failure */
export function loadPlugins(
  config: Config,
  libraries: Libraries,
  log: Pick<Log, 'write'>,
): readonly LoadedPlugin[] {
  return register(config.plugins, libraries, ({ config: { name, libraryPath }, plugin }) =>
    log.write(
      'info',
      `Loaded plugin '${name}@${plugin.version}' from file ${libraries.file(libraryPath) ?? libraryPath}`,
    ),
  );
}

/** Finds plugins, without a word. @throws Failure */
export function registerPlugins(
  configs: readonly PluginConfig[],
  libraries: Libraries,
): readonly LoadedPlugin[] {
  return register(configs, libraries, () => {});
}

function register(
  configs: readonly PluginConfig[],
  libraries: Libraries,
  onLoaded: (plugin: LoadedPlugin) => void,
): readonly LoadedPlugin[] {
  const plugins: LoadedPlugin[] = [];
  for (const config of configs) {
    const plugin = libraries.find(config.libraryPath);
    if (plugin === undefined) throw missingLibrary(config.libraryPath, libraries.fault(config.libraryPath));
    if (plugins.some((each) => each.plugin.name === plugin.name)) {
      throw new Failure(
        `cannot register plugin ${config.libraryPath} in inspector: found another plugin with name ${plugin.name}. Aborting.`,
        'runtime',
      );
    }
    const loaded = { config, plugin };
    onLoaded(loaded);
    plugins.push(loaded);
  }
  return plugins;
}

function missingLibrary(path: ByteString, fault: ByteString | undefined): Failure {
  if (fault !== undefined) return new Failure(`cannot load plugin ${path}: ${fault}`, 'runtime');
  return new Failure(
    `cannot load plugin ${path}: can't load plugin dynamic library: ${path}: cannot open shared object file: No such file or directory`,
    'runtime',
  );
}

/** `syscall`, then the sources of the plugins, each once. */
export function sourcesOf(plugins: readonly LoadedPlugin[]): readonly string[] {
  const sources = plugins.flatMap(({ plugin }) => plugin.source?.name ?? []);
  return [...new Set([SYSCALL, ...sources])];
}

/** Checks every plugin's init_config, in the order in which Falco meets them: source by source. @throws Failure */
export function startPlugins(
  plugins: readonly LoadedPlugin[],
  sources: readonly string[],
): readonly StartedPlugin[] {
  const started = new Map<LoadedPlugin, StartedPlugin>();
  for (const source of sources) {
    for (const each of plugins) {
      if (started.has(each) || !serves(each.plugin, source)) continue;
      started.set(each, startPlugin(each));
    }
  }
  return plugins.map((each) => started.get(each) ?? startPlugin(each));
}

/** @throws Failure */
export function startPlugin(loaded: LoadedPlugin): StartedPlugin {
  const init = initPlugin(loaded.plugin, loaded.config);
  if (!init.ok) throw new Failure(init.error, init.runtime ? 'runtime' : 'error');
  return { ...loaded, settings: init.settings, faults: init.faults };
}

function serves(plugin: Plugin, source: string): boolean {
  return plugin.source?.name === source || servesFields(plugin, source);
}
