// In: what was loaded. Out: the sources to open, from plugins and their parameters (spec: cli-and-config.md §5.3;
// fields-and-sources.md §3.1, §4.1). Answers to falco's open_live_inspector.

import { fromBytes } from '../../bytes.js';
import type { InitValues } from '../../config/plugin-init.js';
import { readAuditSettings } from '../../sources/audit-settings.js';
import type { Drops } from '../../sources/drops.js';
import { LARGEST_EVENT, type Source, SourceError, type SourceLog } from '../../sources/source.js';
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
      const started = engine.plugins.find(({ builtin }) => builtin.sourcing?.source === name);
      if (started === undefined) throw new SourceError(`Can't find plugin for event source: ${name}`);
      const { config, builtin } = started;
      return {
        name,
        plugin: builtin.name,
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
  return engine.plugins.some(
    ({ config, builtin }) =>
      builtin.sourcing !== undefined &&
      enabled.includes(builtin.sourcing.source) &&
      (builtin.name === EKS || /^(?:https?|file):|^(?:-|\/dev\/stdin)$/i.test(config.openParams)),
  );
}

/** The source of a plan, or the sources: one for each cluster. Errors: SourceError where one cannot be opened. */
export async function openSources(
  plan: SourcePlan,
  { options, log, host }: Loaded,
  drops: Drops,
): Promise<readonly Source[]> {
  const { started, name } = plan;
  if (started === undefined) return [createSyscallStub(options.duration)];
  const { config, builtin, values } = started;
  if (config.name !== builtin.name) throw new SourceError(`plugin ${fromBytes(config.name)} does not exist`);
  const sourceLog: SourceLog = (_level, message) => log.plugin(plan.plugin, message);
  if (builtin.name === EKS) {
    const { openCloudWatchSources } = await import('../../sources/cloudwatch/open.js');
    const { initConfig, openParams } = config;
    const sources = openCloudWatchSources({
      initConfig,
      openParams,
      env: host.env,
      log: sourceLog,
      drops,
      from: fromBytes(options.from) || undefined,
      to: fromBytes(options.to) || undefined,
      stopTimeout: options.stopTimeout,
    });
    return host.progress === undefined || options.to === '' ? sources : withProgress(sources, host.progress);
  }
  const { openSource } = await import('../../sources/open.js');
  const source = await openSource(config.openParams, {
    name,
    plugin: builtin.name,
    maxEventSize: initValue(values, 'maxEventSize', LARGEST_EVENT),
    webhookMaxBatchSize: initValue(values, 'webhookMaxBatchSize', 12_582_912),
    sslCertificate: initValue(values, 'sslCertificate', '/etc/falco/falco.pem'),
    own: readAuditSettings(config.initConfig),
    log: sourceLog,
    drops,
  });
  return [source];
}

const EKS = 'k8saudit-eks';

/** A value of init_config, or the default. */
function initValue<T extends string | number>(values: InitValues, key: string, fallback: T): T {
  const value = values[key];
  return typeof value === typeof fallback ? (value as T) : fallback;
}
