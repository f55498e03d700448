// What needs plugins and fields: listing fields, checking and describing rules, and the run itself, in Falco's order
// (spec: cli-and-config.md §1.3, steps 6 to 8).

import type { Options } from './arguments/options.js';
import type { Host } from './host.js';
import { createEngine, type Engine } from './load/engine.js';
import { openableSources, selectSources } from './load/event-sources.js';
import type { Opened } from './load/open-config.js';
import { loadRulesFiles } from './load/rules.js';

/** @returns the exit code. @throws Failure */
export async function runLoaded(options: Options, host: Host, opened: Opened): Promise<number> {
  const { config, log, libraries } = opened;
  const print = host.stdout.write;
  const time = BigInt(Date.now()) * 1_000_000n;
  const engine = createEngine(config, libraries, options, host.env, log);
  if (options.list) {
    const { listFields } = await import('./info/list-fields.js');
    await print(listFields(options, engine.tables));
    return 0;
  }
  const selected = selectSources(engine.sources, config.engine, options);
  if (options.validate.length > 0) {
    const { validateRules } = await import('./info/validate.js');
    await validateRules(engine, config, options, host.files, log, print);
    return 0;
  }
  const rules = loadRulesFiles(engine, opened, options, host.files);
  if (options.describeAll || options.describeRule !== '') {
    const { describeRules, formatDescription } = await import('./info/describe.js');
    await print(formatDescription(describeRules(rules.outcome, engine, options), config.json.enabled));
    return 0;
  }
  if (options.support) {
    const { supportText } = await import('./info/support.js');
    await print(supportText(host.commandLine, config, engine, rules));
    return 0;
  }
  const enabled = openableSources(selected, config.engine, options, log);
  if (options.dryRun) await adviseOnSources(engine, enabled, opened);
  const { runSession } = await import('./session/session.js');
  return runSession({ options, host, config, log, engine, enabled, rules, time });
}

/** What a run would say when it opens its sources, which a dry run does not do. @throws Failure */
async function adviseOnSources(
  engine: Engine,
  enabled: readonly string[],
  { advice }: Opened,
): Promise<void> {
  const { sourceFault } = await import('./load/source-settings.js');
  for (const source of enabled) {
    const plugin = engine.plugins.find((each) => each.plugin.source?.name === source);
    const fault = plugin && sourceFault(plugin);
    if (fault !== undefined) advice.give(`Event source '${source}' would not open: ${fault}`);
  }
  advice.enforce();
}
