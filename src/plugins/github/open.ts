// open_params and settings of github → the web hook, and the hooks at GitHub that call it.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { createHooks } from './hooks.js';
import { serveHook } from './server.js';
import type { GithubSettings } from './settings.js';
import { secretsFolder, tokenOf } from './token.js';

type Context = OpenContext<GithubSettings>;

export function checkGithub({ settings, params }: Pick<Context, 'settings' | 'params'>): string | undefined {
  const { websocketServerURL: url, webhook_secret_file: file } = settings;
  if (url === '' && file === undefined)
    return '[github] deliveries cannot be checked: set webhook_secret_file, or websocketServerURL to have hooks installed';
  if (url === '' || params.trim() === '*') return undefined;
  const wrong = repositoriesOf(params).find((name) => !/^[^/\s]+\/[^/\s]+$/.test(name));
  return wrong === undefined
    ? undefined
    : `[github] invalid repository name ${wrong}. Expected format: owner/name, e.g. falcosecurity/falco`;
}

const repositoriesOf = (params: string): readonly string[] => params.split(',').map((name) => name.trim());

/** Errors: SourceError. */
export function openGithub(context: Context): OpenedSource {
  const { settings, params, io } = context;
  const fault = checkGithub(context);
  if (fault !== undefined) throw new SourceError(fault);
  const secret = secretOf(settings);
  const served = serveHook({ ...addressOf(settings), secret, settings, io });
  const { websocketServerURL: url } = settings;
  if (url === '') return served;
  const token = tokenOf(settings, io.env);
  if (token === undefined) throw new SourceError(noToken(settings));
  const repositories = params.trim() === '*' ? '*' : repositoriesOf(params);
  const hooks = createHooks({ api: settings.api_url, token, url, secret, repositories, io });
  return { ...served, setUp: hooks.install, tearDown: hooks.remove };
}

const noToken = ({ secretsDir }: GithubSettings): string =>
  `GitHub token missing. Please provide a token either in ${secretsDir}/github.token or in the GITHUB_PLUGIN_TOKEN environment variable`;

function secretOf({ webhook_secret_file: file }: GithubSettings): string {
  if (file === undefined) return randomBytes(32).toString('hex');
  const secret = read(file).trim();
  if (secret === '') throw new SourceError(`[github] webhook_secret_file ${file} is empty`);
  return secret;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SourceError(`[github] ${faultText(error)}`, { cause: error });
  }
}

function addressOf(settings: GithubSettings) {
  const { webhook_listen: listen, useHTTPs: isSecure } = settings;
  const [, host = '', port] = /^(?:(.*):)?(\d+)$/.exec(listen ?? '') ?? [];
  if (listen !== undefined && port === undefined)
    throw new SourceError(`[github] webhook_listen is no address with a port: ${listen}`);
  const folder = secretsFolder(settings);
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (isSecure ? 443 : 80) : Number(port),
    identity: isSecure
      ? { key: read(join(folder, 'server.key')), cert: read(join(folder, 'server.crt')) }
      : undefined,
  };
}
