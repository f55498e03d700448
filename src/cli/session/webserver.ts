// The health web server of a run (spec: cli-and-config.md §6.1). Answers to falco's start_webserver.

import { availableParallelism } from 'node:os';
import { fromBytes, toBytes } from '../../bytes.js';
import { renderPrometheus } from '../../metrics/prometheus.js';
import { startWebserver, type Webserver } from '../../webserver/server.js';
import { Failure } from '../host.js';
import { versionInfo } from '../versions.js';
import type { Incarnation } from './incarnation.js';
import { renderOwnMetrics } from './own-metrics.js';

/**
 * @param current the incarnation in force, since requests come at any time
 * @param opened whether the sources are open
 * @throws Failure
 */
export async function openWebserver(current: () => Incarnation, opened: () => boolean): Promise<Webserver> {
  const { config, log, engine } = current().loaded;
  const { webserver: settings, metrics } = config;
  const threads = settings.threadiness === 0 ? availableParallelism() : settings.threadiness;
  const ssl = settings.ssl ? ' (SSL)' : '';
  log.write(
    'info',
    `Starting health webserver with threadiness ${threads}, listening on ${settings.address}:${settings.port}${ssl}`,
  );
  const versions = JSON.stringify(versionInfo(engine.plugins.map(({ builtin }) => builtin)));
  try {
    return await startWebserver({
      address: settings.address,
      port: settings.port,
      healthzPath: fromBytes(settings.healthzPath),
      ...(settings.ssl && { certificate: fromBytes(settings.certificate) }),
      versions: () => versions,
      metrics: () => {
        const state =
          opened() && metrics.enabled && settings.prometheus ? current().metricsState() : undefined;
        return state && renderPrometheus(state, metrics);
      },
      ownMetrics: () =>
        opened() && metrics.enabled && settings.prometheus
          ? renderOwnMetrics(current(), current().loaded.host.cpuSeconds())
          : undefined,
    });
  } catch (error) {
    throw new Failure(toBytes(error instanceof Error ? error.message : String(error)), 'runtime');
  }
}
