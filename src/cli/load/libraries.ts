// In: the configuration. Out: the plugins that it names, loaded.

import { dirname } from 'node:path';
import { fromBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { PLUGINS_DIR } from '../../config/sections/plugins.js';
import { type Libraries, loadLibraries } from '../../plugins/libraries.js';

export function loadConfigured({ plugins, file }: Pick<Config, 'plugins' | 'file'>): Promise<Libraries> {
  return loadLibraries(
    plugins.map(({ libraryPath }) => libraryPath),
    { pluginsFolder: PLUGINS_DIR, folder: dirname(fromBytes(file)) },
  );
}
