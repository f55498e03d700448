// The source of k8saudit: a web hook's port and files, or the file, folder or pipe that is read.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { AuditSettings } from '../../plugins/k8saudit/settings.js';
import { parseWebhookUrl } from '../../sources/webhook/address.js';
import { resolveHost } from '../../sources/webhook/host.js';
import { createGate, readIdentity } from '../../sources/webhook/secrets.js';
import type { Host } from '../host.js';
import type { StartedPlugin } from '../load/plugins.js';
import { check, failure, type Line, ok, type Verdict, warning } from './checks.js';
import { listenable, makeable } from './paths.js';

const SETTING = 'open_params of k8saudit';
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

export async function* checkAudit(started: StartedPlugin, host: Host): AsyncGenerator<Line> {
  const { openParams } = started.config;
  const settings = started.settings as unknown as AuditSettings;
  if (/^https?:/i.test(openParams)) {
    yield* checkWebhook(openParams, settings);
    return;
  }
  const path = openParams.replace(/^file:(?:\/\/[^/]*)?/i, '');
  yield await check('events', () => readable(path, host));
  const { checkpoint } = settings;
  if (checkpoint !== undefined) yield await check('checkpoint', () => makeable(checkpoint));
}

function readable(path: ByteString, { files }: Host): Verdict {
  const name = fromBytes(path);
  if (path === '-' || path === '') return path === '' ? failure(`${SETTING} is empty`) : ok('standard input');
  const kind = files.kind(path);
  if (kind === undefined) return failure(`there is no file or folder ${name}`, `see ${SETTING}`);
  return files.canOpen(path) ? ok(`${name} can be read`) : failure(`${name} cannot be read`);
}

async function* checkWebhook(url: ByteString, settings: AuditSettings): AsyncGenerator<Line> {
  const bytes = (text: string | undefined) => (text === undefined ? undefined : toBytes(text));
  const own = {
    clientAuthority: bytes(settings.webhook_client_ca),
    tokenFile: bytes(settings.webhook_token_file),
  };
  const secrets = { certificate: toBytes(settings.sslCertificate), ...own, log: () => {} };
  let open = false;
  yield await check('web hook', async (signal) => {
    const { host, port, secure } = parseWebhookUrl(url);
    if (port === undefined) return failure('the URL names no port', `write one into ${SETTING}`);
    open = own.tokenFile === undefined && own.clientAuthority === undefined && !LOOPBACK.test(host);
    const verdict = await listenable(await resolveHost(host), port, SETTING, signal);
    if (secure) (await readIdentity(secrets, () => {})).stop();
    (await createGate(secrets)).stop();
    return verdict;
  });
  if (open)
    yield {
      name: 'web hook',
      ...warning(
        'whoever reaches the port may send events',
        'set webhook_token_file or webhook_client_ca in init_config, or listen on 127.0.0.1',
      ),
    };
}
