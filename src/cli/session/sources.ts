// In: what was loaded. Out: the sources to open, from plugins and their parameters (spec: cli-and-config.md §5.3;
// fields-and-sources.md §3.1, §4.1). Answers to falco's open_live_inspector.

import { fromBytes } from '../../bytes.js';
import { brokersOf } from '../../kafka/access.js';
import type { KafkaOutputSettings } from '../../outputs/settings.js';
import { isReplay, openSources as openPluginSources } from '../../plugins/open.js';
import type { Drops } from '../../sources/drops.js';
import { type Source, SourceError } from '../../sources/source.js';
import { withProgress } from '../commands/backfill.js';
import { type StartedPlugin, SYSCALL } from '../load/plugins.js';
import type { Loaded } from './loaded.js';
import { createSyscallStub } from './syscall-stub.js';

/** A source to be opened. */
export interface SourcePlan {
  readonly name: string;
  /** Plugin whose name its log lines carry. */
  readonly plugin: string;
  /** How the log says that it is opened. */
  readonly how: string;
  /** Equal for sources that need not be opened anew at a restart. */
  readonly identity: string;
  readonly started: StartedPlugin | undefined;
}

/** Sources of plugins first, the one without events last. */
export function planSources({ engine, enabled, options }: Loaded): readonly SourcePlan[] {
  const plugins = enabled
    .filter((name) => name !== SYSCALL)
    .map((name): SourcePlan => {
      // Of several plugins for a source the first opens it.
      const started = engine.plugins.find((each) => each.plugin.source?.name === name);
      if (started === undefined) throw new SourceError(`Can't find plugin for event source: ${name}`);
      const { config, plugin } = started;
      return {
        name,
        plugin: plugin.name,
        how: `plugin '${config.name}'`,
        identity: JSON.stringify([config, options.duration, options.from, options.to]),
        started,
      };
    });
  if (!enabled.includes(SYSCALL)) return plugins;
  const identity = `stub ${options.duration}`;
  return [...plugins, { name: SYSCALL, plugin: SYSCALL, how: 'no driver', identity, started: undefined }];
}

/** Whether a source is read that can wait and goes on: any but files that are read to their end. */
export function isLive({ engine, enabled }: Loaded): boolean {
  return engine.plugins.some(({ config, plugin: { source }, settings }) => {
    if (source === undefined || !enabled.includes(source.name) || isReplay(config.openParams)) return false;
    return source.live?.({ settings, params: fromBytes(config.openParams) }) ?? true;
  });
}

/** The source of a plan, or the sources: one for each cluster. Errors: SourceError where one cannot be opened. */
export async function openSources(
  plan: SourcePlan,
  { config: { outputs }, options, log, host }: Loaded,
  drops: Drops,
): Promise<readonly Source[]> {
  const { started } = plan;
  if (started === undefined) return [createSyscallStub(options.duration)];
  const { config, plugin, settings, faults } = started;
  if (config.name !== plugin.name) throw new SourceError(`plugin ${fromBytes(config.name)} does not exist`);
  const [fault] = faults;
  if (fault !== undefined) throw new SourceError(fault);
  const sources = await openPluginSources({
    plugin,
    settings,
    params: config.openParams,
    env: host.env,
    log: (_level, message) => log.plugin(plan.plugin, message),
    drops,
    from: fromBytes(options.from) || undefined,
    to: fromBytes(options.to) || undefined,
    stopTimeout: options.stopTimeout,
  });
  checkCarriers(sources, outputs.kafka);
  const shows = sources.some(({ progress }) => progress !== undefined);
  if (host.progress === undefined || options.to === '' || !shows) return sources;
  return withProgress(sources, host.progress);
}

/** Alerts and places can only be committed together where both are in one cluster. */
function checkCarriers(sources: readonly Source[], output: KafkaOutputSettings | undefined): void {
  const brokers = sources.flatMap(({ carrier }) => (carrier === undefined ? [] : [carrier.brokers]));
  if (brokers.length === 0) return;
  if (output === undefined) throw new SourceError('exactly_once: kafka_output is not enabled');
  const theirs = brokersOf(output);
  if (!brokers.every((ours) => ours.some((broker) => theirs.includes(broker))))
    throw new SourceError('exactly_once: kafka_output has other brokers than the source');
}
