// -V: whether rules files load, as text or JSON on standard output (spec: cli-and-config.md §1.6).
// Answers to falco's validate_rules_files.

import { type ByteString, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import type { Files } from '../../config/read/files.js';
import { resultJson } from '../../engine/diagnostic/json.js';
import { exactPlaces } from '../../engine/diagnostic/pointer.js';
import { verboseText } from '../../engine/diagnostic/text.js';
import type { LoadResult } from '../../engine/diagnostic.js';
import { loadRules } from '../../engine/rules/load.js';
import type { Log } from '../../log.js';
import type { Options } from '../arguments/options.js';
import { Failure } from '../host.js';
import type { Engine } from '../load/engine.js';
import { otherKinds } from '../load/other-kinds.js';
import { checkRequirements, loadOptions, readRulesFiles } from '../load/rules.js';
import { describeRules, descriptionTable } from './describe.js';
import type { Print } from './plugin-info.js';

/** @throws Failure where a file is missing or invalid */
export async function validateRules(
  engine: Engine,
  config: Config,
  options: Options,
  files: Files,
  log: Log,
  print: Print,
): Promise<void> {
  const contents = readRulesFiles(options.validate, files);
  log.write('info', 'Validating rules file(s):');
  for (const { name } of contents) log.write('info', `   ${name}`);
  const outcome = loadRules(contents, { ...loadOptions(engine, config), keepGoing: true });
  checkRequirements(engine, outcome);
  const { successful } = outcome;
  const summary = outcome.results.map((result) => summarize(result, log)).join('\n');
  const wanted = successful && (options.describeAll || options.describeRule !== '');
  const description = wanted ? describeRules(outcome, engine, options) : undefined;
  if (config.json.enabled) {
    const document = {
      ...(description !== undefined && { falco_describe_results: description }),
      falco_load_results: outcome.results.map(resultJson),
    };
    await print(`${toBytes(JSON.stringify(document))}\n`);
  } else {
    const table = description === undefined ? '' : `\n${descriptionTable(description)}`;
    await print(`${summary}\n${table}`);
  }
  if (!successful) {
    const advice = outcome.results.map(exactPlaces).join('') + otherKinds(contents, outcome.results);
    throw new Failure(summary, 'error', 1, advice);
  }
}

/** What the summary says of a file; warnings alone go to the log. */
function summarize(result: LoadResult, log: Log): ByteString {
  if (!result.successful || result.warnings.length === 0) return verboseText(result);
  log.write('warning', `${verboseText(result)}\n`);
  return `${result.name}: Ok, with warnings`;
}
