// In: what was loaded, and the rules of one event source. Out: threads for each source that gives such events, made when
// a backlog first asks for them.

import { availableParallelism } from 'node:os';
import type { CorrelationSet } from '../../engine/rules/correlation-set.js';
import type { CompiledRule } from '../../engine/rules/ruleset.js';
import type { Pool } from '../../pipeline/stage.js';
import type { CheckCounts } from '../../prefilter/self-check.js';
import type { Drops } from '../../sources/drops.js';
import type { Source, SourceLog } from '../../sources/source.js';
import { HOSTNAME_VARIABLE } from '../load/engine.js';
import type { Loaded } from './loaded.js';
import { createThreads, type Threads } from './threads.js';

export interface Pools {
  /**
   * undefined: its events are evaluated on the main thread.
   * @param log hears what is wrong with its payloads
   * @param drops counts what is dropped
   */
  of(source: Source, log: SourceLog, drops: Drops): Pool | undefined;
  /** No more work comes: the threads end with what they have. */
  retire(): void;
}

/** Fields whose values depend on the events before, which may be on another thread. */
const IN_ORDER = ['evt.num', 'evt.reltime', 'evt.reltime.s', 'evt.reltime.ns'];

/**
 * Threads that a source may have; below 2 it has none.
 * @param asked --threads; 0: as many as the machine has room for, but none where events are pushed, since those who push
 *   wait for an answer and never bring a backlog
 */
export function threadsOf(asked: number, pushed: boolean, parallelism: number): number {
  if (asked > 0) return asked;
  return pushed ? 0 : parallelism - 1;
}

/** @param checks counts what threads check of the prefilter */
export function createPools(
  loaded: Loaded,
  rules: readonly CompiledRule[],
  { trackers }: Pick<CorrelationSet, 'trackers'>,
  checks: CheckCounts,
): Pools {
  const { config, engine, options, rules: files, host } = loaded;
  const pools = new Map<Source, Threads>();
  return {
    of(source, log, drops) {
      const inOrder = [...rules, ...trackers(source.name)].some(({ scope }) => IN_ORDER.some(scope.reads));
      const count = threadsOf(options.threads, source.shipped === true, availableParallelism());
      // State is made of all events of a source, one after the other.
      const keepsState = engine.plugins.some(
        ({ plugin }) => plugin.name === source.plugin && plugin.state !== undefined,
      );
      if (count < 2 || inOrder || keepsState) return undefined;
      const known = pools.get(source);
      if (known !== undefined) return known;
      const input = {
        config,
        options,
        env: { [HOSTNAME_VARIABLE]: host.env[HOSTNAME_VARIABLE] },
        files: files.files,
        source: source.name,
        plugin: source.plugin,
        maxEventSize: source.maxEventSize,
        clusterName: source.clusterName,
        shipped: source.shipped,
        labels: source.labels,
      };
      const threads = createThreads({
        count,
        input,
        rules: rules.map(({ info }) => info),
        log,
        drops,
        readerFaults: engine.readerFaults,
        checks,
      });
      pools.set(source, threads);
      return threads;
    },
    retire() {
      for (const threads of pools.values()) threads.retire();
    },
  };
}
