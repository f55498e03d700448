// Values that differ from a constant in one byte, wherever it stands, and values that the reader's table cannot tell by
// their hash: none is taken for another. And what the reader is for: most events pass unread.

import { expect, test } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { ruleOf, rulesetsOf, runnerOf } from './support.js';

const event = (user: string): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"2026-01-02T03:04:05.678901Z","user":{"username":"${user}"}}`;

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const matchesOf = (rules: string, lines: readonly string[], way: 'plain' | 'block' | 'texts') => {
  const run = runnerOf(rulesetsOf(rules, 'all'), way);
  run(lines);
  return run(lines).outcome.alerts;
};

// Long enough for every length of what is left behind whole words.
const CONSTANTS = range(20).map(
  (i) => `system:serviceaccount:kube-system:${'abcdefghijklmnopqrst'.slice(0, i)}`,
);

test.each([
  ['=', (text: string) => text],
  ['startswith', (text: string) => `${text}-tail`],
  ['endswith', (text: string) => `head-${text}`],
  ['contains', (text: string) => `head-${text}-tail`],
  ['icontains', (text: string) => `head-${text.toUpperCase()}-tail`],
] as const)('%s: no near miss of a long constant', (operator, around) => {
  for (const constant of CONSTANTS) {
    const rules = ruleOf('R', `ka.user.name ${operator} "${constant}"`);
    const whole = around(constant);
    const from = whole.toLowerCase().indexOf(constant);
    const misses = range(constant.length).map((i) => {
      const at = from + i;
      return `${whole.slice(0, at)}#${whole.slice(at + 1)}`;
    });
    const lines = [whole, ...misses].map(event);
    for (const way of ['block', 'texts'] as const) expect(matchesOf(rules, lines, way)).toHaveLength(1);
    expect(matchesOf(rules, lines, 'plain')).toHaveLength(1);
  }
});

// The hash of assembly/learned.ts: two words of eight bytes, so that for any first word there is a second one which gives
// the same sum. Values are taken with their quotes. Who knows the constants can make as many as he likes.
const MASK = (1n << 64n) - 1n;
const word = (bytes: readonly number[]): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bytesOf = (value: bigint): number[] => range(8).map((i) => Number((value >> BigInt(8 * i)) & 0xffn));
const isPlain = (byte: number): boolean => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c && byte < 0x7f;

function colliding(place: number): readonly [string, string] {
  const first = 0x9e3779b97f4a7c15n * BigInt(place + 1) + 18n;
  const stateOf = (value: bigint): bigint => (((first & MASK) ^ value) * 0xff51afd7ed558ccdn) & MASK;
  for (let tries = 0; tries < 100_000; tries++) {
    const [a, b] = ['"userAAA', `"${String(tries).padEnd(7, 'u')}`].map((text) => [...Buffer.from(text)]);
    const difference = bytesOf(stateOf(word(a!)) ^ stateOf(word(b!)));
    const tail = difference.map((d) => range(256).find((byte) => isPlain(byte) && isPlain(byte ^ d)));
    if (tail.includes(undefined)) continue;
    const [one, two] = [tail, tail.map((byte, i) => byte! ^ difference[i]!)];
    const textOf = (head: readonly number[], rest: readonly (number | undefined)[]) =>
      `${Buffer.from([...head.slice(1), ...(rest as number[])]).toString('latin1')}z`;
    return [textOf(a!, one), textOf(b!, two)];
  }
  throw new Error('no two texts of one hash');
}

test('values of one hash are told apart', () => {
  for (const place of range(4)) {
    const [one, two] = colliding(place);
    expect(one).not.toBe(two);
    const rules = ruleOf('R', `ka.user.name in ("${one}", x)`, '%ka.user.name');
    const lines = [one, two, two, one].map(event);
    for (const way of ['block', 'texts'] as const)
      expect(matchesOf(rules, lines, way).map((alert) => alert.endsWith(one))).toEqual([true, true]);
  }
});

test('most ordinary events pass unread, and plain alerts are written where events are read', () => {
  const next = createEventGenerator({ averageSize: 1250, alerting: 0.1, seed: 11 });
  const lines = range(4000).map(() => next().message);
  const rules = ruleOf(
    'R',
    'ka.verb = delete and ka.target.resource = pods',
    '%ka.user.name %ka.target.name',
  );
  const rulesets = rulesetsOf(rules, 'first');
  for (const way of ['block', 'texts'] as const) {
    const run = runnerOf(rulesets, way);
    run(lines);
    const { outcome, passed, written } = run(lines);
    expect(outcome.events).toBe(4000);
    expect(written).toBe(outcome.alerts.length);
    expect(passed).toBe(4000);
  }
});
