// --list-plugins and --plugin-info: what the plugins are (spec: cli-and-config.md §7). Text only, as in Falco.

import { type ByteString, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import type { Libraries } from '../../plugins/libraries.js';
import type { Plugin, Setting } from '../../plugins/plugin.js';
import { schemaText } from '../../plugins/settings.js';
import { Failure } from '../host.js';
import { registerPlugins, startPlugin } from '../load/plugins.js';

/** Writes a text to standard output. */
export type Print = (text: ByteString) => Promise<void>;

/** @throws Failure where a plugin cannot be loaded */
export function pluginList(config: Config, libraries: Libraries): ByteString {
  const plugins = registerPlugins(config.plugins, libraries);
  const blocks = plugins.map(({ plugin }) => `${describe(plugin)}\n`).join('');
  return `${plugins.length} Plugins Loaded:\n\n${blocks}\n`;
}

/**
 * Prints what there is before the plugin is started, since starting may fail.
 * @param tell writes a line to standard error, where what is ours has room
 * @throws Failure
 */
export async function printPluginInfo(
  config: Config,
  libraries: Libraries,
  name: ByteString,
  print: Print,
  tell: (line: ByteString) => void,
): Promise<void> {
  const wanted = config.plugins.find((plugin) => plugin.name === name || plugin.libraryPath === name);
  if (wanted === undefined) throw new Failure(`can't find plugin and print its info: ${name}`);
  const [loaded] = registerPlugins([wanted], libraries);
  const { plugin } = loaded!;
  await print(`${describe(plugin)}\n${schemaBlock(plugin)}\n`);
  startPlugin(loaded!);
  if (plugin.source !== undefined) await print(`${openParamsBlock(plugin)}\n`);
  for (const line of ownKeyLines(plugin)) tell(line);
}

/** Keys that Falco's schema does not have, and defaults that differ from it. */
function ownKeyLines({ settings }: Plugin): readonly ByteString[] {
  const all = Object.entries(settings?.properties ?? {});
  const own = all.flatMap(([name, setting]) =>
    setting.own === true ? keyLine(name, setting.description, setting.default) : [],
  );
  const other = all.flatMap(([name, { here }]) =>
    here === undefined ? [] : keyLine(name, here.text, here.default),
  );
  return [
    ...(own.length > 0 ? ['Keys of init_config that only tsfalco has:', ...own] : []),
    ...(other.length > 0 ? ["Keys of Falco's that differ here:", ...other] : []),
  ];
}

const NAME_WIDTH = 20;

function keyLine(name: string, text: string, value: Setting['default']): ByteString {
  return toBytes(`  ${name.padEnd(NAME_WIDTH)} ${text}${value === undefined ? '' : ` (default: ${value})`}`);
}

function describe(plugin: Plugin): ByteString {
  const { name, description, contact, version, source, fields, capabilities = [] } = plugin;
  const lines = [
    `Name: ${name}`,
    `Description: ${description}`,
    `Contact: ${contact}`,
    `Version: ${version}`,
    'Capabilities: ',
    ...(source ? [`  - Event Sourcing (ID=${source.id ?? 0}, source='${source.name}')`] : []),
    ...(fields ? ['  - Field Extraction'] : []),
    ...capabilities.map((capability) => `  - ${capability}`),
  ];
  return toBytes(lines.map((line) => `${line}\n`).join(''));
}

function schemaBlock({ settings }: Plugin): ByteString {
  if (settings !== undefined) return toBytes(`Init config schema type: JSON\n${schemaText(settings)}\n`);
  return 'Init config schema type: Not available, plugin does not implement the init config schema functionality\n\n';
}

function openParamsBlock({ source }: Plugin): ByteString {
  const suggestions = source?.suggestions ?? [];
  if (suggestions.length === 0) {
    return 'No suggested open params available: plugin has not been configured, or it does not implement the open params suggestion functionality\n';
  }
  const lines = suggestions.map(({ value, description }) => `${value}: ${description}\n`);
  return toBytes(`Suggested open params:\n${lines.join('')}`);
}
