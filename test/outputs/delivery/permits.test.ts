import { expect, it } from 'vitest';
import { createPermits } from '../../../src/outputs/delivery/permits.js';

const message = (line: string, permit?: () => Promise<boolean>) => ({ line, priority: 4, rule: 'r', permit });

it('alerts of a source that another process has now are withheld, the others leave', async () => {
  const lines: string[] = [];
  const permitted = createPermits((level, line) => lines.push(`${level} ${line}`));
  const asked: string[] = [];
  const yes = async (): Promise<boolean> => asked.push('yes') > 0;
  const no = async (): Promise<boolean> => asked.push('no') < 0;
  const messages = [message('a', yes), message('b', no), message('c'), message('d', yes), message('e', no)];
  expect((await permitted(messages)).map(({ line }) => line)).toEqual(['a', 'c', 'd']);
  expect(asked).toEqual(['yes', 'no']);
  await permitted([message('f', no)]);
  expect(lines).toEqual([
    'warning 2 alerts are withheld: the process that has the checkpoint now sends them',
  ]);
});
