// App: the actions of the falco command in Falco's order; the first that ends the program stops the list
// (spec: cli-and-config.md §1.3). Answers to falco's app.cpp. Everything heavy is imported where it is needed, so that
// `--version` starts as fast as an empty script.

import { toBytes } from '../bytes.js';
import type { Log } from '../log.js';
import { DEFAULT_CONFIG, type Options, parseOptions } from './arguments/options.js';
import { OWN_VERSION_LINE, versionInfo, versionText } from './arguments/versions.js';
import { Failure, type Host } from './host.js';
import type { Opened } from './load/open-config.js';

/** Runs the command. @returns the exit code */
export async function runFalco(argv: readonly string[], host: Host): Promise<number> {
  const parsed = parseOptions(argv, host.files.canOpen);
  if (!parsed.ok) {
    host.error(toBytes(`Error: ${parsed.error}`));
    if (parsed.hint !== undefined) host.error(toBytes(parsed.hint));
    return 1;
  }
  for (const warning of parsed.warnings) host.error(warning);
  let log: Log | undefined;
  try {
    if (await runEarly(parsed.options, host)) return 0;
    const { openConfig } = await import('./load/open-config.js');
    const opened = await openConfig(parsed.options, host);
    log = opened.log;
    return await runActions(parsed.options, host, opened);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    reportFailure(error, host, log);
    return error.exitCode;
  } finally {
    await log?.drain();
  }
}

/** Says why the program ends. */
export function reportFailure(failure: Failure, host: Host, log: Log | undefined): void {
  switch (failure.kind) {
    case 'error':
      host.error(`Error: ${failure.message}${failure.advice}`);
      return;
    case 'runtime': {
      const text = `Runtime error: ${failure.message}. Exiting.`;
      log?.write('error', text);
      if (log === undefined || !log.settings().stderr) host.error(text);
      return;
    }
    case 'silent':
      return;
  }
}

/** What needs no configuration. @returns whether that was all */
async function runEarly(options: Options, host: Host): Promise<boolean> {
  const text = await earlyText(options, host);
  if (text !== undefined) await host.stdout.write(toBytes(text));
  return text !== undefined;
}

async function earlyText(options: Options, host: Host): Promise<string | undefined> {
  if (options.help) return (await import('./arguments/help.js')).helpText();
  if (options.configSchema || options.ruleSchema) {
    const { schemaJson } = await import('./info/schemas.js');
    if (options.configSchema) return schemaJson((await import('../config/check/schema.js')).CONFIG_SCHEMA);
    return schemaJson((await import('../engine/rules/read/schema.js')).RULES_SCHEMA);
  }
  if (options.ignoredEvents) return (await import('./info/kernel-lists.js')).ignoredSyscallsText();
  if (options.listEvents) return (await import('./info/kernel-lists.js')).eventsText();
  // Nothing can change this answer, so nothing is read.
  const { version, configFile, overrides } = options;
  if (!version || configFile !== undefined || overrides.length > 0) return undefined;
  host.error(OWN_VERSION_LINE);
  return versionText();
}

async function runActions(options: Options, host: Host, opened: Opened): Promise<number> {
  const { config, log, libraries } = opened;
  if (options.version) {
    host.error(OWN_VERSION_LINE);
    const text = config.json.enabled ? `${JSON.stringify(versionInfo())}\n` : versionText();
    await host.stdout.write(text);
    return 0;
  }
  if (options.pageSize) {
    log.write('info', `Your system page size is: ${pageSize(host)} bytes`);
    return 0;
  }
  if (options.configFile === undefined) {
    throw new Failure(`You must create a config file at ${DEFAULT_CONFIG} or by passing -c`);
  }
  if (options.pluginInfo !== '' || options.listPlugins) {
    const { pluginList, printPluginInfo } = await import('./info/plugin-info.js');
    if (options.pluginInfo !== '')
      await printPluginInfo(config, libraries, options.pluginInfo, host.stdout.write, host.error);
    else await host.stdout.write(pluginList(config, libraries));
    return 0;
  }
  const { runLoaded } = await import('./run.js');
  return runLoaded(options, host, opened);
}

const AT_PAGESZ = 6n;
const USUAL_PAGE_SIZE = 4096n;

/** From the pairs of 64-bit numbers that the kernel hands to each process. */
function pageSize(host: Host): bigint {
  const path = '/proc/self/auxv';
  if (!host.files.canOpen(path)) return USUAL_PAGE_SIZE;
  const pairs = Buffer.from(host.files.read(path), 'latin1');
  for (let at = 0; at + 16 <= pairs.length; at += 16) {
    if (pairs.readBigUInt64LE(at) === AT_PAGESZ) return pairs.readBigUInt64LE(at + 8);
  }
  return USUAL_PAGE_SIZE;
}
