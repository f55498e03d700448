// What correlations measure of themselves, for /tsfalco/metrics and for the end of a run.

import type { SourceMetric } from '../sources/source.js';
import type { Correlator } from './correlator.js';

const COUNTERS = [
  ['matches', 'matches_total', 'Events that met a step of a correlation.'],
  ['duplicates', 'duplicates_total', 'Matches that came again and were not counted.'],
  ['late', 'late_total', 'Matches later than the lateness.'],
  ['tooLate', 'too_late_total', 'Matches so late that their window was gone.'],
  ['evicted', 'groups_evicted_total', 'Groups that went because there were too many.'],
  ['early', 'early_total', 'Matches decided before their time because too many waited.'],
  ['fired', 'alerts_total', 'Alerts of correlations.'],
  ['suppressed', 'suppressed_total', 'Alerts held back by suppress.'],
] as const;

export function correlationSeries(correlator: Correlator): readonly SourceMetric[] {
  if (!correlator.isActive()) return [];
  const counters = correlator.counters();
  const { groups, events, waiting } = correlator.sizes();
  const gauge = (name: string, help: string, value: number): SourceMetric => ({
    name: `tsfalco_correlation_${name}`,
    type: 'gauge',
    help,
    labels: {},
    value,
  });
  return [
    ...COUNTERS.map(
      ([key, name, help]): SourceMetric => ({
        name: `tsfalco_correlation_${name}`,
        type: 'counter',
        help,
        labels: {},
        value: counters[key],
      }),
    ),
    gauge('groups', 'Groups of correlations.', groups),
    gauge('events', 'Events that windows hold.', events),
    gauge('waiting', 'Matches that wait for the lateness.', waiting),
  ];
}

/** A line for the end of a run, where something was out of order. */
export function correlationSummary(correlator: Correlator): string | undefined {
  const { matches, late, tooLate, evicted, early, duplicates } = correlator.counters();
  if (late + tooLate + evicted + early + duplicates === 0) return undefined;
  return `Correlations: ${matches} matches, ${duplicates} came again, ${late} came late (${tooLate} of them too late to count), ${evicted} groups sent away, ${early} decided early`;
}
