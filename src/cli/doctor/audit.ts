// The source of k8saudit: a web hook's port and files, or the file, folder or pipe that is read.

import { type ByteString, fromBytes } from '../../bytes.js';
import { readAuditSettings } from '../../sources/audit-settings.js';
import { parseWebhookUrl } from '../../sources/webhook/address.js';
import { resolveHost } from '../../sources/webhook/host.js';
import { createGate, readIdentity } from '../../sources/webhook/secrets.js';
import type { Host } from '../host.js';
import type { StartedPlugin } from '../load/plugins.js';
import { check, failure, type Line, ok, type Verdict, warning } from './checks.js';
import { listenable, makeable } from './paths.js';

const SETTING = 'open_params of k8saudit';
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

export async function* checkAudit({ config, values }: StartedPlugin, host: Host): AsyncGenerator<Line> {
  const { openParams } = config;
  if (/^https?:/i.test(openParams)) {
    yield* checkWebhook(
      openParams,
      config.initConfig,
      String(values['sslCertificate'] ?? '/etc/falco/falco.pem'),
    );
    return;
  }
  const path = openParams.replace(/^file:(?:\/\/[^/]*)?/i, '');
  yield await check('events', () => readable(path, host));
  const { checkpoint } = readAuditSettings(config.initConfig);
  if (checkpoint !== undefined) yield await check('checkpoint', () => makeable(fromBytes(checkpoint)));
}

function readable(path: ByteString, { files }: Host): Verdict {
  const name = fromBytes(path);
  if (path === '-' || path === '') return path === '' ? failure(`${SETTING} is empty`) : ok('standard input');
  const kind = files.kind(path);
  if (kind === undefined) return failure(`there is no file or folder ${name}`, `see ${SETTING}`);
  return files.canOpen(path) ? ok(`${name} can be read`) : failure(`${name} cannot be read`);
}

async function* checkWebhook(url: ByteString, init: ByteString, certificate: string): AsyncGenerator<Line> {
  const own = readAuditSettings(init);
  const secrets = {
    certificate,
    clientAuthority: own.clientAuthority,
    tokenFile: own.tokenFile,
    log: () => {},
  };
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
