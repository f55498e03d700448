// The token for GitHub's API: of the environment, the settings, or the file in the folder of secrets.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { GithubSettings } from './settings.js';

export const secretsFolder = ({ secretsDir }: GithubSettings): string =>
  secretsDir.startsWith('~') ? join(homedir(), secretsDir.slice(1)) : secretsDir;

/** undefined: there is none. */
export function tokenOf(
  settings: GithubSettings,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return env['GITHUB_PLUGIN_TOKEN'] || settings.token || fileToken(settings);
}

function fileToken(settings: GithubSettings): string | undefined {
  try {
    const lines = readFileSync(join(secretsFolder(settings), 'github.token'), 'utf8').split('\n');
    return lines.map((line) => line.trim()).findLast((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return undefined;
  }
}
