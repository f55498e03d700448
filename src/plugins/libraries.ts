// In: the library paths of a configuration. Out: the plugins that they mean, each loaded once; or why there is none.
// `/any/where/libk8saudit.so` is the built-in k8saudit.

import type { ByteString } from '../bytes.js';
import type { Plugin } from './plugin.js';
import { BUILT_IN } from './registry.js';
import { type InitConfig, initPlugin, type UnknownKey } from './settings.js';

/** The plugins behind library paths, loaded. */
export interface Libraries {
  /** The plugin; undefined if there is none. */
  find(libraryPath: ByteString): Plugin | undefined;
}

/** Loads what the paths mean. Never rejects: what cannot be loaded is not found. */
export async function loadLibraries(paths: readonly ByteString[]): Promise<Libraries> {
  const plugins = new Map<ByteString, Plugin>();
  for (const path of new Set(paths)) {
    const plugin = await builtInOf(path)?.load();
    if (plugin !== undefined) plugins.set(path, plugin);
  }
  return { find: (path) => plugins.get(path) };
}

/** Keys of a plugin's init_config that it does not know. */
export function unknownKeys(
  libraries: Libraries,
): (config: InitConfig & { readonly libraryPath: ByteString }) => readonly UnknownKey[] {
  return (config) => {
    const plugin = libraries.find(config.libraryPath);
    const init = plugin && initPlugin(plugin, config);
    return init?.ok ? init.unknown : [];
  };
}

function builtInOf(path: ByteString) {
  const name = /(?:^|\/)lib([^/]+)\.(?:so|dylib|dll)$/.exec(path)?.[1];
  return BUILT_IN.find((each) => each.name === name);
}
