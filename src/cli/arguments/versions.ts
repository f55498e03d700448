// Versions that tools ask for (spec: cli-and-config.md §1.11). The engine's and the plugin API's numbers are those of
// the Falco whose behaviour this is; rules state which they need.

/** Our own, as package.json has it. */
export const TSFALCO_VERSION = '0.1.0';
export const FALCO_VERSION = '0.44.0';
export const ENGINE_VERSION = '0.63.0';
export const PLUGIN_API_VERSION = '3.12.0';
/** Parts that only Falco has; its own values, since tools expect the keys. */
const LIBS_VERSION = '0.25.2';
const DRIVER_API_VERSION = '10.0.0';
const DRIVER_SCHEMA_VERSION = '4.3.0';
/** There is no driver; what stands behind the plus means nothing to tools, so our own version has its place there. */
const DEFAULT_DRIVER_VERSION = `10.2.0+tsfalco.${TSFALCO_VERSION}`;

/** For people, beside `--version`: what is tested against Falco's texts has no room for it. */
export const OWN_VERSION_LINE = `tsfalco version: ${TSFALCO_VERSION} (behaves as Falco ${FALCO_VERSION})`;

/** The text of `--version`. */
export function versionText(): string {
  return [
    `Falco version: ${FALCO_VERSION}`,
    `Libs version:  ${LIBS_VERSION}`,
    `Plugin API:    ${PLUGIN_API_VERSION}`,
    `Engine:        ${ENGINE_VERSION}`,
    'Driver:',
    `  API version:    ${DRIVER_API_VERSION}`,
    `  Schema version: ${DRIVER_SCHEMA_VERSION}`,
    `  Default driver: ${DEFAULT_DRIVER_VERSION}`,
    '',
  ].join('\n');
}

/** The same as an object with sorted keys, with plugins where any are loaded. */
export function versionInfo(plugins: readonly { readonly name: string; readonly version: string }[] = []) {
  const sorted = [...plugins].sort((a, b) => (a.name < b.name ? -1 : 1));
  const versions = Object.fromEntries(sorted.map(({ name, version }) => [name, version]));
  return {
    default_driver_version: DEFAULT_DRIVER_VERSION,
    driver_api_version: DRIVER_API_VERSION,
    driver_schema_version: DRIVER_SCHEMA_VERSION,
    engine_version: ENGINE_VERSION.split('.')[1],
    engine_version_semver: ENGINE_VERSION,
    falco_version: FALCO_VERSION,
    libs_version: LIBS_VERSION,
    plugin_api_version: PLUGIN_API_VERSION,
    ...(plugins.length > 0 && { plugin_versions: versions }),
  };
}
