// What a session starts with: rules files, from -r or the configuration of -c, and the settings that fields depend on.

import { existsSync } from 'node:fs';
import { type ByteString, toBytes } from '../../bytes.js';
import type { Config, PluginConfig } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import type { Semantics } from '../../fields/field.js';
import { readFileBytes } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { findRulesFiles } from '../load/rules.js';
import { shipped } from '../shipped.js';

export interface Setup {
  readonly files: readonly RulesFile[];
  readonly semantics: Semantics;
  readonly staticFields: ReadonlyMap<ByteString, ByteString>;
  /** The plugin k8saudit-eks, as it is configured. */
  readonly eks: PluginConfig | undefined;
}

const SAMPLE_RULES = 'rules/k8s_audit_rules.yaml';
const SAMPLE_EVENTS = 'examples/events.jsonl';

/** @throws Failure */
export function readSetup(
  host: Host,
  rules: readonly string[] | undefined,
  config: string | undefined,
): Setup {
  const read = config === undefined ? undefined : readConfig(host, config);
  const names = rules?.map(toBytes) ?? read?.rulesFiles ?? [toBytes(shipped(SAMPLE_RULES))];
  // Files that are left out are told; what is wrong with the others shows when they load.
  const found = findRulesFiles(names, host.files, { give: (line) => host.error(line) });
  return {
    files: found.files.map((name) => ({
      name,
      content: readFileBytes(host, Buffer.from(name, 'latin1').toString()),
    })),
    semantics: read?.tsfalco.fieldSemantics ?? 'falco',
    staticFields: read?.staticFields ?? new Map(),
    eks: read?.plugins.find(({ libraryPath }) => /k8saudit-eks/.test(libraryPath)),
  };
}

function readConfig(host: Host, path: string): Config {
  const outcome = loadConfig({
    file: toBytes(path),
    overrides: [],
    unbuffered: false,
    env: host.env,
    files: host.files,
  });
  for (const { text } of outcome.warnings) host.error(text);
  if (!outcome.ok) throw new Failure(outcome.error);
  return outcome.config;
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
