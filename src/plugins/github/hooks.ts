// The hooks at GitHub: installed at the start, removed at the end, also of a start that failed half-way (spec: plugins.md §3.2).

import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import type { SourceIo } from '../plugin.js';

export interface HooksOptions {
  /** Address of the API. */
  readonly api: string;
  readonly token: string;
  /** What GitHub is to call. */
  readonly url: string;
  readonly secret: string;
  readonly repositories: readonly string[] | '*';
  readonly io: Pick<SourceIo, 'log'>;
}

export interface Hooks {
  /** Errors: SourceError. */
  install(signal: AbortSignal): Promise<void>;
  remove(): Promise<void>;
}

interface Hook {
  readonly id: number;
  readonly config?: { readonly url?: string };
}

interface Repository {
  readonly full_name: string;
  readonly archived?: boolean;
  readonly permissions?: { readonly admin?: boolean };
}

const PAGE = 100;
const ANSWER_MS = 30_000;

export function createHooks({ api, token, url, secret, repositories, io }: HooksOptions): Hooks {
  const base = api.replace(/\/+$/, '');
  const installed: { readonly repository: string; readonly id: number }[] = [];

  async function call<T>(method: string, path: string, signal: AbortSignal, body?: object): Promise<T> {
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'tsfalco',
    };
    const response = await fetch(`${base}${path}`, {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new SourceError(`GitHub's API does not answer: ${faultText(error)}`, { cause: error });
    });
    if (!response.ok)
      throw new SourceError(
        `unable to fetch data from the github API, status: ${response.status} ${response.statusText} (${method} ${path})`,
      );
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async function* all<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
    for (let page = 1; ; page++) {
      const found = await call<readonly T[]>('GET', `${path}?per_page=${PAGE}&page=${page}`, signal);
      yield* found;
      if (found.length < PAGE) return;
    }
  }

  async function wanted(signal: AbortSignal): Promise<readonly string[]> {
    if (repositories !== '*') return repositories;
    const names: string[] = [];
    for await (const { full_name, archived, permissions } of all<Repository>('/user/repos', signal))
      if (permissions?.admin === true && archived !== true) names.push(full_name);
    if (names.length === 0) throw new SourceError('the given token cannot access any repository on github');
    return names;
  }

  return {
    async install(signal) {
      for (const repository of await wanted(signal)) {
        const path = `/repos/${repository}/hooks`;
        // Of a run that was killed.
        for await (const hook of all<Hook>(path, signal))
          if (hook.config?.url === url) await call('DELETE', `${path}/${hook.id}`, signal);
        const config = { url, content_type: 'json', insecure_ssl: '0', secret };
        const { id } = await call<Hook>('POST', path, signal, {
          name: 'web',
          active: true,
          events: ['*'],
          config,
        });
        installed.push({ repository, id });
      }
      io.log('info', `[github] web hooks installed: ${installed.length}`);
    },
    async remove() {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const done = await Promise.allSettled(
        installed.map(({ repository, id }) => call('DELETE', `/repos/${repository}/hooks/${id}`, signal)),
      );
      const left = installed.filter((_, i) => done[i]!.status === 'rejected');
      if (left.length > 0)
        throw new SourceError(`web hooks are left at ${left.map(({ repository }) => repository).join(', ')}`);
    },
  };
}
