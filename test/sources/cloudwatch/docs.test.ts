// docs/cloudwatch.md names every setting and every metric, and none that does not exist.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/plugins/k8saudit-eks/settings.js';
import { createCounters, metricsOf, seriesOf } from '../../../src/sources/cloudwatch/metrics.js';

const page = readFileSync(new URL('../../../docs/cloudwatch.md', import.meta.url), 'utf8');
const firstCells = (heading: string): string[] => {
  const section = page.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)).sort();
};

describe('docs/cloudwatch.md', () => {
  it('has every setting', () => {
    expect(firstCells('Settings')).toEqual(Object.keys(SETTINGS.properties).sort());
  });

  it('has every metric', () => {
    const counters = createCounters(0, undefined);
    Object.assign(counters, { newestEvent: 1, lag: 1, settled: 1 });
    const names = seriesOf('c', metricsOf(counters, 5)).map(({ name }) => name);
    expect(firstCells('Metrics')).toEqual(names.sort());
  });
});
