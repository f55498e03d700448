// In: the loaded sources and `--enable-source`, `--disable-source`. Out: the enabled ones (spec: cli-and-config.md §5.3).
// Answers to falco's select_event_sources.

import type { EngineConfig } from '../config/config.js';
import type { Log } from '../log.js';
import { Failure } from './host.js';
import type { Options } from './options.js';
import { SYSCALL } from './plugins.js';

/**
 * Where Falco would open a driver for system calls, we have none: that source is left out, with a warning.
 * @throws Failure
 */
export function selectSources(
  loaded: readonly string[],
  engine: EngineConfig,
  options: Options,
  log: Log,
): readonly string[] {
  const { enableSources, disableSources } = options;
  if (engine.kind === 'replay') return loaded;
  if (enableSources.length > 0 && disableSources.length > 0) {
    throw new Failure('You can not mix --enable-source and --disable-source');
  }
  for (const source of enableSources) {
    if (!loaded.includes(source)) throw new Failure(`Attempted enabling an unknown event source: ${source}`);
  }
  for (const source of disableSources) {
    if (!loaded.includes(source)) throw new Failure(`Attempted disabling an unknown event source: ${source}`);
  }
  const wanted = loaded.filter((source) =>
    enableSources.length > 0 ? enableSources.includes(source) : !disableSources.includes(source),
  );
  const enabled = engine.kind === 'nodriver' ? wanted : withoutDriver(wanted, engine, enableSources, log);
  if (enabled.length === 0) throw new Failure('Must enable at least one event source');
  return enabled;
}

function withoutDriver(
  wanted: readonly string[],
  engine: EngineConfig,
  named: readonly string[],
  log: Log,
): readonly string[] {
  if (named.includes(SYSCALL)) {
    throw new Failure(
      `Event source 'syscall' needs the driver '${engine.kind}', which tsfalco does not have; it reads audit events only`,
    );
  }
  // Who names no engine does not expect a driver.
  if (wanted.includes(SYSCALL) && engine.given) {
    log.write(
      'warning',
      `Event source 'syscall' is left out: tsfalco has no driver '${engine.kind}' (--disable-source syscall says so without this warning)`,
    );
  }
  return wanted.filter((source) => source !== SYSCALL);
}
