// Where alerts go: whether each output could take one; with --send, whether it does.

import { connect } from 'node:net';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { brokersOf } from '../../kafka/access.js';
import { createFileOutput } from '../../outputs/file.js';
import { curlText } from '../../outputs/http/curl-errors.js';
import { createHttpOutput } from '../../outputs/http/http.js';
import { proxyFor } from '../../outputs/http/proxy.js';
import { hostOf, parseUrl, portOf } from '../../outputs/http/url.js';
import { formatInternalAlert } from '../../outputs/internal-alert.js';
import { createKafkaOutput } from '../../outputs/kafka.js';
import type { Message, Output } from '../../outputs/output.js';
import { createProgramOutput } from '../../outputs/program/program.js';
import type { KafkaOutputSettings } from '../../outputs/settings.js';
import { createStdoutOutput } from '../../outputs/stdout.js';
import { createSyslogOutput } from '../../outputs/syslog.js';
import { createSyslog } from '../../syslog.js';
import { TSFALCO_VERSION } from '../arguments/versions.js';
import type { Host } from '../host.js';
import { now } from '../session/loaded.js';
import { check, failure, type Line, ok, type Verdict, warning } from './checks.js';
import { writable } from './paths.js';
import { systemReason } from './system-reason.js';

/** An output that is switched on. */
interface Probe {
  readonly name: string;
  /** What can be told without an alert. */
  readonly look: (signal: AbortSignal) => Verdict | Promise<Verdict>;
  readonly open: () => Output;
}

const RULE = 'tsfalco doctor: test alert';
const NOTICE = 5;
const SYSLOG_DEVICE = '/dev/log';

export async function* checkOutputs(
  config: Config,
  hostname: ByteString,
  send: boolean,
  host: Host,
): AsyncGenerator<Line> {
  const probes = probesOf(config, host);
  if (probes.length === 0)
    yield { name: 'outputs', ...failure('none is enabled', 'switch on stdout_output, for example') };
  const alert = {
    rule: RULE,
    priority: NOTICE,
    message: `${RULE}, nothing has happened`,
    fields: { 'tsfalco.version': TSFALCO_VERSION },
  };
  const message = formatInternalAlert(alert, { json: config.json.enabled, hostname }, now());
  for (const { name, look, open } of probes) {
    const line = await check(name, look);
    const sent =
      send && line.grade !== 'failure' ? await check(name, () => sendTo(open(), message)) : undefined;
    yield sent ?? line;
  }
}

async function sendTo(output: Output, message: Message): Promise<Verdict> {
  try {
    await output.write([message]);
    if ((await output.flush?.()) === false) return failure('the test alert was given up');
    return ok('has taken a test alert');
  } finally {
    await output.close();
  }
}

function probesOf({ outputs, json }: Config, host: Host): readonly Probe[] {
  const { file, stdout, syslog, program, http, kafka } = outputs;
  const { env, stdout: standardOutput } = host;
  const probes: Probe[] = [];
  if (file !== undefined)
    probes.push({
      name: 'file output',
      look: () => writable(fromBytes(file.filename)),
      open: () => createFileOutput({ ...file, buffered: false }),
    });
  if (stdout)
    probes.push({
      name: 'stdout output',
      look: () => ok('standard output'),
      open: () => createStdoutOutput({ standardOutput, buffered: false }),
    });
  if (syslog)
    probes.push({
      name: 'syslog output',
      look: () => syslogThere(host),
      open: () => createSyslogOutput(createSyslog()),
    });
  if (program !== undefined)
    probes.push({
      name: 'program output',
      look: () => programThere(program.program, host),
      open: () => createProgramOutput({ ...program, keepAlive: false, env, log: () => {} }),
    });
  if (http !== undefined)
    probes.push({
      name: 'http output',
      look: (signal) => reachable(http.url, env, signal),
      open: () => createHttpOutput(http, { json: json.enabled, standardOutput, env, timeouts: 0 }),
    });
  if (kafka !== undefined)
    probes.push({
      name: 'kafka output',
      look: (signal) => brokerThere(kafka, signal),
      open: () => createKafkaOutput(kafka),
    });
  return probes;
}

/** One broker is enough: it knows the others. */
async function brokerThere(settings: KafkaOutputSettings, signal: AbortSignal): Promise<Verdict> {
  const faults: string[] = [];
  for (const broker of brokersOf(settings)) {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(broker) ?? [];
    const fault = await connectTo(host.replace(/^\[|\]$/g, ''), Number(port), signal);
    if (fault === undefined) return ok(`${broker} takes connections`);
    faults.push(`${broker}: ${fault}`);
  }
  return failure(faults.join('; '), 'see kafka_output.brokers');
}

/** Why it takes none; undefined: it does. */
function connectTo(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error) => resolve(systemReason(error)));
  });
}

function syslogThere({ files }: Host): Verdict {
  return files.kind(SYSLOG_DEVICE) === undefined
    ? warning(
        `there is no ${SYSLOG_DEVICE}: its alerts are lost`,
        'in a container set syslog_output.enabled: false',
      )
    : ok(SYSLOG_DEVICE);
}

/** The first word of the command, where it is a plain name: the rest is the shell's. */
function programThere(command: ByteString, { files, env }: Host): Verdict {
  const [, word = ''] = /^\s*([\w./-]+)(?:\s|$)/.exec(command) ?? [];
  if (word === '') return ok('a command for /bin/sh');
  const folders = word.includes('/')
    ? ['']
    : (env['PATH'] ?? '').split(':').map((folder) => `${toBytes(folder)}/`);
  const found = folders.some((folder) => files.kind(folder + word) === 'file');
  return found
    ? ok(`runs ${fromBytes(word)}`)
    : warning(`there is no program ${fromBytes(word)}`, 'see program_output.program, or try --send');
}

/** Host and port only: the rest of a URL may be a secret. */
async function reachable(text: ByteString, env: Host['env'], signal: AbortSignal): Promise<Verdict> {
  let url: URL;
  try {
    url = parseUrl(text);
  } catch (error) {
    return failure(fromBytes(curlText(error)), 'see http_output.url');
  }
  const next = proxyFor(url, env) ?? url;
  const [name, port] = [hostOf(next), portOf(next)];
  const what = next === url ? '' : ', the proxy,';
  const fault = await connectTo(name, port, signal);
  return fault === undefined
    ? ok(`${name}:${port}${what} takes connections`)
    : failure(`${name}:${port}${what && ' (the proxy)'}: ${fault}`, 'see http_output.url');
}
