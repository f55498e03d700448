// tsfalco doctor: tries everything that a run will need, without running, and prints a check list.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { DEFAULT_CONFIG, parseOptions } from '../arguments/options.js';
import { misuse } from '../arguments/usage.js';
import { check, failure, type Line } from '../doctor/checks.js';
import { checkConfiguration } from '../doctor/configuration.js';
import { listenable } from '../doctor/paths.js';
import { createReport } from '../doctor/report.js';
import type { Host } from '../host.js';
import type { Engine } from '../load/engine.js';
import type { StartedPlugin } from '../load/plugins.js';

const USAGE = `Usage: tsfalco doctor [-c CONFIG] [-r RULES…] [-o KEY=VALUE…] [--send]

Tries what a run will need, each for some seconds at most, and prints a check
list: configuration, rules, credentials, region, log group, newest audit event,
web hook, checkpoint, outputs, web server. Nothing is changed or read away.
-c, -r, -o  as for a run
--send      send a test alert to every output

Exit status: 0 if all is well, 1 if there are warnings, 2 if something fails or
an option cannot be read.
`;

const SEND = '--send';

/** @returns 0, 1 or 2, as the usage says. @throws Failure */
export async function doctor(argv: readonly string[], host: Host): Promise<number> {
  const parsed = parseOptions(
    argv.filter((argument) => argument !== SEND),
    host.files.canOpen,
  );
  if (!parsed.ok) throw misuse(parsed.error);
  const { options } = parsed;
  if (options.help) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const report = createReport(host);
  if (options.configFile === undefined) {
    await report.add({
      name: 'configuration',
      ...failure(`there is no ${DEFAULT_CONFIG}`, 'name one with -c'),
    });
    return report.end();
  }
  const { lines, config, engine, sources = [] } = await checkConfiguration(options, host);
  for (const line of lines) await report.add(line);
  if (engine !== undefined)
    for await (const line of checkSources(engine, sources, host)) await report.add(line);
  if (config !== undefined)
    for await (const line of checkRest(config, engine?.hostname ?? '', argv.includes(SEND), host))
      await report.add(line);
  return report.end();
}

async function* checkSources(engine: Engine, sources: readonly string[], host: Host): AsyncGenerator<Line> {
  const opened = sources.flatMap((source): readonly StartedPlugin[] => {
    const plugin = engine.plugins.find((each) => each.plugin.source?.name === source);
    return plugin === undefined ? [] : [plugin];
  });
  if (opened.length === 0)
    yield {
      name: 'sources',
      ...failure('no plugin brings events', 'load k8saudit or k8saudit-eks in load_plugins'),
    };
  for (const plugin of opened) {
    const [fault] = plugin.faults;
    if (fault !== undefined) {
      yield { name: plugin.plugin.name, ...failure(fault) };
      continue;
    }
    if (plugin.plugin.name === 'k8saudit-eks') {
      const { checkClusters } = await import('../doctor/cloudwatch.js');
      yield* checkClusters(plugin, host.env);
    } else {
      const { checkAudit } = await import('../doctor/audit.js');
      yield* checkAudit(plugin, host);
    }
  }
}

async function* checkRest(
  config: Config,
  hostname: ByteString,
  send: boolean,
  host: Host,
): AsyncGenerator<Line> {
  const { checkOutputs } = await import('../doctor/outputs.js');
  yield* checkOutputs(config, hostname, send, host);
  const { webserver } = config;
  if (!webserver.enabled) return;
  yield await check('web server', async (signal) => {
    const certificate = fromBytes(webserver.certificate);
    if (webserver.ssl && !host.files.canOpen(webserver.certificate))
      return failure(`cannot read its certificate ${certificate}`, 'see webserver.ssl_certificate');
    return listenable(
      fromBytes(webserver.address),
      webserver.port,
      'listen_address and listen_port of webserver',
      signal,
    );
  });
}
