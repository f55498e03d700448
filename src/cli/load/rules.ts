// In: the names of rules files. Out: their rules, loaded and selected, with the log's lines about them
// (spec: cli-and-config.md §2.5, §2.6). Answers to falco's load_rules_files.

import type { ByteString } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { type Files, filesInside } from '../../config/read/files.js';
import { exactPlaces } from '../../engine/diagnostic/pointer.js';
import { schemaSummary, verboseText } from '../../engine/diagnostic/text.js';
import { loadRules } from '../../engine/rules/load.js';
import type { LoadedRule, LoadOptions, LoadOutcome, RulesFile } from '../../engine/rules/loader.js';
import { matchesWildcard, selectRules } from '../../engine/rules/select.js';
import { checkPluginRequirements } from '../../engine/rules/versions.js';
import { MAX_YAML_BYTES } from '../../yaml.js';
import type { Advice } from '../advice.js';
import type { Options } from '../arguments/options.js';
import { Failure } from '../host.js';
import type { Engine } from './engine.js';
import type { Opened } from './open-config.js';
import { otherKinds } from './other-kinds.js';
import { adviseOnSelection, logSelection } from './rule-selection.js';

export interface Rules {
  /** What was loaded, in order. */
  readonly files: readonly RulesFile[];
  /** Directories that were named. */
  readonly folders: readonly ByteString[];
  readonly outcome: LoadOutcome;
  /** The rules to run, in order of evaluation. */
  readonly selected: readonly LoadedRule[];
}

/** Loads the rules of `-r` or of the configuration. @throws Failure */
export function loadRulesFiles(
  engine: Engine,
  { config, log, advice }: Opened,
  options: Options,
  files: Files,
): Rules {
  const names = options.rules.length > 0 ? options.rules : config.rulesFiles;
  if (names.length === 0) {
    throw new Failure(
      'You must specify at least one rules file/directory via -r or a rules_file entry in falco.yaml',
    );
  }
  log.write('debug', 'Configured rules filenames:');
  for (const name of names) log.write('debug', `   ${name}`);
  const found = findRulesFiles(names, files, advice);
  const contents = readRulesFiles(found.files, files);
  const outcome = loadRules(contents, loadOptions(engine, config));
  log.write('info', 'Loading rules from:');
  for (const result of outcome.results) {
    const schema = schemaSummary(result);
    log.write(schema === 'ok' ? 'info' : 'warning', `   ${result.name} | schema validation: ${schema}`);
    if (result.successful && result.warnings.length > 0) log.write('warning', `${verboseText(result)}\n`);
  }
  for (const name of outcome.kernelFiles)
    log.write(
      'warning',
      `Rules file '${name}' is skipped: its rules are for system calls, a source that is not read`,
    );
  // Plugins that are missing explain errors about unknown fields, so they come first.
  checkRequirements(engine, outcome);
  const failed = outcome.results.find((result) => !result.successful);
  if (failed !== undefined) {
    throw new Failure(verboseText(failed), 'error', 1, exactPlaces(failed) + otherKinds(contents, [failed]));
  }
  logSelection(config.rules, log);
  const selected = selectRules(outcome.rules, config.rules);
  adviseOnSelection(config, outcome, selected, advice);
  advice.enforce();
  return { files: contents, folders: found.folders, outcome, selected };
}

export function loadOptions(engine: Engine, config: Config): LoadOptions {
  return {
    tables: (source) => engine.tables.get(source),
    extraOutputs: engine.additions.outputs,
    extraFields: engine.additions.fields,
    minimumPriority: config.priority,
  };
}

/** @throws Failure where a plugin that the rules need is not loaded, or is too old */
export function checkRequirements(engine: Engine, outcome: LoadOutcome): void {
  const fault = checkPluginRequirements(outcome.enforcedPluginVersions, engine.loadedPlugins);
  if (fault !== undefined) throw new Failure(fault);
}

/** Directories become the rules files inside them; other files are left out, with a word. */
export function findRulesFiles(names: readonly ByteString[], files: Files, advice: Pick<Advice, 'give'>) {
  const found: ByteString[] = [];
  const folders: ByteString[] = [];
  for (const name of names) {
    const inside = files.kind(name) === 'directory' ? filesInside(files, name) : undefined;
    if (inside !== undefined) folders.push(name);
    for (const path of inside ?? [name]) {
      if (isRulesFile(path)) found.push(path);
      // Other files in a folder are none of our business; those that look like rules are.
      else if (inside === undefined || RULES_ENDING.test(path)) advice.give(leftOut(path));
    }
  }
  return { files: found, folders };
}

const RULES_ENDING = /\.ya?ml$/;

/** Falco's wildcards do not look back: the first `.yaml` or `.yml` of the whole path must be its end. */
function isRulesFile(path: ByteString): boolean {
  return matchesWildcard('*.yaml', path) || matchesWildcard('*.yml', path);
}

function leftOut(path: ByteString): ByteString {
  const reason = RULES_ENDING.test(path)
    ? 'its path may hold .yaml or .yml only once, at its end'
    : 'its name must end in .yaml or .yml';
  return `Rules file '${path}' is left out: ${reason}`;
}

/** Reads no more than tells that a file is too large. @throws Failure */
export function readRulesFiles(names: readonly ByteString[], files: Files): readonly RulesFile[] {
  return names.map((name) => {
    try {
      return { name, content: files.read(name, MAX_YAML_BYTES + 1) };
    } catch (error) {
      // The system's own reasons have a code; Falco does not give them.
      const reason = error instanceof Error && !('code' in error) ? `: ${error.message}` : '';
      throw new Failure(`Could not open file ${name} for reading`, 'error', 1, reason);
    }
  });
}
