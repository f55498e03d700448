// In: the configuration. Out: everything that rules are loaded with: plugins, event sources, field tables
// (spec: cli-and-config.md §1.3, steps 6 and 7).

import { hostname } from 'node:os';
import { type ByteString, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/read/env.js';
import type { LoadedPlugin } from '../../engine/rules/loader.js';
import type { Log } from '../../log.js';
import { fieldSourcesOf } from '../../plugins/field-table.js';
import type { Libraries } from '../../plugins/libraries.js';
import { createReaderFaults, type ReaderFaults } from '../../plugins/reader-faults.js';
import type { Options } from '../arguments/options.js';
import { loadPlugins, type StartedPlugin, sourcesOf, startPlugins } from './plugins.js';
import { type Additions, createTables, readAdditions, type Tables } from './tables.js';

export interface Engine {
  readonly plugins: readonly StartedPlugin[];
  /** The same, as the loader sees them. */
  readonly loadedPlugins: readonly LoadedPlugin[];
  /** Loaded event sources, `syscall` first. */
  readonly sources: readonly string[];
  readonly tables: Tables;
  readonly additions: Additions;
  readonly hostname: ByteString;
  /** What plugins' readers of fields did wrong, on all threads. */
  readonly readerFaults: ReaderFaults;
}

/** The variable that overrides the machine's name in alerts. */
export const HOSTNAME_VARIABLE = 'FALCO_HOSTNAME';

/** @throws Failure */
export function createEngine(
  config: Config,
  libraries: Libraries,
  options: Options,
  env: Environment,
  log: Pick<Log, 'write'>,
): Engine {
  const loaded = loadPlugins(config, libraries, log);
  const sources = sourcesOf(loaded);
  const plugins = startPlugins(loaded, sources);
  const host = toBytes(env[HOSTNAME_VARIABLE] ?? hostname());
  const readerFaults = createReaderFaults((line) => log.write('error', toBytes(line)));
  const tables = createTables(sources, plugins, config, host, readerFaults.hear);
  const additions = readAdditions(config, options.print, tables, log);
  return {
    plugins,
    loadedPlugins: plugins.map(describe(tables)),
    sources,
    tables,
    additions,
    hostname: host,
    readerFaults,
  };
}

function describe(tables: Tables) {
  return ({ plugin }: StartedPlugin): LoadedPlugin => {
    const fields = [...tables.values()]
      .flatMap(({ classes }) => classes)
      .find((each) => each.plugin && each.name === plugin.name)
      ?.fields.map(({ name }) => name);
    return {
      name: plugin.name,
      version: plugin.version,
      ...(plugin.source && { source: plugin.source.name }),
      ...(plugin.standsFor && { standsFor: plugin.standsFor }),
      ...(fields && { fields }),
      ...(plugin.fields && plugin.fieldSources !== '*' && { fieldSources: fieldSourcesOf(plugin) }),
    };
  };
}
