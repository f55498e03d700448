import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/cli/commands/backfill.js';
import { createCounters, metricsOf } from '../../src/sources/cloudwatch/metrics.js';

describe('progress of a back-fill', () => {
  it('shows part, events, rate, bytes and time left of all clusters together', () => {
    const half = createCounters(1000, 2000);
    half.position = 1500;
    half.events = 3000;
    half.chars = 3_600_000;
    const begun = createCounters(1000, 2000);
    const sources = [half, begun].map((counters) => ({
      progress() {
        const { done, events, chars } = metricsOf(counters, 5);
        return { done, events, bytes: chars };
      },
    }));
    expect(progressLine(sources, 10)).toBe(
      '[######                  ]  25 %  3000 events  300/s  3.6 MB  30 s left',
    );
    expect(progressLine(sources.slice(1), 0)).toBe('[                        ]   0 %  0 events  0/s  0.0 MB');
  });
});
