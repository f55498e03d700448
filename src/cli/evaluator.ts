// A thread that evaluates (see session/threads.ts). In: what the rules are loaded from, then payloads. Out: for each
// message of payloads their alerts. It loads the rules as the main thread did, so that it has the same.

import { loadConfigured } from './load/libraries.js';
import '../runtime/node.js';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Match } from '../engine/correlation/match.js';
import { loadRules } from '../engine/rules/load.js';
import { createRuleset } from '../engine/rules/ruleset.js';
import { selectRules } from '../engine/rules/select.js';
import { unwrapperOf } from '../plugins/origin.js';
import { createDrops } from '../sources/drops.js';
import { runningRules } from './load/correlations.js';
import { createEngine } from './load/engine.js';
import { loadOptions } from './load/rules.js';
import { rulesetOptionsOf } from './session/alert-options.js';
import type { EvaluatorInput, EvaluatorJob, EvaluatorResult } from './session/threads.js';

async function createEvaluator(input: EvaluatorInput): Promise<(job: EvaluatorJob) => EvaluatorResult> {
  const { config, options, env, files, source, plugin: name, labels, ...known } = input;
  // What there was to say has been said by the main thread.
  const silent = { write: () => {} };
  const libraries = await loadConfigured(config);
  const engine = createEngine(config, libraries, options, env, silent);
  const outcome = loadRules(files, loadOptions(engine, config));
  const running = runningRules(outcome, selectRules(outcome.rules, config.rules), config, engine);
  const compiled = running.of(source);
  const checks = { checked: 0, different: 0 };
  let matches: Match[] = [];
  const ruleset = createRuleset(compiled, {
    ...rulesetOptionsOf(config, options, checks),
    trackers: running.set.trackers(source),
    onMatch: (match) => void matches.push(match),
  });
  const numbers = new Map(compiled.map(({ info }, number) => [info, number]));
  let complaints: [string, string | undefined][] = [];
  const log = (_level: string, message: string, kind?: string): void => void complaints.push([message, kind]);
  const drops = createDrops();
  const { plugin, settings } = engine.plugins.find((each) => each.plugin.name === name)!;
  const unwrap = unwrapperOf({ ...known, source, plugin, settings, labels, log, drops });

  return ({ payloads }) => {
    complaints = [];
    matches = [];
    const throttles: (Match | undefined)[] = [];
    const lines: string[] = [];
    const matched: number[] = [];
    let events = 0;
    let seconds = 0;
    const { prefilter, selfCheck: check } = ruleset;
    Object.assign(checks, { checked: 0, different: 0 });
    const prefiltered = prefilter && {
      prefilter,
      check,
      onPassed: (count: number, last: number): void => {
        events += count;
        seconds = last;
      },
      onAlert: (rule: number, line: string): void => {
        lines.push(line);
        matched.push(rule);
        throttles.push(undefined);
      },
    };
    for (const payload of payloads) {
      unwrap(
        payload,
        (event, state) => {
          events++;
          seconds = event.seconds;
          for (const alert of ruleset.evaluate(event, state)) {
            lines.push(alert.line);
            matched.push(numbers.get(alert.rule)!);
            throttles.push(alert.throttle);
          }
        },
        prefiltered,
      );
    }
    return {
      events,
      seconds,
      lines,
      rules: matched,
      throttles,
      matches,
      complaints,
      drops: drops.take(),
      readerFaults: engine.readerFaults.take(),
      checks: { ...checks },
    };
  };
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const evaluate = createEvaluator(workerData as EvaluatorInput);
  port.on('message', (job: EvaluatorJob) => void evaluate.then((run) => port.postMessage(run(job))));
}
