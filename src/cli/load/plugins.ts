// In: the plugins of the configuration. Out: the built-in ones that stand in for them, started, and the event sources
// they bring (spec: cli-and-config.md §2.4, §5.3). Answers to falco's load_plugins and init_inspectors.

import type { ByteString } from '../../bytes.js';
import { type BuiltinPlugin, findBuiltin } from '../../config/builtin.js';
import type { Config, PluginConfig } from '../../config/config.js';
import { type InitValues, initPlugin } from '../../config/plugin-init.js';
import type { Log } from '../../log.js';
import { Failure } from '../host.js';

export const SYSCALL = 'syscall';

export interface Plugin {
  readonly config: PluginConfig;
  readonly builtin: BuiltinPlugin;
}

/** A plugin whose init_config was accepted. */
export interface StartedPlugin extends Plugin {
  readonly values: InitValues;
}

/** Finds the plugins and reports each. @throws Failure */
export function loadPlugins(config: Config, log: Pick<Log, 'write'>): readonly Plugin[] {
  return register(config.plugins, ({ config: { name, libraryPath }, builtin }) =>
    log.write('info', `Loaded plugin '${name}@${builtin.version}' from file ${libraryPath}`),
  );
}

/** Finds plugins, without a word. @throws Failure */
export function registerPlugins(configs: readonly PluginConfig[]): readonly Plugin[] {
  return register(configs, () => {});
}

function register(configs: readonly PluginConfig[], onLoaded: (plugin: Plugin) => void): readonly Plugin[] {
  const plugins: Plugin[] = [];
  for (const config of configs) {
    const builtin = findBuiltin(config.libraryPath);
    if (builtin === undefined) throw missingLibrary(config.libraryPath);
    if (plugins.some((plugin) => plugin.builtin === builtin)) {
      throw new Failure(
        `cannot register plugin ${config.libraryPath} in inspector: found another plugin with name ${builtin.name}. Aborting.`,
        'runtime',
      );
    }
    const plugin = { config, builtin };
    onLoaded(plugin);
    plugins.push(plugin);
  }
  return plugins;
}

function missingLibrary(path: ByteString): Failure {
  return new Failure(
    `cannot load plugin ${path}: can't load plugin dynamic library: ${path}: cannot open shared object file: No such file or directory`,
    'runtime',
  );
}

/** `syscall`, then the sources of the plugins, each once. */
export function sourcesOf(plugins: readonly Plugin[]): readonly string[] {
  const sources = plugins.flatMap(({ builtin }) => builtin.sourcing?.source ?? []);
  return [...new Set([SYSCALL, ...sources])];
}

/** Checks every plugin's init_config, in the order in which Falco meets them: source by source. @throws Failure */
export function startPlugins(
  plugins: readonly Plugin[],
  sources: readonly string[],
): readonly StartedPlugin[] {
  const started = new Map<Plugin, StartedPlugin>();
  for (const source of sources) {
    for (const plugin of plugins) {
      if (started.has(plugin) || !serves(plugin.builtin, source)) continue;
      started.set(plugin, startPlugin(plugin));
    }
  }
  return plugins.map((plugin) => started.get(plugin) ?? startPlugin(plugin));
}

/** @throws Failure */
export function startPlugin(plugin: Plugin): StartedPlugin {
  const init = initPlugin(plugin.builtin, plugin.config.initConfig);
  if (!init.ok) throw new Failure(init.error, init.runtime ? 'runtime' : 'error');
  return { ...plugin, values: init.values };
}

function serves(builtin: BuiltinPlugin, source: string): boolean {
  if (builtin.sourcing?.source === source) return true;
  return builtin.extraction && (builtin.fieldSources?.includes(source) ?? true);
}
