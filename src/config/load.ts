// In: the configuration file's name, `-o` options, environment. Out: the typed configuration, or Falco's message of why
// there is none (spec: cli-and-config.md §1.4, §1.5, §2). Answers to falco_configuration::init_from_file.

import { checkMerged } from './check/check-merged.js';
import type { ConfigOutcome } from './config.js';
import { interpret } from './interpret.js';
import type { ConfigSource, Loading } from './loading.js';
import { include } from './read/include.js';
import { override } from './read/override.js';
import { createReader } from './read/read.js';
import { readFile } from './read/read-file.js';
import { ConfigError, NULL } from './read/tree.js';

/** Loads the configuration. Never throws for what files and options hold. */
export function loadConfig(source: ConfigSource): ConfigOutcome {
  const loading: Loading = {
    source,
    tree: NULL,
    schema: new Map(),
    files: [],
    folders: [],
    warnings: [],
    findings: [],
    log: undefined,
  };
  try {
    readFiles(loading);
    for (const option of source.overrides) loading.tree = override(loading.tree, option);
    const interpreted = interpret(loading.tree, {
      file: source.file ?? '',
      files: source.files,
      unbuffered: source.unbuffered,
      warnings: loading.warnings,
      onLog: (log) => {
        loading.log = log;
      },
    });
    const { tree, files, folders, findings } = loading;
    const config = { ...interpreted, file: source.file ?? '', files, folders, tree };
    const schema = [...loading.schema].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ok: true,
      config,
      warnings: loading.warnings,
      findings: [...findings, ...checkMerged(config)],
      schema: schema.map(([file, status]) => ({ file, status })),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message, notice } = error;
    const { log, warnings } = loading;
    return { ok: false, error: message, ...(notice !== undefined && { notice }), log, warnings };
  }
}

function readFiles(loading: Loading): void {
  const { file, overrides } = loading.source;
  if (file === undefined) return;
  try {
    loading.tree = readFile(loading, file, true);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Falco says it in these two parts; the second is also what a failed restart reports.
    throw new ConfigError('std::exception', `Cannot read config file (${file}): ${error.message}`);
  }
  // Included files are named early, so that `-o` can name them too; all of `-o` is applied again after them.
  for (const option of overrides)
    if (option.startsWith('config_files')) loading.tree = override(loading.tree, option);
  for (const entry of createReader(loading.tree).items('config_files')) include(loading, entry, file);
}
