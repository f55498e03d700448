// In: what runs. Out: series that Falco does not have, for /tsfalco/metrics: events, lag, queue, processor and memory,
// and what sources measure of themselves.
// They stand apart because /metrics is Falco's to the letter.

import type { ByteString } from '../../bytes.js';
import { readUtilization } from '../../metrics/host.js';
import { renderExtra } from '../../metrics/prometheus.js';
import type { ExtraMetric } from '../../metrics/state.js';
import type { Incarnation } from './incarnation.js';

/** @param series what the running sources measure */
export function renderOwnMetrics(
  incarnation: Incarnation,
  cpuSeconds: number,
  series: readonly ExtraMetric[],
): ByteString {
  const metrics: ExtraMetric[] = [];
  const add = (
    name: string,
    type: ExtraMetric['type'],
    help: string,
    value: number,
    labels: ExtraMetric['labels'] = {},
  ): void => void metrics.push({ name, type, help, labels, value });
  const { counts, loaded } = incarnation;
  for (const source of loaded.enabled)
    add('tsfalco_events_total', 'counter', 'Events evaluated.', incarnation.progress(source).events, {
      source,
    });
  for (const source of loaded.enabled) {
    const { lastEvent } = incarnation.progress(source);
    if (lastEvent === 0) continue;
    const age = Math.max(0, Date.now() / 1000 - lastEvent);
    add('tsfalco_source_lag_seconds', 'gauge', 'Age of the last event evaluated.', Math.round(age), {
      source,
    });
  }
  for (const source of loaded.enabled)
    add(
      'tsfalco_prefilter_checks_total',
      'counter',
      'Events evaluated with the prefilter and in full.',
      incarnation.checks(source).checked,
      {
        source,
      },
    );
  for (const source of loaded.enabled)
    add(
      'tsfalco_prefilter_differences_total',
      'counter',
      'Events of which the prefilter was wrong.',
      incarnation.checks(source).different,
      {
        source,
      },
    );
  for (const [field, count] of loaded.engine.readerFaults.counts())
    add('tsfalco_plugin_field_faults_total', 'counter', 'Values that a plugin failed to read.', count, {
      field,
    });
  const { queued, drops } = incarnation.queue();
  add('tsfalco_alerts_total', 'counter', 'Rule matches.', counts.total());
  add('tsfalco_outputs_queue_length', 'gauge', 'Alerts waiting for outputs.', queued);
  add('tsfalco_outputs_queue_drops_total', 'counter', 'Alerts dropped because the queue was full.', drops);
  for (const { output, reason, count } of incarnation.losses.counts())
    add('tsfalco_alerts_lost_total', 'counter', 'Alerts that an output could not deliver.', count, {
      output,
      reason,
    });
  add('process_cpu_seconds_total', 'counter', 'Processor time of this process.', cpuSeconds);
  add(
    'process_resident_memory_bytes',
    'gauge',
    'Resident memory of this process.',
    readUtilization(loaded.host.env).rssKb * 1024,
  );
  return renderExtra([...metrics, ...byName(series)]);
}

// Sources of the same kind have the same series: those of one name must stand together.
function byName(series: readonly ExtraMetric[]): readonly ExtraMetric[] {
  const names = [...new Set(series.map(({ name }) => name))];
  return names.flatMap((name) => series.filter((each) => each.name === name));
}
