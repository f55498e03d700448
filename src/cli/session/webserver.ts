// The health web server of a run (spec: cli-and-config.md §6.1). Answers to falco's start_webserver.

import { availableParallelism } from 'node:os';
import { fromBytes, toBytes } from '../../bytes.js';
import { correlationSeries } from '../../correlation/series.js';
import { renderPrometheus } from '../../metrics/prometheus.js';
import type { ExtraMetric } from '../../metrics/state.js';
import { startWebserver, type Webserver } from '../../webserver/server.js';
import { versionInfo } from '../arguments/versions.js';
import { Failure } from '../host.js';
import type { Incarnation } from './incarnation.js';
import { renderOwnMetrics } from './own-metrics.js';

/**
 * @param current the incarnation in force, since requests come at any time
 * @param opened whether the sources are open
 * @param series what the running sources measure of themselves
 * @throws Failure
 */
export async function openWebserver(
  current: () => Incarnation,
  opened: () => boolean,
  series: () => readonly ExtraMetric[],
): Promise<Webserver> {
  const { config, log } = current().loaded;
  const { webserver: settings } = config;
  const prometheus = (): boolean =>
    opened() && settings.prometheus && current().loaded.config.metrics.enabled;
  const threads = settings.threadiness === 0 ? availableParallelism() : settings.threadiness;
  const ssl = settings.ssl ? ' (SSL)' : '';
  log.write(
    'info',
    `Starting health webserver with threadiness ${threads}, listening on ${settings.address}:${settings.port}${ssl}`,
  );
  try {
    return await startWebserver({
      address: settings.address,
      port: settings.port,
      healthzPath: fromBytes(settings.healthzPath),
      ...(settings.ssl && { certificate: fromBytes(settings.certificate) }),
      versions: () =>
        JSON.stringify(versionInfo(current().loaded.engine.plugins.map(({ plugin }) => plugin))),
      metrics: () => {
        const state = prometheus() ? current().metricsState() : undefined;
        return state && renderPrometheus(state, current().loaded.config.metrics);
      },
      ownMetrics: () =>
        prometheus()
          ? renderOwnMetrics(current(), current().loaded.host.cpuSeconds(), [
              ...series(),
              ...correlationSeries(current().correlator),
            ])
          : undefined,
    });
  } catch (error) {
    throw new Failure(toBytes(error instanceof Error ? error.message : String(error)), 'runtime');
  }
}
