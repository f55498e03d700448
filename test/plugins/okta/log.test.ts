import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { okta } from '../../../src/plugins/okta/index.js';
import { type Answer, type FakeService, fakeService } from '../fake-service.js';
import { openPlugin, take } from '../open-plugin.js';

let service: FakeService;
afterEach(() => service.stop());

const entry = (uuid: string) => ({ uuid, published: '2026-03-01T10:00:00.000Z', eventType: 'x' });
const uuids = (payloads: readonly string[]) =>
  payloads.map((text) => (JSON.parse(text) as { uuid: string }).uuid);
const next = (url: string, after: string) => ({ link: `<${url}/api/v1/logs?after=${after}>; rel="next"` });

/** Answers by the cursor of the request; the first one has none. */
async function serve(pages: Readonly<Record<string, (url: string, times: number) => Answer>>): Promise<void> {
  const times = new Map<string, number>();
  service = await fakeService(({ path }, url) => {
    const cursor = new URL(path, url).searchParams.get('after') ?? '';
    times.set(cursor, (times.get(cursor) ?? 0) + 1);
    return pages[cursor]?.(url, times.get(cursor)!) ?? { status: 404 };
  });
}

const open = (more: object = {}) =>
  openPlugin(okta, '', {
    organization: 'acme',
    url: service.url,
    api_token: 'hush',
    refresh_interval: 0,
    ...more,
  });

describe('the System Log', () => {
  it("is followed by Okta's own cursor", async () => {
    await serve({
      '': (url) => ({ body: [entry('a'), entry('b')], headers: next(url, '1') }),
      1: (url) => ({ body: [], headers: next(url, '2') }),
      2: (url) => ({ body: [entry('c')], headers: next(url, '3') }),
    });
    const { sources } = await open();
    expect(uuids(await take(sources[0]!, 3))).toEqual(['a', 'b', 'c']);
    expect(service.asked.map(({ path }) => path.replace(/since=.*/, 'since='))).toEqual([
      '/api/v1/logs?limit=1000&sortOrder=ASCENDING&since=',
      '/api/v1/logs?after=1',
      '/api/v1/logs?after=2',
    ]);
    expect(service.asked[0]!.headers.authorization).toBe('SSWS hush');
  });

  it('counts what it reads, and what failed, for each organization', async () => {
    await serve({
      '': (url) => ({ body: [entry('a'), entry('b')], headers: next(url, '1') }),
      1: (url, times) =>
        times === 1 ? { status: 500 } : { body: [entry('b'), entry('c')], headers: next(url, '2') },
    });
    const { sources } = await open();
    await take(sources[0]!, 3);
    const series = sources[0]!.series!().map(({ name, labels, value }) => [name, labels, value]);
    const labels = { organization: 'acme' };
    expect(series).toEqual([
      ['tsfalco_okta_entries_total', labels, 3],
      ['tsfalco_okta_repeats_total', labels, 1],
      ['tsfalco_okta_calls_total', labels, 3],
      ['tsfalco_okta_faults_total', labels, 1],
    ]);
  });

  it('goes on from where its alerts had left, after a crash', async () => {
    const checkpoint = join(await mkdtemp(join(tmpdir(), 'okta-')), 'place');
    await serve({
      '': (url) => ({ body: [entry('a')], headers: next(url, '1') }),
      1: (url) => ({ body: [entry('b')], headers: next(url, '2') }),
    });
    const first = await open({ checkpoint });
    expect(uuids(await take(first.sources[0]!, 1))).toEqual(['a']);
    const crashed = await open({ checkpoint });
    expect(uuids(await take(crashed.sources[0]!, 1, false))).toEqual(['b']);
    const again = await open({ checkpoint });
    expect(uuids(await take(again.sources[0]!, 1))).toEqual(['b']);
  });

  it('that does not know the place any more is read on by time, without what was seen', async () => {
    await serve({
      '': (url, times) =>
        times === 1
          ? { body: [entry('a')], headers: next(url, 'gone') }
          : { body: [entry('a'), entry('b')], headers: next(url, '1') },
      gone: () => ({ status: 400 }),
    });
    const { sources, logged } = await open();
    expect(uuids(await take(sources[0]!, 2))).toEqual(['a', 'b']);
    expect(service.asked.at(-1)!.path).toContain('since=2026-03-01T09%3A55%3A00.000Z');
    expect(logged).toContain(
      'warning okta acme: Okta does not know the place any more; going on a little before it',
    );
  });

  it.each<[string, Answer, string]>([
    ['too many calls', { status: 429, headers: { 'x-rate-limit-reset': '0' } }, 'too many calls (429)'],
    ['an answer that is no JSON', { body: '<html>' }, 'the answer cannot be read: '],
    ['an answer that is no list', { body: {} }, 'the answer is no list of entries'],
    ['trouble', { status: 500 }, 'the service is in trouble (500)'],
  ])('survives %s', async (_, answer, text) => {
    await serve({
      '': (url, times) => (times === 1 ? answer : { body: [entry('a')], headers: next(url, '1') }),
    });
    const { sources, logged } = await open();
    expect(uuids(await take(sources[0]!, 1))).toEqual(['a']);
    expect(logged).toEqual([expect.stringContaining(`warning okta acme: ${text}`)]);
  });

  it.each([
    [401, 'okta acme: the credentials are refused: the token is wrong, expired or revoked (401)'],
    [
      403,
      'okta acme: the credentials may not read the System Log: an administrator role or the scope okta.logs.read is needed (403)',
    ],
  ])('ends the start with one line at %s', async (status, text) => {
    await serve({ '': () => ({ status }) });
    const { sources } = await open();
    await expect(take(sources[0]!, 1)).rejects.toThrow(text);
  });

  it('sends its credentials nowhere else', async () => {
    await serve({
      '': () => ({ body: [entry('a')], headers: { link: '<http://127.0.0.1:1/x>; rel="next"' } }),
    });
    const { sources, logged } = await open();
    await take(sources[0]!, 1);
    expect(service.asked.length).toBe(1);
    expect(logged.join()).not.toContain('hush');
  });
});

describe('a client of OAuth', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** Whether the request for a token is signed by the client, for this address. */
  function isSigned(body: string, url: string): boolean {
    const form = new URLSearchParams(body);
    const [head, claims, signature] = (form.get('client_assertion') ?? '').split('.');
    const { iss, sub, aud, exp, iat } = JSON.parse(Buffer.from(claims!, 'base64url').toString());
    return (
      form.get('grant_type') === 'client_credentials' &&
      form.get('scope') === 'okta.logs.read' &&
      JSON.parse(Buffer.from(head!, 'base64url').toString()).kid === 'k1' &&
      [iss, sub, aud, exp - iat].join() === `app,app,${url}/oauth2/v1/token,300` &&
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature!, 'base64url'))
    );
  }

  async function serveTokens(log: (authorization: string, url: string) => Answer, refused?: Answer) {
    let tokens = 0;
    service = await fakeService(({ path, body, headers }, url) => {
      if (!path.startsWith('/oauth2/')) return log(String(headers.authorization), url);
      if (refused !== undefined) return refused;
      if (!isSigned(body, url)) return { status: 400, body: { error: 'invalid_client' } };
      return { body: { access_token: `t${++tokens}`, expires_in: 3600 } };
    });
    const file = join(await mkdtemp(join(tmpdir(), 'okta-')), 'key.pem');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return open({ api_token: '', client_id: 'app', private_key_file: file, key_id: 'k1' });
  }

  it('signs for a token, and takes another one when it was taken back', async () => {
    const { sources } = await serveTokens((authorization, url) => {
      const page = { a: ['Bearer t1', '1'], b: ['Bearer t2', '2'] } as const;
      const found = Object.entries(page).find(([, [token]]) => token === authorization);
      const seen = service.asked.filter(({ headers }) => headers.authorization === authorization).length;
      if (found === undefined || seen > 1) return { status: 401 };
      return { body: [entry(found[0])], headers: next(url, found[1][1]) };
    });
    expect(uuids(await take(sources[0]!, 2))).toEqual(['a', 'b']);
  });

  it.each([
    [{ status: 400, body: { error: 'invalid_client' } }, 'no access token is given (400: invalid_client)'],
    [
      { status: 400, body: { error: 'invalid_dpop_proof' } },
      'no access token is given (400: invalid_dpop_proof); switch "Require DPoP" off for this client, at Okta',
    ],
    [{ status: 403, body: 'x' }, 'no access token is given (403)'],
  ])('that gets none ends the start with one line: %j', async (refused, text) => {
    const { sources } = await serveTokens(() => ({}), refused);
    await expect(take(sources[0]!, 1)).rejects.toThrow(`okta acme: ${text}`);
  });
});

describe('several organizations', () => {
  it('are read side by side, and name themselves in events', async () => {
    await serve({ '': (url) => ({ body: [entry('a')], headers: next(url, '1') }) });
    const { sources } = await open({
      organizations: [{ organization: 'two', url: service.url, api_token: 'x' }],
    });
    expect(sources.map(({ labels }) => labels)).toEqual([{ organization: 'acme' }, { organization: 'two' }]);
    for (const source of sources) expect(uuids(await take(source, 1))).toEqual(['a']);
  });

  it.each([
    [{}, 'okta: organization is empty, so that there is no host to ask'],
    [{ organization: 'acme' }, 'okta: acme has neither api_token nor client_id'],
  ])('%j does not open', async (config, text) => {
    await serve({});
    await expect(openPlugin(okta, '', config)).rejects.toThrow(text);
  });
});
