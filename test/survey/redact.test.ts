import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createEventSources } from '../../src/plugins/event-sources.js';
import { createReading } from '../../src/survey/reading.js';
import { createRedactor } from '../../src/survey/redact.js';

function redactAll(text: string, key = 'key'): readonly string[] {
  const { redact } = createRedactor(key);
  const out: string[] = [];
  const use = (event: Parameters<typeof redact>[0]): void =>
    void out.push(Buffer.from(redact(event), 'latin1').toString());
  const reading = createReading({
    sources: createEventSources(),
    use,
    report: (fault) => expect.fail(fault),
  });
  for (const line of text.trim().split('\n'))
    reading.read({ payload: Buffer.from(line).toString('latin1'), plugin: undefined });
  return out;
}

const event = (more: object): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: 'a',
    stageTimestamp: '2026-08-01T12:00:00Z',
    user: {
      username: 'ali\u00e7e@example.com',
      groups: ['system:authenticated', 'admins'],
      extra: { arn: ['arn:aws:iam::1:role/x'] },
    },
    sourceIPs: ['198.51.100.1', '2001:db8::1'],
    ...more,
  });

describe('redaction', () => {
  const recorded = gunzipSync(
    readFileSync(new URL('../rules/recorded/attacks.jsonl.gz', import.meta.url)),
  ).toString();

  it('leaves no name, address or text of recorded attacks', () => {
    const all = redactAll(recorded).join('\n');
    for (const word of ['mallory', 'trent', 'team-a', 'operator/team', '127.0.0.1', '10.0.0.'])
      if (recorded.includes(word)) expect(all.includes(word), word).toBe(false);
  });

  it('keeps what is the same on every cluster', () => {
    const parsed = redactAll(recorded).map((line) => JSON.parse(line));
    const before = recorded
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const [n, { verb, stage, auditID, stageTimestamp, objectRef, responseStatus }] of before.entries()) {
      expect(parsed[n]).toMatchObject({ verb, stage, auditID, stageTimestamp });
      expect(parsed[n].objectRef?.resource).toBe(objectRef?.resource);
      expect(parsed[n].responseStatus?.code).toBe(responseStatus?.code);
    }
  });

  it('gives equal values equal pseudonyms, under one key', () => {
    const [one, two] = redactAll(`${event({})}\n${event({ verb: 'get' })}`).map((line) => JSON.parse(line));
    expect(one.user).toEqual(two.user);
    expect(one.sourceIPs).toEqual(two.sourceIPs);
    expect(JSON.parse(redactAll(event({}))[0]!).user).toEqual(one.user);
    expect(JSON.parse(redactAll(event({}), 'other')[0]!).user).not.toEqual(one.user);
    expect(one.user.username).toMatch(/^user-[0-9a-f]{10}$/);
    expect(one.user.groups).toEqual(['system:authenticated', expect.stringMatching(/^group-/)]);
    expect(one.sourceIPs).toEqual([expect.stringMatching(/^2[45]\d\./), expect.stringMatching(/^fd00::/)]);
  });

  it.each([
    [
      '/api/v1/namespaces/shop/pods/db-0/exec?command=id&stdin=true',
      /^\/api\/v1\/namespaces\/ns-\w+\/pods\/name-\w+\/exec\?command=text-\w+&stdin=true$/,
    ],
    ['/apis/apps/v1/deployments?limit=500', /^\/apis\/apps\/v1\/deployments\?limit=500$/],
    ['/api/v1/nodes/ip-1/proxy/metrics', /^\/api\/v1\/nodes\/name-\w+\/proxy\/name-\w+$/],
    ['/api/v1/namespaces/kube-system/secrets/x', /^\/api\/v1\/namespaces\/kube-system\/secrets\/name-\w+$/],
    ['/healthz', /^\/healthz$/],
  ])('of a path it keeps the shape: %s', (requestURI, shown) => {
    expect(JSON.parse(redactAll(event({ requestURI }))[0]!).requestURI).toMatch(shown);
  });

  it('finds names in messages, quoted or not', () => {
    const text = redactAll(
      event({
        objectRef: { resource: 'pods', namespace: 'shop', name: 'db-0' },
        responseStatus: {
          message:
            'pods "db-0" is forbidden: User ali\u00e7e@example.com cannot get "" in shop from 10.1.2.3',
        },
      }),
    )[0]!;
    expect(text).not.toMatch(/db-0|shop|10\.1\.2\.3/);
    expect(JSON.parse(text).responseStatus.message).toContain('is forbidden: User');
  });

  it('leaves numbers and spelling of the rest as they were', () => {
    const text =
      '{"kind":"Event","auditID":"a","stageTimestamp":"2026-08-01T12:00:00Z","responseObject":{"x":1.50,"big":12345678901234567890,"data":{"p":"c2VjcmV0"}}}';
    expect(redactAll(text)[0]).toMatch(/"x":1\.50,"big":12345678901234567890,"data":\{"p":"text-\w+"\}/);
  });
});
