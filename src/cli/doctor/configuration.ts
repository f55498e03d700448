// Whether configuration and rules load, and what is in vain in them.

import { fromBytes } from '../../bytes.js';
import { checkInitConfigs, checkRulesFiles } from '../../config/check/check-merged.js';
import type { Config } from '../../config/config.js';
import { findingText } from '../../config/finding.js';
import { loadConfig } from '../../config/load.js';
import type { Log } from '../../log.js';
import { type Libraries, unknownKeys } from '../../plugins/libraries.js';
import type { Options } from '../arguments/options.js';
import { Failure, type Host } from '../host.js';
import { createEngine, type Engine } from '../load/engine.js';
import { selectSources } from '../load/event-sources.js';
import { loadConfigured } from '../load/libraries.js';
import { loadRulesFiles } from '../load/rules.js';
import { failure, type Line, ok, warning } from './checks.js';

const CONFIGURATION = 'configuration';
const RULES = 'rules';

/** What could be loaded, with the lines about it. */
export interface Checked {
  readonly lines: readonly Line[];
  readonly config?: Config;
  readonly engine?: Engine;
  /** Event sources that a run would open. */
  readonly sources?: readonly string[];
}

export async function checkConfiguration(options: Options, host: Host): Promise<Checked> {
  const outcome = loadConfig({
    file: options.configFile,
    overrides: options.overrides,
    unbuffered: false,
    env: host.env,
    files: host.files,
  });
  if (!outcome.ok) {
    const text = fromBytes(outcome.notice ?? outcome.error);
    return { lines: [{ name: CONFIGURATION, ...failure(text) }] };
  }
  const { config } = outcome;
  const libraries = await loadConfigured(config);
  const unknown = checkInitConfigs(config, unknownKeys(libraries));
  const named = options.rules.length === 0 ? checkRulesFiles(config, host.files) : [];
  const found = [
    ...outcome.warnings.map(({ text }) => text),
    ...[...outcome.findings, ...unknown, ...named].map(findingText),
  ];
  const [first, ...others] = config.files.map(({ name }) => fromBytes(name));
  const more = others.length === 0 ? '' : `, with ${others.join(', ')}`;
  const lines: Line[] = found.map((text) => ({ name: CONFIGURATION, ...warning(fromBytes(text)) }));
  if (lines.length === 0) lines.push({ name: CONFIGURATION, ...ok(`${first ?? 'none'}${more}`) });
  return { ...checkRules(options, host, config, libraries, lines), config };
}

function checkRules(
  options: Options,
  host: Host,
  config: Config,
  libraries: Libraries,
  before: readonly Line[],
): Checked {
  const lines = [...before];
  let warnings = 0;
  const log = quietLog(config, () => warnings++);
  const advice = {
    give: (text: string) => void lines.push({ name: RULES, ...warning(fromBytes(text)) }),
    enforce: () => {},
  };
  let step = 'plugins';
  try {
    const engine = createEngine(config, libraries, options, host.env, log);
    const sources = selectSources(engine.sources, config.engine, options);
    step = RULES;
    const { files, selected } = loadRulesFiles(
      engine,
      { config, log, advice, libraries },
      options,
      host.files,
    );
    const told = warnings === 0 ? '' : `; ${warnings} with warnings, see tsfalco lint`;
    const text = `${selected.length} enabled, from ${files.length} ${files.length === 1 ? 'file' : 'files'}${told}`;
    if (selected.length > 0) lines.push({ name: RULES, ...ok(text) });
    return { lines, engine, sources };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const text = fromBytes(error.message).split('\n');
    const advised = step === RULES ? 'tsfalco -V FILE shows the place' : undefined;
    lines.push({ name: step, ...failure(text.length > 1 ? rulesFault(text) : text[0]!, advised) });
    return { lines };
  }
}

/** Of a load result its first error: the line that begins with a code. */
function rulesFault(lines: readonly string[]): string {
  const error = lines.find((line) => line.startsWith('LOAD_ERR')) ?? '';
  return `${lines[0]}: ${error}`;
}

function quietLog(config: Config, onWarning: () => void): Log {
  return {
    write: (level, message) => {
      if (level === 'warning' && message.includes('\n')) onWarning();
    },
    advise: () => {},
    libs: () => {},
    plugin: () => {},
    raw: () => {},
    settings: () => config.log,
    configure: () => {},
    drain: () => Promise.resolve(),
  };
}
