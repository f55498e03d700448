// What a session starts with: rules files, from -r or the configuration of -c, and the settings that fields depend on.

import { existsSync } from 'node:fs';
import { type ByteString, toBytes } from '../../bytes.js';
import type { PluginConfig } from '../../config/config.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import type { EventSources } from '../../plugins/event-sources.js';
import { readFileBytes } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { findRulesFiles } from '../load/rules.js';
import { loadToolPlugins, type PluginArguments } from '../load/tool-plugins.js';
import { shipped } from '../shipped.js';

export interface Setup {
  readonly files: readonly RulesFile[];
  readonly sources: EventSources;
  /** The plugin k8saudit-eks, as it is configured. */
  readonly eks: PluginConfig | undefined;
}

const SAMPLE_RULES = 'rules/k8s_audit_rules.yaml';
const SAMPLE_EVENTS = 'examples/events.jsonl';

/** @throws Failure */
export async function readSetup(
  host: Host,
  rules: readonly string[] | undefined,
  given: PluginArguments,
): Promise<Setup> {
  const { sources, config: read } = await loadToolPlugins(host, given).catch(inSession);
  const names = rules?.map(toBytes) ?? read?.rulesFiles ?? [toBytes(shipped(SAMPLE_RULES))];
  // Files that are left out are told; what is wrong with the others shows when they load.
  const found = findRulesFiles(names, host.files, { give: (line) => host.error(line) });
  return {
    files: found.files.map((name) => ({
      name,
      content: readFileBytes(host, Buffer.from(name, 'latin1').toString()),
    })),
    sources,
    eks: read?.plugins.find(({ libraryPath }) => /k8saudit-eks/.test(libraryPath)),
  };
}

/** A session that does not start has no exit code of its own. */
function inSession(error: unknown): never {
  if (error instanceof Failure) throw new Failure(error.message, error.kind, 1, error.advice);
  throw error;
}

/** The sample events that come with the package. */
export const sampleEvents = (): string => shipped(SAMPLE_EVENTS);

/** A file's bytes. @throws Error with a line for people */
export function readNamed(host: Host, path: string): ByteString {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  try {
    return host.files.read(toBytes(path));
  } catch {
    throw new Error(`could not read ${path}`);
  }
}
