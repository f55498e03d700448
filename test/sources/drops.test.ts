import { describe, expect, it } from 'vitest';
import { createDrops, dropSeries, dropSummary } from '../../src/sources/drops.js';

function values(drops: ReturnType<typeof createDrops>): Record<string, number> {
  return Object.fromEntries(
    dropSeries('k8s_audit', drops).map(({ name, labels, value }) => {
      expect(labels['source']).toBe('k8s_audit');
      return [`${name} ${labels['reason'] ?? ''}`.trim(), value];
    }),
  );
}

describe('what is dropped', () => {
  it('is counted by reason; every reason is there from the start', () => {
    const drops = createDrops();
    expect(values(drops)).toEqual({
      'tsfalco_dropped_events_total too_large': 0,
      'tsfalco_dropped_events_total too_deep': 0,
      'tsfalco_dropped_events_total malformed': 0,
      'tsfalco_dropped_events_total not_an_event': 0,
      'tsfalco_dropped_events_total bad_timestamp': 0,
      'tsfalco_dropped_events_total cut_off': 0,
      'tsfalco_dropped_events_total incomplete': 0,
      'tsfalco_dropped_events_total damaged': 0,
      tsfalco_truncated_events_total: 0,
    });
    drops.add('too_large');
    drops.add('malformed', 3);
    drops.addTruncated(2);
    expect(values(drops)).toMatchObject({
      'tsfalco_dropped_events_total too_large': 1,
      'tsfalco_dropped_events_total malformed': 3,
      tsfalco_truncated_events_total: 2,
    });
  });

  it('is said in the closing report, by reason, and only where there is something', () => {
    const drops = createDrops();
    expect(dropSummary('k8s_audit', drops)).toEqual([]);
    drops.add('damaged', 0);
    expect(dropSummary('k8s_audit', drops)).toEqual([]);
    drops.add('too_large');
    drops.add('malformed', 3);
    drops.addTruncated();
    expect(dropSummary('k8s_audit', drops)).toEqual([
      'k8s_audit: 4 dropped: 1 too large, 3 not JSON',
      'k8s_audit: 1 truncated by the API server (audit.k8s.io/truncated)',
    ]);
  });

  it('adds up what threads counted, each of them once', () => {
    const thread = createDrops();
    const told: string[] = [];
    const drops = createDrops({ onDrop: (reason, count) => told.push(`${count} ${reason}`) });
    thread.add('malformed', 2);
    thread.addTruncated();
    drops.addAll(thread.take());
    thread.add('too_deep');
    drops.addAll(thread.take());
    drops.addAll(thread.take());
    expect(drops.counts()).toEqual({
      dropped: [
        ['malformed', 2],
        ['too_deep', 1],
      ],
      truncated: 1,
    });
    expect(told).toEqual(['2 malformed', '1 too_deep']);
  });
});
