// What the API knows of an event: the files that a push changed, the workflow that runs (spec: plugins.md §3.3). Where it does
// not answer, the event goes on without; that is counted by the host.

import { SourceError } from '../../sources/source.js';
import type { RawMembers } from '../go-json.js';
import type { OpenContext } from '../plugin.js';
import { type Delivery, type Members, payloadOf, readDelivery } from './delivery.js';
import { minersOf, secretsOf } from './scan.js';
import type { GithubSettings } from './settings.js';
import { tokenOf } from './token.js';

/** Instead of a commit: the branch begins or ends. */
const isNothing = (commit: unknown): boolean => typeof commit === 'string' && /^0{40}$/.test(commit);

const MOST_MS = 30_000;

/** Adds what the API says to a delivery. Errors: SourceError. */
export async function lookUp(
  payload: string,
  { settings, io }: OpenContext<GithubSettings>,
  signal: AbortSignal,
): Promise<string> {
  const delivery = readDelivery(payload);
  const members = membersOf(delivery);
  const call = members && (pushCall(delivery, members) ?? workflowCall(delivery, members));
  if (call === undefined) return payload;
  const answer = await get(
    `${settings.api_url.replace(/\/+$/, '')}${call.path}`,
    tokenOf(settings, io.env),
    signal,
  );
  const found = call.read(answer);
  return JSON.stringify({ ...delivery, found } satisfies Delivery);
}

// What cannot be read is said when it becomes an event.
function membersOf(delivery: Delivery): Members | undefined {
  try {
    return payloadOf(delivery);
  } catch {
    return undefined;
  }
}

interface Call {
  readonly path: string;
  /** @param answer undefined: there is none */
  read(answer: Answer): RawMembers;
}

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Members)[key] : undefined;

const asPath = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

function pushCall({ type }: Delivery, payload: Members): Call | undefined {
  const { before, after, compare, repository } = payload;
  if (type !== 'push' || isNothing(before) || isNothing(after) || typeof compare !== 'string')
    return undefined;
  const name = member(repository, 'full_name');
  const refs = compare.slice(compare.lastIndexOf('/') + 1);
  if (typeof name !== 'string' || refs === compare) return undefined;
  return {
    path: `/repos/${asPath(name)}/compare/${encodeURIComponent(refs)}`,
    read({ status, value }) {
      if (status !== 200)
        throw new SourceError(`GitHub answers ${status} to a question for the files of a push`);
      const files = member(value, 'files');
      return {
        files: Array.isArray(files) && files.length > 0 ? `[${files.map(secretsIn).join(',')}]` : 'null',
      };
    },
  };
}

function secretsIn(file: unknown): string {
  const [name, patch] = [member(file, 'filename'), member(file, 'patch')];
  return secretsOf(typeof name === 'string' ? name : '', typeof patch === 'string' ? patch : '');
}

const DETECTIONS = 'workflow_miner_detections';

function workflowCall({ type }: Delivery, payload: Members): Call | undefined {
  const name = member(payload['repository'], 'full_name');
  const path = member(payload['workflow'], 'path');
  if (type !== 'workflow_run' || typeof name !== 'string' || typeof path !== 'string') return undefined;
  const commit = member(payload['workflow_run'], 'head_sha');
  const ref = typeof commit === 'string' ? `?ref=${encodeURIComponent(commit)}` : '';
  return {
    path: `/repos/${asPath(name)}/contents/${asPath(path)}${ref}`,
    read({ status, value }) {
      if (status !== 200) return { [DETECTIONS]: '{"name":"","matches":null}' };
      const content = member(value, 'content');
      const text = typeof content === 'string' ? Buffer.from(content, 'base64').toString() : '';
      return { [DETECTIONS]: minersOf(path, text) };
    },
  };
}

async function get(url: string, token: string | undefined, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]);
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'tsfalco',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  try {
    const response = await fetch(url, { headers, signal: limit });
    const text = await response.text();
    return { status: response.status, value: response.ok ? JSON.parse(text) : undefined };
  } catch (error) {
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    throw new SourceError(`GitHub's API does not answer: ${why}`, { retryable: true, cause: error });
  }
}
