// What sources count of themselves, as series of /tsfalco/metrics.

import { toBytes } from '../bytes.js';
import type { SourceMetric } from './plugin.js';

/**
 * One counter a name: `tsfalco_<service>_<name>_total`.
 * @param labels texts
 * @param counts by name: what it is, and how many
 */
export function counters(
  service: string,
  labels: Readonly<Record<string, string>>,
  counts: Readonly<Record<string, readonly [help: string, value: number]>>,
): readonly SourceMetric[] {
  const named = Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, toBytes(text)]));
  return Object.entries(counts).map(([name, [help, value]]) => ({
    name: `tsfalco_${service}_${name}_total`,
    type: 'counter',
    help,
    labels: named,
    value,
  }));
}
