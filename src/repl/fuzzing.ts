// The command fuzz: picks events to start from, tries changes, and shows which small ones turn the rule's verdict.

import { type Flip, fuzz } from '../authoring/fuzz/fuzz.js';
import { missesOf } from '../authoring/nearness.js';
import type { ByteString } from '../bytes.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { printable } from '../printable.js';
import { referred } from './ask.js';
import { flipLine } from './flips.js';
import { type ReplState, ruleNamed } from './state.js';
import { plural, splitReference, unquoted } from './words.js';

const LIMIT = 12_000;
const BASES = 2;
const DONORS = 300;
const SAMPLED = 5000;
const SHOWN_EACH = 6;
const ORDER = { value: 0, absent: 1, shape: 2 } as const;

/** `fuzz [all] [seed N] [#N] [RULE]` */
export function runFuzz(state: ReplState, argument: ByteString): ByteString {
  const options = /^(all(?:[ \t]+|$))?(?:seed[ \t]+(\d+)(?:[ \t]+|$))?/.exec(argument)!;
  const reference = splitReference(argument.slice(options[0].length), -1);
  const name = unquoted(reference.rest);
  const rule = name === '' ? state.last : ruleNamed(state, name);
  if (rule === undefined)
    return name === ''
      ? 'type a condition first, or name a rule: fuzz [#EVENT] [RULE]'
      : `no enabled rule is called "${name}"`;
  const named = reference.index === -1 ? undefined : referred(state, reference);
  if (typeof named === 'string') return named;
  const { source } = rule.info;
  if (named !== undefined && named.source !== source)
    return `event #${named.num} is of ${named.source}, and the rule is for ${source}`;
  const random = randomOf(Number(options[2] ?? 1));
  const bases = named === undefined ? pickBases(state, rule, random) : [named];
  if (bases.length === 0) return 'no event matches the rule or misses it by two checks; load some that do';
  const donors = sample(state.events.of(source), DONORS, random);
  const { flips, variants } = fuzz(state.workspace, rule, { bases, donors, limit: LIMIT });
  state.last = rule;
  state.flips = arrange(flips, options[1] === undefined ? SHOWN_EACH : Number.POSITIVE_INFINITY);
  const head = `${plural(variants, 'variant')} of ${bases.map(({ num }) => `#${num}`).join(', ')}; ${plural(flips.length, 'change')} ${flips.length === 1 ? 'turns' : 'turn'} the verdict`;
  if (flips.length === 0) return head;
  return [
    head,
    ...section(state, 'No alert any more: can somebody do the same and slip by?', false),
    ...section(state, 'An alert now: is that what the rule means?', true),
    state.flips.length < flips.length
      ? `and ${flips.length - state.flips.length} more of the kind: fuzz all`
      : '',
    'show fN, why fN; keep one as a test: test [yes|no] fN NAME',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Events that match, and events that nearly do: the fewer checks, the more a small change tells. */
function pickBases({ events }: ReplState, rule: LoadedRule, random: () => number): readonly Event[] {
  const misses = missesOf(rule);
  const byMisses: [Event[], Event[], Event[]] = [[], [], []];
  for (const event of sample(events.of(rule.info.source), SAMPLED, random)) {
    const checks = misses(event, 2);
    if (checks !== undefined) byMisses[checks.length]?.push(event);
  }
  const [matching, ...near] = byMisses;
  return [...matching.slice(0, BASES), ...near.flat().slice(0, BASES)];
}

function sample(events: readonly Event[], most: number, random: () => number): readonly Event[] {
  if (events.length <= most) return events;
  const start = Math.floor(random() * events.length);
  const stride = events.length / most;
  return Array.from(
    { length: most },
    (_, index) => events[Math.floor(start + index * stride) % events.length]!,
  );
}

// Mulberry32: the same seed, the same choice.
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** By direction and check; of each what is likeliest first, one of a kind, and no more than so many. */
function arrange(flips: readonly Flip[], most: number): readonly Flip[] {
  const groups = new Map<string, Map<string, Flip>>();
  for (const flip of flips) {
    const key = `${flip.matches} ${flip.check}`;
    const group = groups.get(key) ?? new Map<string, Flip>();
    groups.set(key, group);
    // Another event tells no more.
    const kind = `${flip.label} ${flip.pointer.replace(/\d+/g, '0')}`;
    if (!group.has(kind)) group.set(kind, flip);
  }
  const arranged = [...groups.values()].flatMap((group) => {
    const sorted = [...group.values()].sort(byTelling);
    return mixed(most === Number.POSITIVE_INFINITY ? sorted : withoutObvious(sorted)).slice(0, most);
  });
  return [...arranged.filter((flip) => !flip.matches), ...arranged.filter((flip) => flip.matches)];
}

const depth = ({ pointer }: Flip): number => pointer.split('/').length;

const OTHER_TEXTS = [
  'first letter',
  'suffix',
  'blank behind',
  'prefix',
  'cut short',
  'a slash behind',
  'percent-encoded',
];

/** Words that API servers choose, not those who send requests: they never come in another spelling. */
const SERVED =
  /^\/(?:verb|stage|level|kind|apiVersion|objectRef\/(?:resource|subresource|apiGroup|apiVersion)|responseStatus\/(?:status|reason|code))$/;
const SPELLINGS = new Set([
  ...OTHER_TEXTS,
  'other case',
  'empty',
  'starts as in the rule',
  'ends as in the rule',
  'more than in the rule',
]);

const isUnserved = ({ pointer, label, plausibility }: Flip): boolean =>
  SERVED.test(pointer) && (SPELLINGS.has(label) || plausibility === 'shape');

/** What API servers can write first; then what somebody can bring about; then what is about this check and no other, and this value and no other. */
const byTelling = (a: Flip, b: Flip): number =>
  Number(isUnserved(a)) - Number(isUnserved(b)) ||
  ORDER[a.plausibility] - ORDER[b.plausibility] ||
  a.readers - b.readers ||
  depth(b) - depth(a);

const OBVIOUS = new Set([
  ...OTHER_TEXTS,
  ...['empty', 'starts as in the rule', 'ends as in the rule', 'more than in the rule'],
]);

/** Where any other text turns the check, as it does where a value is compared as a whole, one of them tells it. */
function withoutObvious(flips: readonly Flip[]): readonly Flip[] {
  const others = new Set(flips.filter(({ label }) => OTHER_TEXTS.includes(label)).map(({ label }) => label));
  if (others.size < OTHER_TEXTS.length - 1) return flips;
  return flips.filter(({ label }) => label === 'suffix' || !OBVIOUS.has(label));
}

// One of each label before the second of any.
function mixed(flips: readonly Flip[]): readonly Flip[] {
  const seen = new Set<string>();
  const first = flips.filter(({ label }) => !seen.has(label) && seen.add(label));
  return [...first, ...flips.filter((flip) => !first.includes(flip))];
}

function section(state: ReplState, title: string, direction: boolean): readonly ByteString[] {
  const lines: ByteString[] = [];
  let check: ByteString | undefined;
  for (const [index, flip] of state.flips.entries()) {
    if (flip.matches !== direction) continue;
    if (flip.check !== check) lines.push(`  ${printable(flip.check)}`);
    check = flip.check;
    lines.push(`    ${flipLine(state, index)}`);
  }
  return lines.length === 0 ? [] : [title, ...lines];
}
