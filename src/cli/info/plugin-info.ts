// --list-plugins and --plugin-info: what the plugins are (spec: cli-and-config.md §7). Text only, as in Falco.

import type { ByteString } from '../../bytes.js';
import { type BuiltinPlugin, schemaText } from '../../config/builtin.js';
import type { Config } from '../../config/config.js';
import type { OwnKey } from '../../config/own-keys.js';
import { Failure } from '../host.js';
import { registerPlugins, startPlugin } from '../load/plugins.js';

/** Writes a text to standard output. */
export type Print = (text: ByteString) => Promise<void>;

/** @throws Failure where a plugin cannot be loaded */
export function pluginList(config: Config): ByteString {
  const plugins = registerPlugins(config.plugins);
  const blocks = plugins.map(({ builtin }) => `${describe(builtin)}\n`).join('');
  return `${plugins.length} Plugins Loaded:\n\n${blocks}\n`;
}

/**
 * Prints what there is before the plugin is started, since starting may fail.
 * @param tell writes a line to standard error, where what is ours has room
 * @throws Failure
 */
export async function printPluginInfo(
  config: Config,
  name: ByteString,
  print: Print,
  tell: (line: ByteString) => void,
): Promise<void> {
  const wanted = config.plugins.find((plugin) => plugin.name === name || plugin.libraryPath === name);
  if (wanted === undefined) throw new Failure(`can't find plugin and print its info: ${name}`);
  const [plugin] = registerPlugins([wanted]);
  const { builtin } = plugin!;
  await print(`${describe(builtin)}\n${schemaBlock(builtin)}\n`);
  startPlugin(plugin!);
  if (builtin.sourcing !== undefined) await print(`${openParamsBlock(builtin)}\n`);
  for (const line of ownKeyLines(builtin)) tell(line);
}

/** Keys that Falco's schema does not have, and defaults that differ from it. */
function ownKeyLines({ ownKeys = [], otherKeys = [] }: BuiltinPlugin): readonly string[] {
  return [
    ...(ownKeys.length > 0 ? ['Keys of init_config that only tsfalco has:', ...ownKeys.map(keyLine)] : []),
    ...(otherKeys.length > 0 ? ["Keys of Falco's that differ here:", ...otherKeys.map(keyLine)] : []),
  ];
}

const NAME_WIDTH = 20;

function keyLine({ name, text, default: value }: OwnKey): string {
  return `  ${name.padEnd(NAME_WIDTH)} ${text}${value === undefined ? '' : ` (default: ${value})`}`;
}

function describe({ name, description, contact, version, ...can }: BuiltinPlugin): ByteString {
  const lines = [
    `Name: ${name}`,
    `Description: ${description}`,
    `Contact: ${contact}`,
    `Version: ${version}`,
    'Capabilities: ',
    ...(can.sourcing ? [`  - Event Sourcing (ID=${can.sourcing.id}, source='${can.sourcing.source}')`] : []),
    ...(can.extraction ? ['  - Field Extraction'] : []),
    ...(can.otherCapabilities ?? []).map((capability) => `  - ${capability}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function schemaBlock({ schema }: BuiltinPlugin): ByteString {
  if (schema !== undefined) return `Init config schema type: JSON\n${schemaText(schema)}\n`;
  return 'Init config schema type: Not available, plugin does not implement the init config schema functionality\n\n';
}

function openParamsBlock({ openParams = [] }: BuiltinPlugin): ByteString {
  if (openParams.length === 0) {
    return 'No suggested open params available: plugin has not been configured, or it does not implement the open params suggestion functionality\n';
  }
  const lines = openParams.map(({ value, description }) => `${value}: ${description}\n`);
  return `Suggested open params:\n${lines.join('')}`;
}
