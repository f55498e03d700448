import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { k8sauditEks } from '../../../src/plugins/k8saudit-eks/index.js';
import { openCloudWatchSources } from '../../../src/plugins/k8saudit-eks/open.js';
import { readEksSettings } from '../../../src/plugins/k8saudit-eks/settings.js';
import { initPlugin } from '../../../src/plugins/settings.js';
import { type FaultContext, toFault } from '../../../src/sources/cloudwatch/aws/faults.js';
import { createCalls, createCompany } from '../../../src/sources/cloudwatch/calls.js';
import { ClientFault, type FaultKind, type LogEvent } from '../../../src/sources/cloudwatch/client-types.js';
import type { Clock } from '../../../src/sources/cloudwatch/clock.js';
import { identity } from '../../../src/sources/cloudwatch/cursor/seen.js';
import { createLimiter, defaultRate } from '../../../src/sources/cloudwatch/limiter.js';
import { createCounters } from '../../../src/sources/cloudwatch/metrics.js';
import { createAssembler, MOST_PIECES } from '../../../src/sources/cloudwatch/pieces.js';
import { createReporter } from '../../../src/sources/cloudwatch/reporter.js';
import { createServiceClock } from '../../../src/sources/cloudwatch/service-clock.js';
import { parseRange, parseTime } from '../../../src/sources/cloudwatch/times.js';

const NOW = Date.UTC(2026, 7, 2, 12);
const NEVER = new AbortController().signal;

function fakeClock(): Clock & { time: number } {
  return {
    time: NOW,
    now() {
      return this.time;
    },
    elapsed() {
      return this.time;
    },
    async sleep(ms) {
      this.time += ms;
    },
    random: () => 0.5,
  };
}

function logEvent(id: string, message: string, timestamp = NOW, stream = 's'): LogEvent {
  return { id, stream, timestamp, ingestion: timestamp, message };
}

describe('times', () => {
  it.each([
    ['now', NOW],
    ['90s', NOW - 90_000],
    ['2h', NOW - 7_200_000],
    ['1h30m', NOW - 5_400_000],
    ['1.5h', NOW - 5_400_000],
    ['7d', NOW - 604_800_000],
    ['2026-08-01', Date.UTC(2026, 7, 1)],
    ['2026-08-01T10:00', Date.UTC(2026, 7, 1, 10)],
    ['2026-08-01 10:00:05Z', Date.UTC(2026, 7, 1, 10, 0, 5)],
    ['2026-08-01T10:00:00+02:00', Date.UTC(2026, 7, 1, 8)],
    ['yesterday', undefined],
    ['2', undefined],
    ['2026-13-01', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseTime(text, NOW)).toBe(expected);
  });

  it('checks ranges', () => {
    expect(parseRange('2h', 'now', NOW)).toEqual({ from: NOW - 7_200_000, to: NOW });
    expect(parseRange('2h', undefined, NOW)).toEqual({ from: NOW - 7_200_000, to: undefined });
    expect(parseRange(undefined, 'now', NOW)).toEqual({ error: '--to needs --from' });
    expect(parseRange('1h', '2h', NOW)).toEqual({ error: '--from is later than --to' });
    expect(parseRange('1h', '2030-01-01', NOW)).toEqual({ error: '--to lies in the future' });
    expect(parseRange('soon', undefined, NOW)).toMatchObject({
      error: expect.stringMatching(/^--from soon is not a time: use/),
    });
  });
});

describe('settings', () => {
  const initOf = (init: object) => {
    const read = initPlugin(k8sauditEks, JSON.stringify(init));
    if (!read.ok) throw new Error(read.error);
    return read;
  };
  const read = (init: unknown, open: string) => {
    const { settings, faults } = initOf(init === '' ? {} : (init as object));
    return faults.length > 0 ? { ok: false, error: faults[0] } : readEksSettings(settings, open);
  };

  it('has the defaults of the plugin, with shift in seconds', () => {
    expect(read('', 'my-cluster')).toEqual({
      ok: true,
      settings: {
        clusters: [
          {
            cluster: 'my-cluster',
            region: undefined,
            profile: undefined,
            roleArn: undefined,
            externalId: undefined,
          },
        ],
        shift: 1,
        pollingInterval: 5,
        lateness: 120,
        maxEventSize: 4_194_304,
        maxCatchUp: 604_800,
        warnAfterSilence: 600,
        requestsPerSecond: undefined,
        checkpoint: undefined,
        from: undefined,
        to: undefined,
      },
    });
    expect(
      read({ shift: 10, polling_interval: 0, maxEventSize: 5, use_async: false, buffer_size: 500 }, 'c'),
    ).toMatchObject({
      settings: { shift: 10, pollingInterval: 5, maxEventSize: 5 },
    });
  });

  it('takes several clusters, each with settings of its own', () => {
    const list =
      '["a", {"cluster": "b", "region": "eu-west-1", "roleArn": "arn:aws:iam::1:role/r", "external_id": "x"}]';
    expect(read({ region: 'us-east-1', profile: 'p' }, list)).toMatchObject({
      settings: {
        clusters: [
          { cluster: 'a', region: 'us-east-1', profile: 'p', roleArn: undefined },
          {
            cluster: 'b',
            region: 'eu-west-1',
            profile: 'p',
            roleArn: 'arn:aws:iam::1:role/r',
            externalId: 'x',
          },
        ],
      },
    });
    const inYaml = { clusters: ['b', { cluster: 'c', region: 'eu-west-1' }], region: 'us-east-1' };
    expect(read(inYaml, 'a')).toMatchObject({
      settings: {
        clusters: [
          { cluster: 'a' },
          { cluster: 'b', region: 'us-east-1' },
          { cluster: 'c', region: 'eu-west-1' },
        ],
      },
    });
    expect(read(inYaml, '')).toMatchObject({ settings: { clusters: [{ cluster: 'b' }, { cluster: 'c' }] } });
    expect(read('', 'a, b')).toMatchObject({ settings: { clusters: [{ cluster: 'a' }, { cluster: 'b' }] } });
  });

  it.each([
    ['', '', "cluster name can't be empty"],
    ['', '["a", {"region": "x"}]', "cluster name can't be empty"],
    ['', '[{"cluster": "a", "regoin": "x"}]', 'a cluster in open_params has no setting regoin'],
    ['', '[', 'open_params of k8saudit-eks is neither a cluster name nor a list of clusters'],
    ['', '[1]', 'a cluster in open_params must be a name or a mapping'],
    [{ clusters: [[]] }, '', 'a cluster in clusters must be a name or a mapping'],
    [{ clusters: [] }, '', "cluster name can't be empty"],
    [{ lateness: -1 }, 'c', 'init_config of k8saudit-eks: lateness must be a number of at least 0, not -1'],
    [{ role_arn: [] }, 'c', 'init_config of k8saudit-eks: role_arn must be a text'],
    ['', '[{"cluster": "a", "region": []}]', 'region must be a text'],
    [{ checkpoint: 's3://bucket' }, 'c', 'checkpoint must be a file or s3://bucket/key, not s3://bucket'],
  ])('%j %s', (init, open, error) => {
    expect(read(init, open)).toEqual({ ok: false, error });
  });

  it('opens a source for each cluster', () => {
    const sources = openCloudWatchSources({
      init: initOf({ region: 'us-east-1' }).settings,
      openParams: 'a,b',
      env: {},
      log: () => {},
    });
    expect(sources.map(({ clusterName }) => clusterName)).toEqual(['a', 'b']);
    const twice = { init: initOf({ region: 'us-east-1' }).settings, env: {}, log: () => {} };
    expect(() => openCloudWatchSources({ ...twice, openParams: 'a,b,a' })).toThrow(
      'open_params lists a cluster twice: us-east-1.a',
    );
    const roles = ['1', '2'].map((account) => ({ cluster: 'a', role_arn: `arn:aws:iam::${account}:role/r` }));
    expect(openCloudWatchSources({ ...twice, openParams: JSON.stringify(roles) })).toHaveLength(2);
    const wrong = { init: initOf({ from: 'soon' }).settings, openParams: 'a', env: {}, log: () => {} };
    expect(() => openCloudWatchSources(wrong)).toThrow(/^--from soon is not a time/);
  });
});

describe('faults', () => {
  const context: FaultContext = {
    group: '/aws/eks/c/cluster',
    cluster: 'c',
    region: 'us-east-1',
    profile: undefined,
    roleArn: undefined,
    credentials: 'chain',
    ambientRole: undefined,
    endpoint: undefined,
  };
  const failing = (name: string, message = '', status = 400, extra = {}) =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, ...extra });

  it.each([
    [
      failing('ThrottlingException', 'Rate exceeded'),
      'throttled',
      /^CloudWatch Logs throttles our calls in region us-east-1/,
    ],
    [
      failing('InvalidParameterException', 'The specified nextToken is invalid.'),
      'token',
      /reading the window again/,
    ],
    [failing('ServiceUnavailableException', 'x', 503), 'transient', /answered with error 503/],
    [failing('ExpiredTokenException', 'x'), 'transient', /asking for new ones/],
    [failing('RequestTimeTooSkewed', 'x'), 'transient', /the clock are out of date/],
    [
      failing('ResourceNotFoundException'),
      'configuration',
      /^log group \/aws\/eks\/c\/cluster does not exist in region us-east-1/,
    ],
    [
      failing(
        'AccessDeniedException',
        'User: arn:aws:iam::1:user/x is not authorized to perform: logs:FilterLogEvents on resource: y',
      ),
      'configuration',
      /^access denied for arn:aws:iam::1:user\/x: allow the IAM action logs:FilterLogEvents on arn:aws:logs:us-east-1:\*:log-group:\/aws\/eks\/c\/cluster:\*$/,
    ],
    [failing('UnrecognizedClientException'), 'configuration', /^AWS does not know these credentials/],
    [
      failing('CredentialsProviderError', 'Could not load', 0),
      'configuration',
      /^no AWS credentials: set AWS_ACCESS_KEY_ID/,
    ],
    [failing('Error', 'Region is missing', 0), 'configuration', /^no AWS region: set region in init_config/],
    [
      failing('Error', 'connect', 0, { code: 'ECONNREFUSED' }),
      'transient',
      /^cannot reach https:\/\/logs.us-east-1.amazonaws.com: connection refused/,
    ],
    [
      failing('AggregateError', '', 0, { errors: [{ code: 'ECONNREFUSED' }] }),
      'transient',
      /connection refused/,
    ],
    [failing('TimeoutError', 'x', 0), 'transient', /^cannot reach/],
    [
      failing('SyntaxError', 'Unexpected token', 200),
      'transient',
      /^CloudWatch Logs in region us-east-1 answered with SyntaxError: Unexpected token; trying again$/,
    ],
  ])('%s', (error, kind, text) => {
    const fault = toFault(error, context);
    expect(fault.kind).toBe(kind);
    expect(fault.message).toMatch(text);
  });

  it('asks nobody for new keys where they stand in the environment', () => {
    const keys: FaultContext = { ...context, credentials: 'keys' };
    expect(toFault(failing('ExpiredTokenException', 'x'), keys)).toMatchObject({
      kind: 'configuration',
      message: expect.stringMatching(
        /^the AWS keys in the environment have expired \(ExpiredTokenException\): /,
      ),
    });
    expect(toFault(failing('RequestTimeTooSkewed', 'x'), keys)).toMatchObject({ kind: 'transient' });
  });

  it('tells a wrong region from a name service that is down', () => {
    const lost = failing('Error', 'x', 0, { code: 'ENOTFOUND' });
    for (const region of ['us-esat-1', 'us-east', 'frankfurt']) {
      expect(toFault(lost, { ...context, region })).toMatchObject({ kind: 'configuration' });
    }
    for (const region of [
      'us-gov-west-1',
      'ap-northeast-3',
      'eu-central-2',
      'us-isob-east-1',
      'eusc-de-east-1',
      'af-south-1',
    ]) {
      expect(toFault(lost, { ...context, region })).toMatchObject({ kind: 'transient' });
    }
    expect(toFault(lost, context)).toMatchObject({ kind: 'transient' });
  });

  it('prints no secret', () => {
    const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
    const error = failing(
      'StrangeException',
      `for AKIAIOSFODNN7EXAMPLE and ${secret}\nx-amz-security-token:${secret}`,
    );
    const { message } = toFault(error, { ...context, endpoint: 'http://user:pass@host:1' });
    expect(message).not.toContain(secret);
    expect(message).not.toContain('AKIA');
    const refused = failing('Error', 'x', 0, { code: 'ECONNREFUSED' });
    expect(toFault(refused, { ...context, endpoint: 'http://user:pass@host:1' }).message).not.toContain(
      'pass',
    );
  });
});

describe('pieces', () => {
  it('joins an event however it is cut, also where the end comes first', () => {
    const object = {
      kind: 'Event',
      auditID: 'a',
      list: [{ b: '{"x":1}' }, [1, { c: '}' }]],
      text: 'é'.repeat(5),
    };
    const text = JSON.stringify(object);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (cuts, backwards) => {
          const at = [0, ...[...cuts].sort((a, b) => a - b), text.length];
          const pieces = at
            .slice(1)
            .map((end, i) => ({ event: logEvent(`${i + 10}`, text.slice(at[i], end)), id: i }));
          // Of more than two pieces the middle ones come before the last.
          if (backwards && pieces.length === 2) pieces.reverse();
          const assembler = createAssembler();
          const taken = pieces.map((piece) => assembler.take(piece));
          expect(taken.slice(0, -1).every(({ kind }) => kind === 'held')).toBe(true);
          expect(taken.at(-1)).toMatchObject({ kind: 'whole', text });
          expect(assembler.oldest()).toBeUndefined();
        },
      ),
    );
  });

  it('keeps streams apart, and gives up what never fits', () => {
    const assembler = createAssembler({ maxHeld: 1000 });
    expect(assembler.take({ event: logEvent('1', '{"kind":"Event","a":', NOW, 's1'), id: 1 }).kind).toBe(
      'held',
    );
    expect(assembler.take({ event: logEvent('2', '1}', NOW + 5, 's2'), id: 2 }).kind).toBe('held');
    expect(assembler.oldest()).toBe(NOW);
    expect(assembler.giveUp(NOW + 1).map(({ piece }) => piece.id)).toEqual([1]);
    expect(assembler.take({ event: logEvent('3', 'x'.repeat(400), NOW + 9, 's2'), id: 3 }).kind).toBe('held');
    expect(assembler.giveUp(0)).toMatchObject([{ piece: { id: 2 }, why: 'large' }]);
  });
});

it('finds the middle one that comes last, and an event behind one that never ends', () => {
  const assembler = createAssembler();
  const take = (id: number, message: string) =>
    assembler.take({ event: logEvent(String(id), message, NOW + id), id }).kind;
  expect(take(1, '{"kind":"Event","a":[{"b":"}')).toBe('held');
  expect(take(3, '"],"c":2}')).toBe('held');
  expect(take(2, '"},"\\"{')).toBe('whole');
  expect(take(4, '{"x":{"kind":')).toBe('held');
  expect(take(5, '{"y":1,"kind":"Event"')).toBe('held');
  expect(take(6, ',"z":2}')).toBe('whole');
  expect(assembler.held()).toBe(1);
});

it.each([
  ['starts', () => '{"a":'],
  ['starts of events', () => '{"kind":"Event","a":'],
  ['ends', () => '"a":1}'],
  ['objects that are no events', (i: number) => (i % 2 === 0 ? '{"a":' : '1}')],
  ['brackets', () => '{'.repeat(1000)],
])('reads pieces that never join once: %s', (_, message) => {
  const assembler = createAssembler();
  let given = 0;
  for (let i = 0; i < 3000; i++) {
    assembler.take({ event: logEvent(String(i), message(i), NOW + i), id: i });
    const gone = assembler.giveUp(0);
    expect(gone.every(({ why }) => why === 'many')).toBe(true);
    given += gone.length;
    expect(assembler.held()).toBeLessThanOrEqual(MOST_PIECES);
  }
  expect(given + assembler.held()).toBe(3000);
});

describe('limiter', () => {
  it('keeps to its rate, and slows down when throttled', async () => {
    const clock = fakeClock();
    const limiter = createLimiter(5, clock);
    for (let i = 0; i < 52; i++) await limiter.turn(NEVER);
    expect(clock.time - NOW).toBe(10_000);
    limiter.throttled();
    expect(limiter.rate()).toBe(2.5);
    for (let i = 0; i < 100; i++) limiter.throttled();
    expect(limiter.rate()).toBe(0.25);
    for (let i = 0; i < 100; i++) limiter.succeeded();
    expect(limiter.rate()).toBe(5);
  });

  it('takes half of the quota', () => {
    expect([
      defaultRate('us-east-1'),
      defaultRate('eu-central-1'),
      defaultRate('eu-west-1'),
      defaultRate(undefined),
    ]).toEqual([12.5, 2.5, 5, 5]);
  });
});

describe('calls', () => {
  it('are tried again soon after a fault, and never later than some seconds', async () => {
    const clock = fakeClock();
    let left = 30;
    const times: number[] = [];
    const call = callsOf(clock, () => {
      times.push(clock.time);
      return left-- > 0 ? 'transient' : undefined;
    });
    while ((await call({ startTime: 0 }, NEVER)) === 'failed');
    const pauses = times.slice(1).map((time, i) => time - times[i]!);
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
    expect(pauses.at(-1)).toBeGreaterThan(2000);
  });

  it('end for who has no more patience when nothing has answered for so long, whatever came before', async () => {
    const clock = fakeClock();
    let fault: FaultKind | undefined;
    const call = callsOf(clock, () => fault, 120_000);
    expect(await call({ startTime: 0 }, NEVER)).toEqual({ events: [] });
    // The time in which nobody asked does not count, nor that in which it was told to wait.
    clock.time += 600_000;
    fault = 'throttled';
    for (let n = 0; n < 20; n++) expect(await call({ startTime: 0 }, NEVER)).toBe('failed');
    const begin = clock.time;
    fault = 'transient';
    const asking = async (): Promise<void> => {
      while ((await call({ startTime: 0 }, NEVER)) === 'failed');
    };
    await expect(asking()).rejects.toThrow(/^broken; no answer for 12\d s$/);
    expect(clock.time - begin).toBeLessThan(180_000);
  });
});

function callsOf(
  clock: ReturnType<typeof fakeClock>,
  faultOf: () => FaultKind | undefined,
  patience?: number,
) {
  return createCalls({
    client: {
      describe: async () => ({ group: 'g', region: undefined, caller: undefined }),
      async read() {
        const kind = faultOf();
        if (kind !== undefined) throw new ClientFault(kind, 'broken; trying again');
        return { events: [] };
      },
      close: () => {},
    },
    limiter: createLimiter(1000, clock),
    clock,
    counters: createCounters(0, undefined),
    reporter: createReporter(() => {}, 'c', clock),
    place: 'c',
    company: createCompany(1),
    maxTries: undefined,
    patience,
  });
}

describe('reporter', () => {
  it('tells of a fault once a minute, and of its end', () => {
    const clock = fakeClock();
    const lines: string[] = [];
    const reporter = createReporter((level, line) => lines.push(`${level} ${line}`), 'c', clock);
    for (let i = 0; i < 130; i++) {
      reporter.fault(new ClientFault('throttled', 'slow'));
      clock.time += 1000;
    }
    reporter.recovered();
    reporter.recovered();
    expect(lines).toEqual([
      'warning c: slow',
      'warning c: slow (60 calls failed since the last such line)',
      'warning c: slow (60 calls failed since the last such line)',
      'info c: reading again after 130 s of trouble',
    ]);
  });

  it('tells of a checkpoint that cannot be written once a minute, and of its end', () => {
    const clock = fakeClock();
    const lines: string[] = [];
    const reporter = createReporter((level, line) => lines.push(`${level} ${line}`), 'c', clock);
    reporter.saved();
    for (let i = 0; i < 90; i++) {
      reporter.unsaved('cannot write checkpoint /p: ENOSPC');
      clock.time += 1000;
    }
    reporter.saved();
    reporter.saved();
    const line =
      'error c: cannot write checkpoint /p: ENOSPC; alerts go on, and would come again after a crash';
    expect(lines).toEqual([line, line, 'info c: the checkpoint is written again after 90 s']);
  });

  it('tells of damaged events, above twenty a minute only their number', () => {
    const clock = fakeClock();
    const lines: string[] = [];
    const reporter = createReporter((_, line) => lines.push(line), 'c', clock);
    for (let i = 0; i < 25; i++) reporter.damaged(`n${i}`);
    clock.time += 60_000;
    reporter.damaged('later');
    expect(lines.slice(19)).toEqual(['c: n19', 'c: 5 more such lines', 'c: later']);
  });
});

describe('service clock', () => {
  const page = (serverTime: number | undefined) => ({ events: [], serverTime });

  it('goes by what the service says where that differs, and is not moved by this machine’s clock', () => {
    let local = NOW;
    let elapsed = 0;
    const service = createServiceClock({ ...fakeClock(), now: () => local, elapsed: () => elapsed });
    expect(service.now()).toBe(NOW);
    expect(service.note(page(NOW + 1000))).toBe(true);
    expect(service.now()).toBe(NOW);
    local += 3_600_000;
    elapsed += 5000;
    expect(service.now()).toBe(NOW + 5000);
    expect(service.note(page(NOW - 600_000))).toBe(true);
    expect(service.now()).toBe(NOW - 599_500);
    expect(service.note(page(undefined))).toBe(true);
    expect(service.now()).toBe(NOW - 599_500);
  });

  it('goes forward only where a second answer agrees', () => {
    let elapsed = 0;
    const service = createServiceClock({ ...fakeClock(), elapsed: () => elapsed });
    expect(service.note(page(NOW + 600_000))).toBe(false);
    expect(service.now()).toBe(NOW);
    expect(service.note(page(NOW))).toBe(true);
    expect(service.note(page(NOW + 600_000))).toBe(false);
    elapsed += 1000;
    expect(service.note(page(NOW + 601_000))).toBe(true);
    expect(service.now()).toBe(NOW + 601_500);
  });
});

describe('identity', () => {
  it('differs by id, stream, time, and by text where there is no id', () => {
    const events = [
      logEvent('1', 'm'),
      logEvent('2', 'm'),
      logEvent('1', 'm', NOW + 1),
      logEvent('1', 'm', NOW, 't'),
      { ...logEvent('', 'm'), id: undefined },
      { ...logEvent('', 'n'), id: undefined },
    ];
    expect(new Set(events.map((event) => identity(event, 7))).size).toBe(events.length);
    const many = new Set<number>();
    for (let i = 0; i < 200_000; i++) many.add(identity(logEvent(String(i).padStart(56, '0'), 'm'), 7));
    expect(many.size).toBe(200_000);
    expect([...many].every(Number.isSafeInteger)).toBe(true);
  });
});
