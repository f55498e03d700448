// tsfalco demo: the run command as it is, with the real SDK client, against an embedded CloudWatch Logs endpoint that
// serves the audit events of a made-up EKS cluster. No AWS account, nothing leaves the machine, ends by itself.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBytes, toBytes } from '../src/bytes.js';
import { runFalco } from '../src/cli/app.js';
import { readArguments } from '../src/cli/arguments/usage.js';
import type { Host, HostSignal } from '../src/cli/host.js';
import { paintOf, widthOf } from '../src/cli/logs/paint.js';
import { shipped } from '../src/cli/shipped.js';
import { priorityOf } from '../src/engine/rules/alert/alert.js';
import { printable } from '../src/printable.js';
import { type Paint, severityColour, wrapText } from '../src/survey/terminal.js';
import { createAttack } from './attack.js';
import { createEventGenerator } from './endpoint/events.js';
import { startEndpoint } from './endpoint/server.js';
import { createLogStore } from './endpoint/store.js';
import { NO_TROUBLE } from './endpoint/trouble.js';
import { createAuditWriter } from './endpoint/writer.js';

const CLUSTER = 'my-cluster';
const DURATION_MS = 12_000;
/** Events of the last seconds have to arrive before the end. */
const QUIET_END_MS = 2000;
const EVENTS_A_SECOND = 6;
const TICK_MS = 100;
/** Jitter between log streams, and now and then an event that comes late. */
const TROUBLE = { ...NO_TROUBLE, jitter: 500, late: 0.03, lateness: 2000, streams: 3, rotation: 6000 };

const CONFIG = `plugins:
  - name: k8saudit-eks
    library_path: libk8saudit-eks.so
    init_config:
      region: "us-east-1"
      shift: 10
      polling_interval: 1
      use_async: false
      buffer_size: 500
    open_params: "${CLUSTER}"
  - name: json
    library_path: libjson.so
    init_config: ""
load_plugins: [k8saudit-eks, json]
stdout_output:
  enabled: true
webserver:
  enabled: false
`;

const USAGE = `Usage: tsfalco demo [--dummy]

Reads the audit log of a made-up EKS cluster for ${DURATION_MS / 1000} seconds and prints alerts: our
own rules find an attack among ordinary traffic. A small CloudWatch Logs
endpoint on loopback plays the cluster: no AWS account is needed, nothing leaves
the machine. The configuration and the rules are named at the start.

--dummy    a rule that alerts on every request, and no attack
`;

const OWN_RULES = ['rules/k8s_audit_rules.yaml', 'rules/eks_audit_rules.yaml'];
const DUMMY_RULES = ['rules/dummy.yaml'];

/** @returns the exit code */
export async function demo(argv: readonly string[], host: Host): Promise<number> {
  const { values } = readArguments({
    args: [...argv],
    options: { dummy: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  return await show(host, values.dummy === true);
}

async function show(host: Host, dummy: boolean): Promise<number> {
  const store = createLogStore();
  const endpoint = await startEndpoint({ store });
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-demo-'));
  const stopWriting = writeEvents(store, !dummy);
  try {
    const config = join(folder, 'falco.yaml');
    const rules = (dummy ? DUMMY_RULES : OWN_RULES).flatMap((path) => ['-r', shipped(path)]);
    writeFileSync(config, CONFIG);
    const what = dummy ? '' : ', with an attack in it';
    host.error(toBytes(`Demo: the audit log of an EKS cluster${what},`));
    host.error(
      toBytes(`in a CloudWatch Logs endpoint at ${endpoint.url}, read for ${DURATION_MS / 1000} s by`),
    );
    host.error(toBytes(`tsfalco -c ${config} ${rules.join(' ')}`));
    const exitCode = await runFalco(['-c', config, ...rules], endingHost(host, endpoint.url));
    if (!dummy) host.error(GO_ON);
    return exitCode;
  } finally {
    stopWriting();
    await endpoint.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const GO_ON = `
Go on with a log of your own:  tsfalco scan audit.log
or with your cluster:          tsfalco scan --cluster my-cluster --from 2h`;

// The same host, but for credentials that mean nothing outside, and for a Ctrl-C that comes by itself.
function endingHost(host: Host, url: string): Host {
  return {
    ...host,
    stdout: host.columns === undefined ? host.stdout : painted(host.stdout, widthOf(host), paintOf(host)),
    env: {
      ...host.env,
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
      AWS_ACCESS_KEY_ID: 'demo',
      AWS_SECRET_ACCESS_KEY: 'demo',
      AWS_SESSION_TOKEN: undefined,
    },
    onSignal(signal: HostSignal, handler: () => void) {
      const forget = host.onSignal(signal, handler);
      if (signal !== 'SIGINT') return forget;
      const timer = setTimeout(handler, DURATION_MS);
      return () => {
        clearTimeout(timer);
        forget();
      };
    },
  };
}

// Some events are there when the demo starts; others arrive while it runs. @returns what ends it
function writeEvents(store: ReturnType<typeof createLogStore>, attacked: boolean): () => void {
  const writer = createAuditWriter(store, CLUSTER, TROUBLE);
  const next = createEventGenerator({ seed: 8, eventsPerSecond: EVENTS_A_SECOND });
  const start = Date.now();
  const attack = createAttack(start, (message, time) => void writer.write(message, time));
  let written = start - 5000;
  const write = (until: number): void => {
    for (; written < until; written += 1000 / EVENTS_A_SECOND) {
      const time = Math.floor(written);
      writer.write(next(time).message, time);
      writer.writeOther(time);
    }
    if (attacked) attack(until);
  };
  write(start);
  const timer = setInterval(() => write(Math.min(Date.now(), start + DURATION_MS - QUIET_END_MS)), TICK_MS);
  return () => clearInterval(timer);
}

const ALERT = /^(\d\d:\d\d:\d\d)\.\d+: (\w+) (.*)$/;

/** Standard output on which alerts are in colour by priority, and their lines wrapped. */
function painted(stdout: Host['stdout'], width: number, paint: Paint): Host['stdout'] {
  const show = (line: string): string => {
    const [, time, priority = '', text = ''] = ALERT.exec(line) ?? [];
    const level = priorityOf(priority);
    if (time === undefined || level === undefined) return line;
    const [title = '', ...rest] = text.split(' | ');
    const head = `${time}  ${severityColour(paint, level, priority.padEnd(13))}  ${paint.bold(title)}`;
    const lines = wrapText(fromBytes(rest.join(' | ')), width - 10);
    return [head, ...lines.map((each) => `          ${paint.dim(toBytes(each))}`)].join('\n');
  };
  return {
    ...stdout,
    write: (text) =>
      stdout.write(
        text
          .split('\n')
          .map((line) => show(printable(line)))
          .join('\n'),
        true,
      ),
  };
}
