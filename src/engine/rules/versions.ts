// Versions: the engine's own, and whether the loaded plugins meet what rules files ask for.
// Answers to Falco's sinsp_version and check_plugin_requirements (spec: rules-language.md §4.3).

import type { ByteString } from '../../bytes.js';
import type { LoadedPlugin, RequirementAlternatives } from './load-options.js';

export type Version = readonly [number, number, number];

/** Version of Falco's rule engine that this one answers to. */
export const ENGINE_VERSION: Version = [0, 63, 0];

/** Three numbers as scanf reads them: blanks and signs are allowed, whatever follows is ignored. */
const VERSION = /^[ \t\n\v\f\r]*([+-]?\d+)\.[ \t\n\v\f\r]*([+-]?\d+)\.[ \t\n\v\f\r]*([+-]?\d+)/;

/** `x.y.z`; undefined where the text is none. */
export function parseVersion(text: ByteString): Version | undefined {
  const parts = VERSION.exec(text);
  return parts === null ? undefined : [wrap(parts[1]!), wrap(parts[2]!), wrap(parts[3]!)];
}

/** A number as 32 bits, the way C gets there. */
function wrap(digits: string): number {
  const most = 2n ** 64n - 1n;
  const value = BigInt(digits.replace(/^[+-]/, ''));
  const long = value > most ? most : digits.startsWith('-') ? -value : value;
  return Number(BigInt.asUintN(32, long));
}

export const printVersion = (version: Version): string => version.join('.');

/** Below zero: `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Same major number and not older. */
export function isCompatible(have: Version, wanted: Version): boolean {
  return have[0] === wanted[0] && compareVersions(have, wanted) >= 0;
}

/**
 * Falco's message of the first requirement that the plugins do not meet. Of its alternatives the first one that is
 * loaded decides, even if a later one would do.
 */
export function checkPluginRequirements(
  required: readonly RequirementAlternatives[],
  plugins: readonly Pick<LoadedPlugin, 'name' | 'version' | 'standsFor'>[],
): ByteString | undefined {
  for (const alternatives of required) {
    const message = checkAlternatives(alternatives, plugins);
    if (message !== undefined) return message;
  }
  return undefined;
}

function checkAlternatives(
  alternatives: RequirementAlternatives,
  plugins: readonly Pick<LoadedPlugin, 'name' | 'version' | 'standsFor'>[],
): ByteString | undefined {
  for (const { name, version } of alternatives) {
    const plugin =
      plugins.find((one) => one.name === name) ??
      plugins.find(({ standsFor }) => standsFor?.name === name)?.standsFor;
    if (plugin === undefined) continue;
    const have = parseVersion(plugin.version);
    if (have === undefined) return `Plugin '${name}' has invalid version string '${plugin.version}'`;
    const wanted = parseVersion(version);
    if (wanted !== undefined && isCompatible(have, wanted)) return undefined;
    return `Plugin '${name}' version '${plugin.version}' is not compatible with required plugin version '${version}'`;
  }
  const wanted = alternatives.map(({ name, version }) => `${name} (>= ${version})`);
  return `Plugin requirement not satisfied, must load one of: ${wanted.join(', ')}`;
}
