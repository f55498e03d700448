// Opens the sources of a plugin as the command does, and reads them.

import { fromBytes } from '../../src/bytes.js';
import { openSources } from '../../src/plugins/open.js';
import type { Plugin, SettingsProperties } from '../../src/plugins/plugin.js';
import { initPlugin } from '../../src/plugins/settings.js';
import type { Source } from '../../src/sources/source.js';

export interface Opened {
  readonly sources: readonly Source[];
  /** Levels and lines. */
  readonly logged: readonly string[];
}

export async function openPlugin<P extends SettingsProperties, S>(
  plugin: Plugin<P, S>,
  params: string,
  config: object,
  env: Readonly<Record<string, string>> = {},
): Promise<Opened> {
  const init = initPlugin(plugin, JSON.stringify(config));
  if (!init.ok) throw new Error(init.error);
  const logged: string[] = [];
  const sources = await openSources({
    plugin: plugin as unknown as Plugin,
    settings: init.settings,
    params,
    env,
    log: (level, message) => void logged.push(`${level} ${fromBytes(message)}`),
  });
  return { sources, logged };
}

/** Payloads until there are as many as wanted; each batch is committed, unless that is not wanted. */
export async function take(source: Source, wanted: number, commits = true): Promise<string[]> {
  const payloads: string[] = [];
  const stop = new AbortController();
  for await (const batch of source.batches(stop.signal)) {
    payloads.push(...batch.payloads.map(String));
    if (commits) await source.commit?.(batch.position);
    if (payloads.length >= wanted) stop.abort();
  }
  return payloads;
}
