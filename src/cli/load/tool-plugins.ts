// In: -c and --plugin of a tool. Out: the event sources that it knows: those of the plugins in the configuration, if there is one,
// else of all built-in plugins; and those of plugins that are named.

import { posix } from 'node:path';
import { type ByteString, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import type { Semantics } from '../../fields/field.js';
import { createEventSources, type EventSources } from '../../plugins/event-sources.js';
import { json } from '../../plugins/json/index.js';
import { auditEvents } from '../../plugins/k8saudit/events.js';
import { loadLibraries } from '../../plugins/libraries.js';
import type { Plugin } from '../../plugins/plugin.js';
import { createReaderFaults } from '../../plugins/reader-faults.js';
import { BUILT_IN } from '../../plugins/registry.js';
import { initPlugin } from '../../plugins/settings.js';
import { misuse } from '../arguments/usage.js';
import { Failure, MISUSE, type ToolHost } from '../host.js';
import { loadConfigured } from './libraries.js';
import { registerPlugins, startPlugin } from './plugins.js';

/** Their help. */
export const PLUGIN_USAGE = `-c CONFIG  the plugins of a falco.yaml, as they are set up there, and no others
--plugin PLUGIN  a module, a package, or the name of a built-in plugin; may be
           repeated. It gets what the content of a file does not tell
`;

export interface PluginArguments {
  readonly c?: string | undefined;
  readonly plugin?: readonly string[] | undefined;
}

export interface ToolPlugins {
  readonly sources: EventSources;
  /** That of -c. */
  readonly config: Config | undefined;
  readonly semantics: Semantics;
  /** The configuration says all plugins that there are. */
  readonly complete: boolean;
}

interface Tool {
  readonly plugin: Plugin;
  readonly settings: unknown;
}

/** @param semantics undefined: as the configuration says. @throws Failure with exit code 2 */
export async function loadToolPlugins(
  host: ToolHost,
  given: PluginArguments,
  semantics?: Semantics,
): Promise<ToolPlugins> {
  const config = given.c === undefined ? undefined : readConfig(host, given.c);
  const named = await Promise.all((given.plugin ?? []).map(loadNamed));
  const own = config === undefined ? [] : await configured(config);
  // A configuration without any is one of rules and settings.
  const complete = own.some(({ plugin }) => plugin.source !== undefined);
  const base = complete ? own : await builtIn();
  const all = [
    ...base.filter(({ plugin }) => !named.some((each) => each.plugin.name === plugin.name)),
    ...named,
  ];
  const meaning = semantics ?? config?.tsfalco.fieldSemantics ?? 'falco';
  // What nobody's marks fit is of whoever was named; in a configuration, of whoever has none.
  const [taker] = [...bringing(named), ...bringing(own).filter(({ marks }) => marks === undefined)];
  const sources = sourcesOf(host, all, { config, semantics: meaning, taker });
  return { sources, config, semantics: meaning, complete };
}

const bringing = (tools: readonly Tool[]): readonly Plugin[] =>
  tools.map(({ plugin }) => plugin).filter(({ source }) => source !== undefined);

function sourcesOf(
  host: ToolHost,
  all: readonly Tool[],
  { config, ...more }: Pick<ToolPlugins, 'config' | 'semantics'> & { readonly taker: Plugin | undefined },
): EventSources {
  try {
    return createEventSources({
      plugins: all.map(({ plugin }) => plugin),
      settings: new Map(all.map(({ plugin, settings }) => [plugin.name, settings])),
      ...more,
      known: BUILT_IN,
      ...(config && { staticFields: config.staticFields }),
      onFault: createReaderFaults((line) => host.error(toBytes(line))).hear,
    });
  } catch (error) {
    if (error instanceof RangeError) throw misuse(error.message);
    throw error;
  }
}

/** @throws Failure */
export function readConfig(host: ToolHost, path: string): Config {
  const outcome = loadConfig({
    file: toBytes(path),
    overrides: [],
    unbuffered: false,
    env: host.env,
    files: host.files,
  });
  for (const { text } of outcome.warnings) host.error(text);
  if (!outcome.ok) throw new Failure(outcome.error, 'error', MISUSE);
  return outcome.config;
}

/** Audit events need nothing of their plugin's settings, nor of the packages of those that fetch them. */
async function builtIn(): Promise<readonly Tool[]> {
  const others = BUILT_IN.filter(({ name }) => name !== auditEvents.name && name !== json.name);
  const loaded = await Promise.all(others.map(({ load }) => load()));
  return [auditEvents, json, ...loaded].map((plugin) => ({ plugin, settings: undefined }));
}

async function configured(config: Config): Promise<readonly Tool[]> {
  const libraries = await loadConfigured(config);
  return registerPlugins(config.plugins, libraries).map(startPlugin);
}

async function loadNamed(name: string): Promise<Tool> {
  const known = BUILT_IN.find((each) => each.name === name);
  const plugin = known === undefined ? await loadModule(name) : await known.load();
  const init = initPlugin(plugin, '');
  return { plugin, settings: init.ok ? init.settings : undefined };
}

async function loadModule(name: string): Promise<Plugin> {
  const folder = posix.resolve('.');
  const path: ByteString = toBytes(/^\.{0,2}\//.test(name) ? posix.resolve(name) : `${folder}/${name}`);
  const libraries = await loadLibraries([path], { pluginsFolder: `${folder}/`, folder });
  const plugin = libraries.find(path);
  if (plugin !== undefined) return plugin;
  const fault = libraries.fault(path);
  const known = BUILT_IN.map((each) => each.name).join(', ');
  throw new Failure(
    fault === undefined
      ? toBytes(`there is no plugin ${name}: give a module (./my-plugin.js), a package, or one of ${known}`)
      : `cannot load plugin ${toBytes(name)}: ${fault}`,
    'error',
    MISUSE,
  );
}
