// In: the loaded sources and `--enable-source`, `--disable-source`. Out: the enabled ones (spec: cli-and-config.md §5.3).
// Answers to falco's select_event_sources.

import type { EngineConfig } from '../../config/config.js';
import type { Log } from '../../log.js';
import type { Options } from '../arguments/options.js';
import { Failure } from '../host.js';
import { SYSCALL } from './plugins.js';

/**
 * The sources that Falco would enable, whatever this program can open.
 * @throws Failure
 */
export function selectSources(
  loaded: readonly string[],
  engine: EngineConfig,
  { enableSources, disableSources }: Options,
): readonly string[] {
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
  const enabled = loaded.filter((source) =>
    enableSources.length > 0 ? enableSources.includes(source) : !disableSources.includes(source),
  );
  if (enabled.length === 0) throw new Failure('Must enable at least one event source');
  return enabled;
}

/**
 * Leaves out `syscall` where Falco would open a driver for it, which we don't have: with a warning, or with an error
 * where nothing remains or it was asked for by name. Only for a run: whoever checks or lists rules needs no driver.
 * A dry run in Falco opens none either, so there the error is a warning as well.
 * @throws Failure
 */
export function openableSources(
  enabled: readonly string[],
  engine: EngineConfig,
  { enableSources, dryRun }: Options,
  log: Log,
): readonly string[] {
  const driver = engine.kind === 'kmod' || engine.kind === 'modern_ebpf';
  if (!driver || !enabled.includes(SYSCALL)) return enabled;
  const rest = enabled.filter((source) => source !== SYSCALL);
  if (enableSources.includes(SYSCALL) || rest.length === 0) {
    const fault = `Event source 'syscall' needs the driver '${engine.kind}', which tsfalco does not have; it reads audit events only`;
    if (!dryRun) throw new Failure(fault);
    log.write('warning', fault);
  } else if (engine.given) {
    // Who names no engine does not expect a driver.
    log.write(
      'warning',
      `Event source 'syscall' is left out: tsfalco has no driver '${engine.kind}' (--disable-source syscall says so without this warning)`,
    );
  }
  return rest;
}
