import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../src/cli/session/deadline.js';

describe('a stop', () => {
  it('ends though something hangs', async () => {
    const deadline = createDeadline(1, 0);
    deadline.start();
    expect(await deadline.before(new Promise(() => {}))).toBe(false);
  });

  it('is not in a hurry before the signal, and hears of faults', async () => {
    const deadline = createDeadline(0, 0);
    expect(await deadline.before(new Promise((resolve) => setTimeout(resolve, 20)))).toBe(true);
    await expect(deadline.before(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
