import { describe, expect, it } from 'vitest';
import { announce, createSilenceWatch } from '../../../src/sources/cloudwatch/announce.js';
import type { LogClient, Reading } from '../../../src/sources/cloudwatch/client-types.js';

const NEVER = new AbortController().signal;

async function said(reading: Reading, remembered = false): Promise<readonly string[]> {
  const lines: string[] = [];
  const client: LogClient = {
    describe: async () => reading,
    read: async () => ({ events: [] }),
    close: () => {},
  };
  const log = (level: string, line: string) => lines.push(`${level} ${line}`);
  await announce(client, { cluster: 'c', settled: 1_700_000_000_000, remembered }, log, NEVER);
  return lines;
}

describe('a start', () => {
  it('says what is read, where, as whom and from when on', async () => {
    expect(
      await said({ group: '/aws/eks/c/cluster', region: 'eu-west-1', caller: 'arn:aws:iam::1:user/u' }),
    ).toEqual([
      'info c: reading log group /aws/eks/c/cluster in eu-west-1 as arn:aws:iam::1:user/u, from 2023-11-14T22:13:20.001Z on',
    ]);
    expect(await said({ group: 'g', region: undefined, caller: undefined }, true)).toEqual([
      'info c: reading log group g, from 2023-11-14T22:13:20.001Z on (the checkpoint)',
    ]);
  });
});

describe('silence', () => {
  it('is said once, and its end', () => {
    let time = 0;
    const lines: string[] = [];
    const clock = { now: () => time, elapsed: () => time, sleep: async () => {}, random: () => 0 };
    const watch = createSilenceWatch('c', 600_000, clock, (level, line) => lines.push(`${level} ${line}`));
    for (; time < 1_800_000; time += 5000) watch.answered(time === 300_000 ? 1 : 0);
    expect(lines).toEqual([
      "warning c: no event for 10 minutes, though CloudWatch Logs answers: check that the cluster's audit log is on (aws eks describe-cluster --name c --query cluster.logging)",
    ]);
    watch.answered(3);
    expect(lines[1]).toBe('info c: events again after 25 minutes');
    const quiet = createSilenceWatch('c', 0, clock, () => lines.push('x'));
    time += 1e9;
    quiet.answered(0);
    expect(lines).toHaveLength(2);
  });
});
