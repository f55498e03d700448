import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { compactText } from '../../src/json/read.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createDrops } from '../../src/sources/drops.js';
import { createLogBudget } from '../../src/sources/log-budget.js';
import { createUnwrapper, type UnwrapOptions } from '../../src/sources/unwrap.js';

interface Seen {
  readonly events: {
    readonly num: number;
    readonly seconds: number;
    readonly nanos: number;
    readonly text: string;
  }[];
  readonly log: string[];
}

function unwrapAll(payloads: readonly string[], options: Partial<UnwrapOptions> = {}): Seen {
  const seen: Seen = { events: [], log: [] };
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 262144,
    log: (_level, message) => seen.log.push(message),
    ...options,
  });
  for (const payload of payloads) {
    unwrap(toBytes(payload), ({ num, seconds, nanos, document, root }) => {
      seen.events.push({ num, seconds, nanos, text: compactText(document, root) });
    });
  }
  return seen;
}

const TIME = '"stageTimestamp":"2024-05-01T12:00:00.5Z"';
const event = (id: number | string): string => `{"kind":"Event","auditID":"${id}",${TIME}}`;
const ids = (seen: Seen): string[] =>
  seen.events.map(({ text }) => /"auditID":"(.*?)"/.exec(text)?.[1] ?? text);

describe('one event', () => {
  it('has its number, its time and its text as written', () => {
    const seen = unwrapAll([`{ "kind" : "Event", "n": [1.50, {"a" : "\\u00e9 \\/"}], ${TIME} }`, event(2)]);
    expect(seen.log).toEqual([]);
    expect(seen.events[0]).toEqual({
      num: 1,
      seconds: 1714564800,
      nanos: 500_000_000,
      text: `{"kind":"Event","n":[1.50,{"a":"\\u00e9 \\/"}],${TIME}}`,
    });
    expect(seen.events[1]?.num).toBe(2);
  });

  it('goes on from a given number and carries the source’s names and cluster', () => {
    const found: unknown[] = [];
    const options = {
      source: 's',
      plugin: 'p',
      envelope: AUDIT_ENVELOPE,
      maxEventSize: 1000,
      clusterName: 'c',
      num: 41,
      log: () => {},
    };
    createUnwrapper(options)(event(1), ({ source, plugin, num, clusterName }) =>
      found.push([source, plugin, num, clusterName]),
    );
    expect(found).toEqual([['s', 'p', 42, 'c']]);
  });

  it('is known by the decoded text of an escaped kind', () => {
    expect(ids(unwrapAll([event(1).replace('"Event"', '"\\u0045vent"')]))).toEqual(['1']);
  });

  it('reads an escaped time', () => {
    const seen = unwrapAll([event(1).replace('2024-05', '202\\u0034-05')]);
    expect(seen.events[0]?.seconds).toBe(1714564800);
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00.000Z',
    '0001-01-01T02:00:00+02:00',
    '000\\u0031-01-01T00:00:00Z',
  ])('has the time of its arrival where it says that it has none, as in Falco: %s', (time) => {
    const before = Date.now();
    const [seen] = unwrapAll([`{"kind":"Event","auditID":"zero","stageTimestamp":"${time}"}`]).events;
    const found = seen!.seconds * 1000 + seen!.nanos / 1e6;
    expect(found).toBeGreaterThanOrEqual(before);
    expect(found).toBeLessThanOrEqual(Date.now());
  });

  it('has a time before 1970 as it is, as in Falco', () => {
    const times = ['1969-12-31T23:59:59.5Z', '0001-01-01T00:00:00.000000001Z', '0000-12-31T00:00:00Z'];
    const seen = unwrapAll(times.map((time) => `{"kind":"Event","stageTimestamp":"${time}"}`));
    expect(seen.events.map(({ seconds }) => seconds)).toEqual([-1, -62135596800, -62135683200]);
  });

  it('needs neither apiVersion nor auditID', () => {
    expect(unwrapAll([`{"kind":"Event",${TIME}}`]).events).toHaveLength(1);
  });
});

describe('lists and arrays', () => {
  it('takes the items of an EventList, whatever their kind', () => {
    const seen = unwrapAll([`{"kind":"EventList","items":[${event(1)},{"kind":"X","auditID":"2",${TIME}}]}`]);
    expect(ids(seen)).toEqual(['1', '2']);
    expect(seen.log).toEqual([]);
  });

  it('drops bad items alone', () => {
    const seen = unwrapAll([`{"kind":"EventList","items":[5,{},${event(1)},[${event(2)}]]}`]);
    expect(ids(seen)).toEqual(['1']);
    expect(seen.log).toEqual([
      "can't read stageTimestamp",
      "can't read stageTimestamp",
      "can't read stageTimestamp (auditID=2)",
    ]);
  });

  it('takes arrays in arrays, and good elements between bad ones', () => {
    const seen = unwrapAll([`[[${event(1)}],[[]],{"kind":"EventList","items":[${event(2)}]},1,${event(3)}]`]);
    expect(ids(seen)).toEqual(['1', '2', '3']);
    expect(seen.log).toEqual(['data not recognized as a k8s audit event']);
  });

  it('says nothing of empty lists and arrays', () => {
    expect(unwrapAll(['[]', '{"kind":"EventList","items":[]}'])).toEqual({ events: [], log: [] });
  });
});

describe('what is dropped', () => {
  it('is counted by reason, and the line says what can be read of it', () => {
    const drops = createDrops();
    const stamped = `{"auditID":"A","verb":"get","user":{"username":"u"},"stageTimestamp":"soon"}`;
    const seen = unwrapAll(
      [
        `[${event(1)},5,{"kind":"EventList","items":[${stamped},{"auditID":"B"}]}]`,
        '{"kind":"Event","auditID":"C"',
        `{"auditID":"D","a":${'['.repeat(100_000)}`,
        event('x'.repeat(300)),
      ],
      { drops, maxEventSize: 200 },
    );
    expect(ids(seen)).toEqual(['1']);
    expect(drops.counts().dropped).toEqual([
      ['not_an_event', 1],
      ['bad_timestamp', 2],
      ['malformed', 1],
      ['too_deep', 1],
      ['too_large', 1],
    ]);
    expect(seen.log.map((line) => / \((auditID=.*)\)$/.exec(line)?.[1])).toEqual([
      undefined,
      'auditID=A verb=get user=u',
      'auditID=B',
      'auditID=C',
      'auditID=D',
      `auditID=${'x'.repeat(120)}...`,
    ]);
  });

  it('is counted also where a payload holds more of it than is logged', () => {
    const drops = createDrops();
    const seen = unwrapAll([`[${'5,'.repeat(999)}5]`], { drops });
    expect(drops.counts().dropped).toEqual([['not_an_event', 1000]]);
    expect(seen.log).toHaveLength(101);
  });

  it('is hidden by no flood of other faults', () => {
    const lines: string[] = [];
    const { log } = createLogBudget((_level, message) => lines.push(message), { now: () => 0 });
    const deep = '['.repeat(20_000);
    unwrapAll([...Array<string>(2500).fill(deep), event('x'.repeat(300))], { maxEventSize: 200, log });
    expect(lines.join('').length).toBeLessThan(1024 * 1024 + 1000);
    expect(lines.at(-2)).toBe('lines are being left out: too many faults of this kind (too_deep)');
    expect(lines.at(-1)).toContain('event larger than maxEventSize');
  });
});

describe('what is no event', () => {
  it.each([
    ['5', 'data not recognized as a k8s audit event'],
    ['"Event"', 'data not recognized as a k8s audit event'],
    ['{}', 'data not recognized as a k8s audit event'],
    ['{"kind":5}', 'data not recognized as a k8s audit event'],
    ['{"kind":"Pod"}', 'data not recognized as a k8s audit event'],
    ['{"kind":"EventList"}', 'data not recognized as a k8s audit event'],
    ['{"kind":"EventList","items":{}}', 'data not recognized as a k8s audit event'],
    ['{"kind":"Event"}', "can't read stageTimestamp"],
    ['', 'cannot parse JSON: cannot parse empty string; unparsed tail: ""'],
    ['{"a":1} x', 'unexpected tail: "x"'],
    [
      '{"kind":"Event","stageTimestamp":null}',
      'parsing time "" as "2006-01-02T15:04:05.999999999Z07:00": cannot parse "" as "2006"',
    ],
    [
      '{"kind":"Event","stageTimestamp":"é"}',
      'parsing time "\\xc3\\xa9" as "2006-01-02T15:04:05.999999999Z07:00": cannot parse "\\xc3\\xa9" as "2006"',
    ],
  ])('%s', (payload, message) => {
    expect(unwrapAll([payload])).toEqual({ events: [], log: [message] });
  });

  it('is an event of more than maxEventSize bytes, without its blanks', () => {
    const text = event('é');
    const size = Buffer.byteLength(text);
    expect(unwrapAll([text.replaceAll(',', ', ')], { maxEventSize: size }).events).toHaveLength(1);
    expect(unwrapAll([text], { maxEventSize: size - 1 })).toEqual({
      events: [],
      log: [toBytes(`event larger than maxEventSize: size=${size} (auditID=é)`)],
    });
  });

  it('does not count', () => {
    const seen = unwrapAll(['{', '{"kind":"Event"}', event(1)]);
    expect(seen.events.map(({ num }) => num)).toEqual([1]);
  });
});

it('never throws, and logs or emits something for every text', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.tuple(fc.nat(120), fc.string({ maxLength: 3 })).map(([at, junk]) => {
      const list = `[{"kind":"EventList","items":[${event(1)}]}]`;
      return list.slice(0, at) + junk + list.slice(at + junk.length);
    }),
  );
  fc.assert(
    fc.property(text, (payload) => {
      const { events, log } = unwrapAll([payload]);
      const silent = /^[\s[\],]*$/.test(payload) || /"items"\s*:\s*\[\s*\]/.test(payload);
      expect(events.length + log.length > 0 || silent).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('what log shippers send', () => {
  const text = JSON.stringify;
  const shipped = (...payloads: string[]): Seen => unwrapAll(payloads, { shipped: true });

  it.each([
    ['an object in log', `{"log":${event(1)}}`],
    ['its text in log', `{"log":${text(event(1))}}`],
    ['its text in message', `{"message":${text(event(1))}}`],
    ['an object in event, beside a text', `{"message":"x","event":${event(1)}}`],
    ['the text of a list', `{"message":${text(`[${event(1)}]`)}}`],
    ['the log of a record of Azure', `{"records":[{"properties":{"log":${text(event(1))}}}]}`],
  ])('is an event: %s', (_, payload) => {
    expect(ids(shipped(payload))).toEqual(['1']);
    expect(unwrapAll([payload]).events).toEqual([]);
  });

  it('may hold several, one behind the other, wrapped or not', () => {
    const payload = `${event(1)}{"log":${text(event(2))}}\n${event(3)}`;
    expect(shipped(payload)).toMatchObject({ log: [] });
    expect(ids(shipped(payload)).sort()).toEqual(['1', '2', '3']);
  });

  it('comes from all records of Azure that hold one, and the others are said', () => {
    const record = (log: string): string => `{"category":"kube-audit","properties":{"log":${text(log)}}}`;
    const seen = shipped(`{"records":[${record(event(1))},${record('I0501 no event')},${record(event(2))}]}`);
    expect(ids(seen)).toEqual(['1', '2']);
    expect(seen.log).toHaveLength(1);
  });

  it('is wrapped once at most', () => {
    const seen = shipped(`{"log":{"message":${event(1)}}}`, `{"log":${text(`{"log":${event(1)}}`)}}`);
    expect(seen.events).toEqual([]);
    expect(seen.log).toHaveLength(2);
  });

  it('may be broken in one place', () => {
    const list = `{"kind":"EventList","items":[${event(1)},{broken},${event(2)}]}`;
    const seen = shipped(list);
    expect(ids(seen)).toEqual(['1', '2']);
    expect(seen.log).toHaveLength(1);
    expect(unwrapAll([list]).events).toEqual([]);
  });

  it('is given up where hardly anything of it is JSON', () => {
    const seen = shipped(`[${'{x},'.repeat(5000)}${event(1)}]`);
    expect(seen.events).toEqual([]);
    expect(seen.log.at(-1)).toMatch(/^\d+ more faults in the same payload$/);
  });
});
