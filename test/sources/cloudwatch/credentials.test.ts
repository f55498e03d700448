import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogClient } from '../../../src/sources/cloudwatch/aws/client.js';
import type { ClientFault } from '../../../src/sources/cloudwatch/client-types.js';
import {
  type Answer,
  type Asked,
  agentCredentials,
  logsFault,
  roleCredentials,
  roleFault,
  type StandIn,
  startStandIn,
} from './aws-stand-in.js';

const NEVER = new AbortController().signal;
const NO_EVENTS: Answer = { body: { events: [] } };
const ROLE = 'arn:aws:iam::111122223333:role/reader';

let folder: string;
let aws: StandIn | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-credentials-'));
  // Nothing of who runs the test: no profile, no instance.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws?.close();
  aws = undefined;
  rmSync(folder, { recursive: true });
});

async function start(answering: (asked: Asked, count: number) => Answer): Promise<StandIn> {
  aws = await startStandIn(answering);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  return aws;
}

function setEnv(values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

function writeFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function open(settings: { profile?: string; roleArn?: string; externalId?: string; region?: string } = {}) {
  return createLogClient({ cluster: 'c', env: { ...process.env }, ...settings });
}

async function readOnce(settings?: Parameters<typeof open>[0]): Promise<void> {
  const client = open(settings);
  await client.read({ startTime: 0 }, NEVER);
  client.close();
}

async function faultOf(
  settings?: Parameters<typeof open>[0],
): Promise<Pick<ClientFault, 'kind' | 'message'>> {
  return readOnce(settings).then(
    () => Promise.reject(new Error('no fault')),
    ({ kind, message }: ClientFault) => ({ kind, message }),
  );
}

const keys = { AWS_ACCESS_KEY_ID: 'KEYS', AWS_SECRET_ACCESS_KEY: 's' };
const irsa = (): Record<string, string> => ({
  AWS_WEB_IDENTITY_TOKEN_FILE: writeFile('token', 'the-token'),
  AWS_ROLE_ARN: ROLE,
});
const podIdentity = (url: string): Record<string, string> => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: writeFile('pod-token', 'pod-token-1'),
});
const profiles = (): Record<string, string> => ({
  AWS_SHARED_CREDENTIALS_FILE: writeFile(
    'credentials',
    '[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n[other]\naws_access_key_id = OTHER\naws_secret_access_key = s\n',
  ),
});

function answerAll({ action }: Asked): Answer {
  if (action === 'AssumeRoleWithWebIdentity') return roleCredentials(action, 'IRSA');
  if (action === 'AssumeRole') return roleCredentials(action, 'ROLE');
  return action === 'credentials' ? agentCredentials('AGENT') : NO_EVENTS;
}

const lastKey = (): string | undefined => aws?.asked.at(-1)?.key;

describe('credentials', () => {
  it('come in the order of AWS: keys, IRSA, shared files, EKS Pod Identity', async () => {
    const { url } = await start(answerAll);
    setEnv(podIdentity(url));
    await readOnce();
    expect(lastKey()).toBe('AGENT');
    expect(aws?.asked[0]).toMatchObject({ action: 'credentials', authorization: 'pod-token-1' });
    setEnv(profiles());
    await readOnce();
    expect(lastKey()).toBe('DEFAULT');
    setEnv(irsa());
    await readOnce();
    expect(lastKey()).toBe('IRSA');
    const asked = aws?.asked.find(({ action }) => action === 'AssumeRoleWithWebIdentity');
    expect(new URLSearchParams(asked?.body).get('WebIdentityToken')).toBe('the-token');
    expect(new URLSearchParams(asked?.body).get('RoleArn')).toBe(ROLE);
    setEnv(keys);
    await readOnce();
    expect(lastKey()).toBe('KEYS');
  });

  it('AWS_PROFILE beats the default profile, and neither keys nor IRSA; a profile in the file beats all', async () => {
    await start(answerAll);
    setEnv({ ...profiles(), AWS_PROFILE: 'other' });
    await readOnce();
    expect(lastKey()).toBe('OTHER');
    setEnv(irsa());
    await readOnce();
    expect(lastKey()).toBe('IRSA');
    setEnv(keys);
    await readOnce();
    expect(lastKey()).toBe('KEYS');
    await readOnce({ profile: 'default' });
    expect(lastKey()).toBe('DEFAULT');
  });

  it('take on a role with what they are, external id included', async () => {
    await start(answerAll);
    setEnv(irsa());
    await readOnce({ roleArn: 'arn:aws:iam::444455556666:role/log-reader', externalId: 'x-1' });
    expect(aws?.asked.map(({ action, key }) => [action, key])).toEqual([
      ['AssumeRoleWithWebIdentity', undefined],
      ['AssumeRole', 'IRSA'],
      ['FilterLogEvents', 'ROLE'],
    ]);
    const form = new URLSearchParams(aws?.asked[1]?.body);
    expect(form.get('RoleArn')).toBe('arn:aws:iam::444455556666:role/log-reader');
    expect(form.get('ExternalId')).toBe('x-1');
    expect(form.get('RoleSessionName')).toBe('tsfalco');
  });

  it('are fetched again before they end, with the token that the file then has', async () => {
    let given = 0;
    const { url } = await start(({ action }) =>
      // Two minutes are less than what is kept in hand.
      action === 'credentials' ? agentCredentials(`AGENT${++given}`, 120) : NO_EVENTS,
    );
    setEnv(podIdentity(url));
    const client = open();
    await client.read({ startTime: 0 }, NEVER);
    writeFile('pod-token', 'pod-token-2');
    await client.read({ startTime: 0 }, NEVER);
    client.close();
    const seen = aws!.asked.filter(({ action }) => action === 'credentials');
    expect(seen[0]?.authorization).toBe('pod-token-1');
    expect(seen.at(-1)?.authorization).toBe('pod-token-2');
    expect(lastKey()).toBe(`AGENT${given}`);
    expect(given).toBeGreaterThan(1);
  });

  it('are fetched again where AWS no longer takes them, though they should have lasted', async () => {
    let given = 0;
    await start(({ action, key }) => {
      if (action === 'AssumeRoleWithWebIdentity') return roleCredentials(action, `IRSA${++given}`);
      return key === 'IRSA1' && given === 1 && aws!.asked.length > 3
        ? logsFault('ExpiredTokenException', 'The security token included in the request is expired')
        : NO_EVENTS;
    });
    setEnv(irsa());
    const client = open();
    await client.read({ startTime: 0 }, NEVER);
    await client.read({ startTime: 0 }, NEVER);
    await expect(client.read({ startTime: 0 }, NEVER)).rejects.toMatchObject({
      kind: 'transient',
      message:
        'AWS says that the credentials or the clock are out of date (ExpiredTokenException); asking for new ones',
    });
    await client.read({ startTime: 0 }, NEVER);
    client.close();
    expect(lastKey()).toBe('IRSA2');
  });

  it('are read again from a shared file that was changed', async () => {
    await start(({ key }) =>
      key === 'OLD' ? logsFault('UnrecognizedClientException', 'invalid') : NO_EVENTS,
    );
    const write = (key: string): string =>
      writeFile('credentials', `[default]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`);
    setEnv({ AWS_SHARED_CREDENTIALS_FILE: write('OLD') });
    const client = open({ profile: 'default' });
    await expect(client.read({ startTime: 0 }, NEVER)).rejects.toMatchObject({
      message:
        'AWS does not know these credentials (UnrecognizedClientException): check profile default in the AWS configuration files',
    });
    write('NEW');
    await client.read({ startTime: 0 }, NEVER);
    client.close();
    expect(lastKey()).toBe('NEW');
  });
});

describe('faults on the way to credentials', () => {
  it('none at all', async () => {
    await start(answerAll);
    expect(await faultOf()).toEqual({
      kind: 'configuration',
      message:
        'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, or give the service account an IAM role (IRSA or EKS Pod Identity)',
    });
    expect(await faultOf({ profile: 'missing' })).toEqual({
      kind: 'configuration',
      message: 'no AWS credentials: check profile missing in the AWS configuration files',
    });
  });

  it('no region', async () => {
    await start(answerAll);
    setEnv(keys);
    vi.stubEnv('AWS_REGION', undefined);
    expect(await faultOf()).toEqual({
      kind: 'configuration',
      message: 'no AWS region: set region in init_config, or AWS_REGION, or region in the AWS profile',
    });
  });

  it('IRSA: no trust, a token that cannot be read, one that AWS does not take, a token service that is slow', async () => {
    let answer: Answer = roleFault('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    await start(() => answer);
    setEnv(irsa());
    expect(await faultOf()).toEqual({
      kind: 'configuration',
      message: `access denied: allow the IAM action sts:AssumeRoleWithWebIdentity on ${ROLE}, and check that the role trusts the caller (and the external id)`,
    });
    answer = roleFault('InvalidIdentityToken', 'No OpenIDConnect provider found', 400);
    expect(await faultOf()).toEqual({
      kind: 'configuration',
      message:
        "AWS does not take the token of the service account (InvalidIdentityTokenException): check the cluster's IAM OIDC provider and the role's trust policy",
    });
    answer = roleFault('ThrottlingException', 'Rate exceeded', 400);
    expect((await faultOf()).kind).toBe('throttled');
    answer = roleFault('ServiceUnavailable', 'x', 503);
    expect((await faultOf()).kind).toBe('transient');
    setEnv({ AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'gone') });
    expect(await faultOf()).toMatchObject({
      kind: 'configuration',
      message: expect.stringMatching(
        /^no AWS credentials: the token of the service account cannot be read \(ENOENT: no such file/,
      ),
    });
  });

  it('a role that may not be taken on', async () => {
    await start(({ action }) =>
      action === 'AssumeRole'
        ? roleFault(
            'AccessDenied',
            `User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
          )
        : NO_EVENTS,
    );
    setEnv(keys);
    expect(await faultOf({ roleArn: ROLE })).toEqual({
      kind: 'configuration',
      message: `access denied for arn:aws:iam::1:user/x: allow the IAM action sts:AssumeRole on ${ROLE}, and check that the role trusts the caller (and the external id)`,
    });
  });

  it('EKS Pod Identity: an agent that is not up yet passes, one that refuses does not', async () => {
    const { url } = await start(({ action }) =>
      action === 'credentials'
        ? {
            status: 400,
            headers: { 'content-type': 'application/json' },
            body: { message: 'no association' },
          }
        : NO_EVENTS,
    );
    setEnv(podIdentity('http://127.0.0.1:9'));
    expect(await faultOf()).toEqual({
      kind: 'transient',
      message: 'could not fetch AWS credentials from the credentials agent (ECONNREFUSED); trying again',
    });
    setEnv(podIdentity(url));
    expect(await faultOf()).toMatchObject({
      kind: 'configuration',
      message: expect.stringMatching(
        /^no AWS credentials: the credentials agent refuses \(.*\): check the pod identity association of the service account$/,
      ),
    });
  }, 20_000);
});
