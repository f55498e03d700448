// Values whose hashes are equal, as whoever knew the secret could make them: readers tell them apart all the same.

import { afterEach, expect, test, vi } from 'vitest';
import { PREFILTERED, ruleOf, rulesetsOf, runnerOf } from './support.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const event = (requestURI: string): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: 'a',
    stageTimestamp: '2026-01-02T03:04:05Z',
    verb: 'get',
    requestURI,
  });

// With a secret of zeros, words are multiplied half by half: it does not matter which half stands first. The first word
// begins with the quote.
const uri = (bits: number): string => {
  const words = Array.from({ length: 8 }, (_, i) => ((bits >> i) & 1 ? `${i}evilgood` : `${i}goodevil`));
  return `/123456${words.map((word) => word.slice(1)).join('')}`;
};

test('equal hashes of different values', () => {
  const drawn = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => array);
  const rules =
    ruleOf('R', 'ka.uri regex "/123456(evilgood){8}"') +
    ruleOf('S', 'ka.uri regex ".*good(evilgood){2}.*" and ka.verb = get') +
    ruleOf('T', 'ka.uri startswith "/nothing"');
  const rulesets = rulesetsOf(rules);
  const plain = runnerOf(rulesets, 'plain');
  const runners = PREFILTERED.map((way) => [way, runnerOf(rulesets, way)] as const);
  // Fewer than those after which a reader gives up telling values apart.
  const lines = Array.from({ length: 100 }, (_, bits) => event(uri(bits + 156)));
  for (let time = 0; time < 2; time++) {
    const { outcome: expected } = plain(lines);
    expect(expected.alerts.length).toBeGreaterThan(10);
    expect(expected.alerts.length).toBeLessThan(300);
    for (const [way, run] of runners) {
      const { outcome, passed } = run(lines);
      expect({ way, ...outcome }).toEqual({ way, ...expected });
      // By the second time all of them are known.
      if (way !== 'walked' && time > 0) expect(passed).toBeGreaterThan(20);
    }
  }
  expect(drawn).toHaveBeenCalled();
});

test('each reader draws a secret of its own', () => {
  const secrets = new Set<string>();
  const draw = crypto.getRandomValues.bind(crypto);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const drawn = draw(array);
    secrets.add(Buffer.from(drawn!.buffer).toString('hex'));
    return drawn;
  });
  const rulesets = rulesetsOf(ruleOf('R', 'ka.uri startswith "/nothing"'));
  for (let i = 0; i < 3; i++) runnerOf(rulesets, 'texts')([event('/x')]);
  expect(secrets.size).toBeGreaterThanOrEqual(3);
});
