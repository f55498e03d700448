// In: what was loaded. Out: the sources to open, from plugins and their parameters (spec: cli-and-config.md §5.3;
// fields-and-sources.md §3.1, §4.1). Answers to falco's open_live_inspector.

import { fromBytes } from '../../bytes.js';
import { type Source, SourceError } from '../../sources/source.js';
import { type StartedPlugin, SYSCALL } from '../plugins.js';
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
        identity: JSON.stringify([config, options.duration]),
        started,
      };
    });
  if (!enabled.includes(SYSCALL)) return plugins;
  const identity = `stub ${options.duration}`;
  return [...plugins, { name: SYSCALL, plugin: SYSCALL, how: 'no driver', identity, started: undefined }];
}

/** @throws SourceError where it cannot be opened */
export function createSource({ started }: SourcePlan, { options }: Loaded): Source {
  if (started === undefined) return createSyscallStub(options.duration);
  const { config, builtin } = started;
  if (config.name !== builtin.name) throw new SourceError(`plugin ${fromBytes(config.name)} does not exist`);
  throw new SourceError('not there yet');
}
