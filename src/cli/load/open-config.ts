// In: options. Out: the configuration and the log, and the lines that open it (spec: cli-and-config.md §4.2).
// Answers to falco's load_config.

import { machine } from 'node:os';
import { checkInitConfigs, checkRulesFiles } from '../../config/check/check-merged.js';
import { findIgnoredKeys } from '../../config/check/ignored.js';
import type { Config } from '../../config/config.js';
import { findingText } from '../../config/finding.js';
import { loadConfig } from '../../config/load.js';
import type { Log } from '../../log.js';
import { type Libraries, unknownKeys } from '../../plugins/libraries.js';
import { type Advice, createAdvice } from '../advice.js';
import type { Options } from '../arguments/options.js';
import { FALCO_VERSION } from '../arguments/versions.js';
import { Failure, type Host } from '../host.js';
import { loadConfigured } from './libraries.js';

export interface Opened {
  readonly config: Config;
  readonly log: Log;
  readonly advice: Advice;
  /** The plugins that it names. */
  readonly libraries: Libraries;
}

/**
 * Reads the configuration, sets up the log and says so.
 * @param log the log of a program that runs already; its settings change, as in Falco. Otherwise one is opened.
 * @throws Failure
 */
export async function openConfig(options: Options, host: Host, running?: Log): Promise<Opened> {
  const outcome = loadConfig({
    file: options.configFile,
    overrides: options.overrides,
    unbuffered: options.unbuffered,
    env: host.env,
    files: host.files,
  });
  const settings = outcome.ok ? outcome.config.log : outcome.log;
  if (settings !== undefined) running?.configure(settings);
  const log = running ?? (settings && (await host.openLog(settings)));
  for (const { level, text } of outcome.warnings) log?.write(level, text);
  if (!outcome.ok || log === undefined) {
    if (!outcome.ok && outcome.notice !== undefined) host.error(outcome.notice);
    throw new Failure(outcome.ok ? 'no log' : outcome.error);
  }
  log.write('info', `Falco version: ${FALCO_VERSION} (${machine()})`);
  log.write('debug', `CLI args: ${host.commandLine}`);
  if (options.configFile !== undefined) {
    log.write('info', 'Falco initialized with configuration files:');
    for (const { file, status } of outcome.schema) {
      log.write(status === 'ok' ? 'info' : 'warning', `   ${file} | schema validation: ${status}`);
    }
  }
  reportIgnored(outcome.config, log);
  const advice = createAdvice(options, log);
  const libraries = await loadConfigured(outcome.config);
  for (const file of libraries.changed)
    log.write('warning', `The plugin ${file} has changed; it is read at the next start, not at a reload`);
  const unknown = checkInitConfigs(outcome.config, unknownKeys(libraries));
  for (const finding of [...outcome.findings, ...unknown]) advice.give(findingText(finding));
  if (options.rules.length === 0 && options.validate.length === 0)
    for (const finding of checkRulesFiles(outcome.config, host.files)) advice.give(findingText(finding));
  advice.enforce();
  return { config: outcome.config, log, advice, libraries };
}

/** One line for what someone has set in vain. */
function reportIgnored({ tree }: Config, log: Log): void {
  const { given, changed } = findIgnoredKeys(tree);
  for (const key of given) log.write('debug', `Configuration key without effect: ${key}`);
  if (changed.length > 0) {
    log.write('info', `Keys for system calls have no effect here: ${changed.join(', ')}`);
  }
}
