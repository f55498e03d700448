// The JSON schema of falco.yaml, which `--config-schema` prints and each configuration file is validated against
// (spec: cli-and-config.md §2.2, §2.3). Falco's keys and types; `tsfalco` is our own section.

import type { Schema } from '../../schema.js';

const BOOLEAN: Schema = { type: 'boolean' };
const INTEGER: Schema = { type: 'integer' };
const NUMBER: Schema = { type: 'number' };
const STRING: Schema = { type: 'string' };
const STRINGS: Schema = { type: 'array', items: STRING };

function object(title: string, properties: Record<string, Schema>, more: Partial<Schema> = {}): Schema {
  return { type: 'object', title, additionalProperties: false, properties, ...more };
}

/** An object that must say something. */
function filled(title: string, properties: Record<string, Schema>): Schema {
  return object(title, properties, { minProperties: 1 });
}

function all(schema: Schema, ...names: readonly string[]): Record<string, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema]));
}

function ref(name: string): Schema {
  return { $ref: `#/definitions/${name}` };
}

function list(name: string): Schema {
  return { type: 'array', items: ref(name) };
}

// Falco's schema says oneOf here, and then reports every correct mapping, which to its validator is a text as well.
const CONFIG_FILE: Schema = {
  anyOf: [
    STRING,
    {
      type: 'object',
      properties: { path: STRING, strategy: { type: 'string', enum: ['append', 'override', 'add-only'] } },
      required: ['path'],
    },
  ],
};

const ROOT = object('FalcoConfig', {
  append_output: list('AppendOutput'),
  static_fields: { type: 'object' },
  config_files: { type: 'array', items: CONFIG_FILE },
  ...all(BOOLEAN, 'watch_config_files', 'plugins_hostinfo', 'time_format_iso_8601', 'buffer_format_base64'),
  ...all(STRINGS, 'rules_files', 'rule_files', 'load_plugins'),
  rules: list('Rule'),
  engine: ref('Engine'),
  capture: ref('Capture'),
  plugins: list('Plugin'),
  ...all(STRING, 'priority', 'rule_matching', 'log_level'),
  ...all(BOOLEAN, 'json_output', 'json_include_output_property', 'json_include_message_property'),
  ...all(BOOLEAN, 'json_include_output_fields_property', 'json_include_tags_property'),
  ...all(BOOLEAN, 'buffered_outputs', 'log_stderr', 'log_syslog'),
  outputs_queue: ref('OutputsQueue'),
  ...all(ref('Output'), 'stdout_output', 'syslog_output'),
  file_output: ref('FileOutput'),
  http_output: ref('HTTPOutput'),
  kafka_output: ref('KafkaOutput'),
  program_output: ref('ProgramOutput'),
  webserver: ref('Webserver'),
  libs_logger: ref('LibsLogger'),
  output_timeout: INTEGER,
  syscall_event_timeouts: ref('SyscallEventTimeouts'),
  syscall_event_drops: ref('SyscallEventDrops'),
  metrics: ref('Metrics'),
  base_syscalls: ref('BaseSyscalls'),
  falco_libs: ref('FalcoLibs'),
  tsfalco: { type: 'object' },
});

const APPEND_OUTPUT = object('AppendOutput', {
  match: object('Match', { source: STRING, tags: STRINGS, rule: STRING }),
  extra_output: STRING,
  extra_fields: {
    type: 'array',
    items: { anyOf: [{ type: 'object', additionalProperties: STRING }, STRING] },
  },
  suggested_output: BOOLEAN,
});

const OUTPUTS: Record<string, Schema> = {
  Output: filled('Output', { enabled: BOOLEAN }),
  FileOutput: filled('FileOutput', { ...all(BOOLEAN, 'enabled', 'keep_alive'), filename: STRING }),
  ProgramOutput: object(
    'ProgramOutput',
    { ...all(BOOLEAN, 'enabled', 'keep_alive'), program: STRING },
    { required: ['program'] },
  ),
  HTTPOutput: filled('HTTPOutput', {
    ...all(BOOLEAN, 'enabled', 'insecure', 'mtls', 'echo', 'compress_uploads', 'keep_alive'),
    url: { type: 'string', format: 'uri' },
    ...all(STRING, 'user_agent', 'ca_cert', 'ca_bundle', 'ca_path', 'client_cert', 'client_key'),
    ...all(INTEGER, 'max_consecutive_timeouts', 'max_retry_seconds'),
  }),
  KafkaOutput: filled('KafkaOutput', {
    ...all(BOOLEAN, 'enabled', 'tls'),
    ...all(STRING, 'brokers', 'topic', 'tls_ca', 'tls_cert', 'tls_key'),
    ...all(STRING, 'sasl_mechanism', 'sasl_username', 'sasl_password', 'sasl_password_file'),
    max_retry_seconds: INTEGER,
  }),
  OutputsQueue: filled('OutputsQueue', { capacity: INTEGER }),
};

const KERNEL: Record<string, Schema> = {
  BaseSyscalls: filled('BaseSyscalls', { ...all(BOOLEAN, 'all', 'repair'), custom_set: STRINGS }),
  Capture: object('Capture', {
    enabled: BOOLEAN,
    path_prefix: STRING,
    mode: { type: 'string', enum: ['rules', 'all_rules'] },
    default_duration: { type: 'integer', minimum: 0 },
    max_file_size_mb: { type: 'integer', minimum: 0, maximum: 1_048_576 },
  }),
  Engine: object(
    'Engine',
    { kind: STRING, kmod: ref('Kmod'), modern_ebpf: ref('ModernEbpf'), replay: ref('Replay') },
    { required: ['kind'] },
  ),
  Kmod: filled('Kmod', { buf_size_preset: INTEGER, drop_failed_exit: BOOLEAN }),
  ModernEbpf: object('ModernEbpf', {
    ...all(INTEGER, 'cpus_for_each_buffer', 'buf_size_preset'),
    ...all(BOOLEAN, 'drop_failed_exit', 'disable_iterators'),
  }),
  Replay: object('Replay', { capture_file: STRING }, { required: ['capture_file'] }),
  FalcoLibs: filled(
    'FalcoLibs',
    all(
      INTEGER,
      'thread_table_size',
      'thread_table_auto_purging_interval_s',
      'thread_table_auto_purging_thread_timeout_s',
      'snaplen',
    ),
  ),
  SyscallEventDrops: filled('SyscallEventDrops', {
    ...all(NUMBER, 'threshold', 'rate'),
    actions: STRINGS,
    max_burst: INTEGER,
    simulate_drops: BOOLEAN,
  }),
  SyscallEventTimeouts: filled('SyscallEventTimeouts', { max_consecutives: INTEGER }),
};

const ABLE = filled('Able', { rule: STRING, tag: STRING });

/** Draft 6, as Falco's own. */
export const CONFIG_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-06/schema#',
  $ref: '#/definitions/FalcoConfig',
  definitions: {
    FalcoConfig: ROOT,
    AppendOutput: APPEND_OUTPUT,
    ...OUTPUTS,
    ...KERNEL,
    LibsLogger: filled('LibsLogger', { enabled: BOOLEAN, severity: STRING }),
    Metrics: filled('Metrics', {
      ...all(BOOLEAN, 'enabled', 'output_rule', 'convert_memory_to_mb', 'include_empty_values'),
      ...all(STRING, 'interval', 'output_file'),
      ...all(BOOLEAN, 'rules_counters_enabled', 'resource_utilization_enabled', 'state_counters_enabled'),
      ...all(BOOLEAN, 'kernel_event_counters_enabled', 'kernel_event_counters_per_cpu_enabled'),
      ...all(BOOLEAN, 'libbpf_stats_enabled', 'plugins_metrics_enabled', 'jemalloc_stats_enabled'),
      kernel_iter_event_counters_enabled: BOOLEAN,
    }),
    Plugin: object(
      'Plugin',
      {
        ...all(STRING, 'name', 'library_path', 'open_params'),
        init_config: { anyOf: [{ type: 'object' }, STRING, { type: 'null' }] },
      },
      { required: ['library_path', 'name'] },
    ),
    Rule: filled('Rule', { disable: ref('Able'), enable: ref('Able') }),
    Able: ABLE,
    Webserver: filled('Webserver', {
      ...all(BOOLEAN, 'enabled', 'prometheus_metrics_enabled', 'ssl_enabled'),
      ...all(INTEGER, 'threadiness', 'listen_port'),
      ...all(STRING, 'listen_address', 'k8s_healthz_endpoint', 'ssl_certificate'),
    }),
  },
};
