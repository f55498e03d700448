// The JSON schema (2020-12) of falco.yaml for editors: Falco's, which --config-schema prints, with what the keys mean and
// with the keys that are ours.

import { CONFIG_SCHEMA } from '../../config/check/schema.js';
import { BUILT_IN } from '../../plugins/registry.js';

type Node = { readonly [key: string]: unknown };

const TEXTS: Readonly<Record<string, string>> = {
  append_output: 'Texts and fields that are added to the output of rules.',
  buffered_outputs: 'Hold alerts back to write many at a time.',
  config_files: 'More configuration files, or folders of them, that are merged into this one.',
  engine: 'Driver for system calls; no effect here.',
  file_output: 'Alerts into a file.',
  http_output: 'Alerts by HTTP POST.',
  json_include_message_property: 'The message without time and priority, in JSON alerts.',
  json_include_output_fields_property: 'The fields of the output and their values, in JSON alerts.',
  json_include_output_property: 'The whole text, in JSON alerts.',
  json_include_tags_property: 'The tags of the rule, in JSON alerts.',
  json_output: 'Alerts as JSON, one object a line.',
  kafka_output: 'Alerts into a Kafka topic (tsfalco only).',
  load_plugins: 'Names of the plugins to load; all of plugins if it is left out.',
  log_level: 'emergency, alert, critical, error, warning, notice, info or debug.',
  log_stderr: 'The operational log on standard error.',
  log_syslog: 'The operational log in the local syslog.',
  metrics: 'Regular snapshots of counters.',
  output_timeout: 'Milliseconds after which an output that does not come back is reported.',
  outputs_queue: 'How many alerts may wait; capacity 0: no limit.',
  plugins:
    'Where events come from, and which fields rules have: k8saudit, k8saudit-eks, json. They are built in.',
  priority: 'Rules less severe than this do not run.',
  program_output: 'Alerts to the standard input of a program.',
  rule_matching: 'first: an event is reported by the first rule that matches; all: by each of them.',
  rules: 'Rules that are enabled or disabled, by name or tag.',
  rules_files: 'Rules files, and folders of them, in the order of loading.',
  static_fields: 'Fields with constant values, for rules and outputs.',
  stdout_output: 'Alerts on standard output.',
  syslog_output: 'Alerts to the local syslog.',
  time_format_iso_8601: 'Times as UTC in ISO 8601 instead of the local time of day.',
  tsfalco: 'What Falco does not know.',
  watch_config_files: 'Load again when this file or a rules file changes.',
  webserver: '/healthz, /versions and, with metrics, /metrics.',
};

const KERNEL = ['base_syscalls', 'capture', 'falco_libs', 'syscall_event_drops', 'syscall_event_timeouts'];

const OWN: Node = {
  type: 'object',
  description: TEXTS['tsfalco'],
  additionalProperties: false,
  properties: {
    field_semantics: {
      enum: ['falco', 'fixed'],
      default: 'falco',
      description: 'falco: fields give the values that Falco’s plugins give; fixed: without their defects.',
    },
    alert_on_drop: {
      type: 'boolean',
      default: false,
      description: 'An alert of its own for what is lost on the way.',
    },
  },
};

/** Settings of all built-in plugins; which of them a plugin takes, it says itself. */
async function initConfig(): Promise<Node> {
  const plugins = await Promise.all(BUILT_IN.map(({ load }) => load()));
  const settings = plugins.flatMap((plugin) => Object.entries(plugin.settings?.properties ?? {}));
  const properties = Object.fromEntries(
    settings.map(([name, { description, here }]) => [name, { description: here?.text ?? description }]),
  );
  return {
    description: 'Settings of the plugin: tsfalco --plugin-info NAME lists them.',
    anyOf: [{ type: 'object', properties }, { type: 'string' }, { type: 'null' }],
  };
}

/** The schema for editors. */
export async function configEditorSchema(): Promise<Node> {
  const { definitions = {} } = CONFIG_SCHEMA;
  const made = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, converted(schema as Node)]),
  );
  const root = made['FalcoConfig'] as { readonly properties: Readonly<Record<string, Node>> };
  const plugin = made['Plugin'] as { readonly properties: Readonly<Record<string, Node>> };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'falco.yaml',
    description: 'The configuration of Falco and tsfalco.',
    ...root,
    properties: { ...withTexts(root.properties), tsfalco: OWN },
    $defs: {
      ...made,
      Plugin: { ...plugin, properties: { ...plugin.properties, init_config: await initConfig() } },
    },
  };
}

function withTexts(properties: Readonly<Record<string, Node>>): Readonly<Record<string, Node>> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => {
      const description = KERNEL.includes(key) ? 'Of system calls; no effect here.' : TEXTS[key];
      return [key, description === undefined ? schema : { ...schema, description }];
    }),
  );
}

/** Draft 6 → 2020-12: only the place of definitions differs in what is used here. */
function converted(value: Node): Node {
  const convert = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(convert);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each)
        // An empty URL is what a file without one has.
        .filter(([key]) => key !== 'format')
        .map(([key, part]) => [
          key,
          key === '$ref' ? String(part).replace('#/definitions/', '#/$defs/') : convert(part),
        ]),
    );
  };
  return convert(value) as Node;
}
