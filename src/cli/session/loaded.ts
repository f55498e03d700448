// Loaded: everything that one run is made of, ready to start. Types, and the checks that a dry run makes too.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { parseInterval } from '../../interval.js';
import { kafkaMissing } from '../../kafka/package.js';
import type { Log } from '../../log.js';
import { SourceError } from '../../sources/source.js';
import type { Options } from '../arguments/options.js';
import { Failure, type Host } from '../host.js';
import { type Engine, HOSTNAME_VARIABLE } from '../load/engine.js';
import type { Rules } from '../load/rules.js';

export interface Loaded {
  readonly options: Options;
  readonly host: Host;
  readonly config: Config;
  readonly log: Log;
  readonly engine: Engine;
  /** Enabled event sources. */
  readonly enabled: readonly string[];
  readonly rules: Rules;
  /** When the configuration was read, nanoseconds since the epoch. */
  readonly time: bigint;
}

/** @throws Failure where no output is switched on, or one can never work */
export function checkOutputs({ config: { outputs }, host, log }: Loaded): void {
  const { stdout, syslog, file, program, http, kafka } = outputs;
  if (!(stdout || syslog || file || program || http || kafka)) {
    throw new Failure(
      'No output configured, please make sure at least one output is configured and enabled.',
    );
  }
  // At once, and not with the first alert.
  const missing = kafka && kafkaMissing('kafka_output');
  if (missing !== undefined) throw new Failure(missing);
  const hostname = host.env[HOSTNAME_VARIABLE];
  if (hostname !== undefined) {
    log.write('info', `Hostname value has been overridden via environment variable to: ${toBytes(hostname)}`);
  }
}

const SMALLEST_INTERVAL = 100;

/** The interval of metrics in milliseconds; undefined where they are off. @throws Failure */
export function checkMetrics({ config: { metrics, webserver }, log }: Loaded): number | undefined {
  if (!metrics.enabled) return undefined;
  const interval = parseInterval(metrics.interval);
  if (interval < SMALLEST_INTERVAL) {
    throw new Failure(
      'Metrics interval must have a minimum value of 100ms and reflect a Prometheus compliant time duration format: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations. ',
    );
  }
  if (!metrics.outputRule && metrics.outputFile === '' && !webserver.prometheus) {
    throw new Failure(
      "Metrics are enabled with no output configured. Please enable at least one output channel ('metrics.output_rule', 'metrics.output_file' or 'webserver.prometheus_metrics_enabled')",
    );
  }
  log.write('info', `Setting metrics interval to ${metrics.interval}, equivalent to ${interval} (ms)`);
  return interval;
}

/** The rest of a run, without running (spec: cli-and-config.md §1.9). @throws Failure */
export function finishDryRun(loaded: Loaded): void {
  const { log, config } = loaded;
  const skip = (what: string): void => log.write('debug', `Skipping ${what} in dry-run`);
  checkOutputs(loaded);
  skip('outputs initialization');
  skip('signal handlers creation');
  skip('pidfile creation');
  if (config.webserver.enabled) skip('starting webserver');
  checkMetrics(loaded);
  skip('event processing');
  skip('unregistering signal handlers');
  if (config.webserver.enabled) skip('stopping webserver');
}

/** An error's message in bytes. Those of sources hold bytes already where they name files, else text. */
export function describeError(error: unknown): ByteString {
  const message = error instanceof Error ? error.message : String(error);
  const isBytes = /^[\x00-\xff]*$/.test(message) && !fromBytes(message).includes('\ufffd');
  return error instanceof SourceError && isBytes ? message : toBytes(message);
}

const NANOS_PER_MS = 1_000_000n;

/** Nanoseconds since the epoch. */
export function now(): bigint {
  return BigInt(Date.now()) * NANOS_PER_MS;
}
