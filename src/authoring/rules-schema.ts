// The JSON schema (2020-12) of rules files for editors, with descriptions and examples. Falco's own, which --rule-schema
// prints, allows every key everywhere and wants none; this one says what an item of each kind needs.

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

export const PRIORITY_NAMES = [
  'EMERGENCY',
  'ALERT',
  'CRITICAL',
  'ERROR',
  'WARNING',
  'NOTICE',
  'INFORMATIONAL',
  'INFO',
  'DEBUG',
] as const;

const text = (description: string, ...examples: readonly string[]): Json => ({
  type: 'string',
  description,
  ...(examples.length > 0 ? { examples } : {}),
});
const flag = (description: string, byDefault: boolean): Json => ({
  type: 'boolean',
  description,
  default: byDefault,
});

/** What each key is for; the language server shows the same. */
export const RULE_KEY_TEXTS = {
  rule: 'Name of the rule, shown in every alert. The name of an earlier rule replaces that one, or changes it with override.',
  desc: 'What the rule finds, for people.',
  condition:
    'When the rule gives an alert: comparisons of fields joined by and, or, not; macros by their names.',
  output: 'The text of the alert. %field stands for its value.',
  priority: 'How grave it is. Rules below the configuration’s priority do not run.',
  source: 'Where events come from. Rules without a source are for system calls.',
  enabled: 'false: loaded, but not run. To switch an earlier rule, add override: {enabled: replace}.',
  tags: 'Words to select rules by; MITRE ATT&CK tactics and techniques as mitre_execution, T1609.',
  exceptions: 'Events that give no alert, as fields, comparisons and values.',
  override: 'Which keys of an earlier item this one appends to, or replaces.',
  append: 'Deprecated: use override.',
  macro: 'Name of the macro, a condition that others use by it.',
  list: 'Name of the list; in conditions it stands in brackets: field in (name).',
  items: 'The values of the list, or names of earlier lists.',
  warn_evttypes: 'Of system calls; no effect here.',
  'skip-if-unknown-filter': 'Leave the rule out instead of failing if it names a field that is not known.',
  capture: 'Of system calls; no effect here.',
  capture_duration: 'Of system calls; no effect here.',
  correlation: 'Name of a correlation: an alert on several matches of rules within a time.',
  type: 'What a correlation counts.',
  rules: 'The rules whose matches a correlation looks at.',
  'group-by': 'Fields whose values matches have to share.',
  aliases: 'Names for fields that are called otherwise in some of the rules.',
  timespan: 'How far apart matches may be: 10m, 1h.',
  alert: 'false: gives no alerts, and counts in correlations.',
  suppress: 'How long the same alert is not given again: 10m, 1h.',
  required_engine_version: 'The lowest version of Falco’s engine that these rules need.',
  required_plugin_versions: 'Plugins whose fields these rules use.',
} as const;

const T = RULE_KEY_TEXTS;
const operations = (...allowed: readonly string[]): Json => ({ enum: allowed });
const scalar: Json = { type: ['string', 'number', 'boolean'] };

const OVERRIDE: Json = {
  type: 'object',
  description: T.override,
  additionalProperties: false,
  minProperties: 1,
  properties: {
    ...Object.fromEntries(
      ['condition', 'output', 'desc', 'tags', 'exceptions'].map((key) => [
        key,
        operations('append', 'replace'),
      ]),
    ),
    ...Object.fromEntries(
      [
        'priority',
        'suppress',
        'enabled',
        'capture',
        'capture_duration',
        'warn_evttypes',
        'skip-if-unknown-filter',
      ].map((key) => [key, operations('replace')]),
    ),
    items: operations('append'),
  },
  examples: [{ condition: 'append' }, { enabled: 'replace' }],
};

const EXCEPTION: Json = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text('Name of the exception; with override, values are appended to the one of this name.'),
    fields: {
      description: 'Fields that are compared, or one field.',
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      examples: [['ka.user.name', 'ka.target.namespace']],
    },
    comps: {
      description: 'An operator for each field; = (in for one field) if left out.',
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      examples: [['=', 'startswith']],
    },
    values: {
      type: 'array',
      description: 'Rows of values, one for each field; an event that fits one of them gives no alert.',
      examples: [[['alice@example.com', 'shop']]],
    },
  },
};

const STEP: Json = {
  type: 'object',
  additionalProperties: false,
  anyOf: [{ required: ['rule'] }, { required: ['as', 'condition'] }],
  properties: {
    as: text('The name of the step.'),
    rule: text('The rule or correlation whose matches count.'),
    condition: { description: 'What events count, in a step without a rule.', type: 'string' },
    source: text(
      'Where the events of its condition come from, where it is not the correlation’s own source.',
    ),
  },
};

const KINDS: readonly {
  readonly key: string;
  readonly keys: readonly string[];
  readonly required: readonly string[];
}[] = [
  { key: 'required_engine_version', keys: [], required: [] },
  { key: 'required_plugin_versions', keys: [], required: [] },
  { key: 'list', keys: ['items', 'append', 'override'], required: ['items'] },
  { key: 'macro', keys: ['condition', 'append', 'override'], required: ['condition'] },
  {
    key: 'rule',
    keys: [
      ...[
        'desc',
        'condition',
        'output',
        'priority',
        'source',
        'enabled',
        'tags',
        'exceptions',
        'override',
        'append',
      ],
      ...['warn_evttypes', 'skip-if-unknown-filter', 'capture', 'capture_duration', 'suppress', 'alert'],
    ],
    required: [],
  },
  {
    key: 'correlation',
    keys: [
      ...[
        'type',
        'rules',
        'group-by',
        'aliases',
        'timespan',
        'condition',
        'output',
        'desc',
        'priority',
        'source',
      ],
      ...['tags', 'enabled', 'exceptions', 'suppress', 'alert', 'override', 'append'],
    ],
    required: [],
  },
];

/** The keys that an item of a kind may have, beside the one that names it. */
export const itemKeys = (kind: string): readonly string[] =>
  KINDS.find(({ key }) => key === kind)?.keys ?? [];

/** A key `then` in an object would make it look like a promise to linters. */
const implies = (condition: Json, consequence: Json): Json =>
  Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);

/** A rule that is no change of an earlier one, and more than a switch, needs these. */
const WHOLE_RULE = implies(
  {
    required: ['rule'],
    anyOf: ['desc', 'condition', 'output', 'priority'].map((key) => ({ required: [key] })),
    not: { anyOf: [{ required: ['override'] }, { required: ['append'] }] },
  },
  { required: ['desc', 'condition', 'output', 'priority'] },
);

export const RULES_EDITOR_SCHEMA: Json = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Falco rules file',
  description: 'Rules, macros and lists, as Falco and tsfalco read them.',
  type: ['array', 'null'],
  items: { $ref: '#/$defs/item' },
  $defs: {
    item: {
      type: 'object',
      anyOf: KINDS.map(({ key }) => ({ required: [key] })),
      properties: {
        rule: text(T.rule, 'Exec in kube-system'),
        desc: text(T.desc),
        condition: { description: T.condition, type: ['string', 'object', 'integer'] },
        output: text(T.output, 'exec by %ka.user.name in %ka.target.namespace/%ka.target.name'),
        priority: {
          description: T.priority,
          type: 'string',
          enum: PRIORITY_NAMES.flatMap((name) => [
            name,
            name.toLowerCase(),
            name[0] + name.slice(1).toLowerCase(),
          ]),
          examples: ['WARNING'],
        },
        source: text(T.source, 'k8s_audit'),
        enabled: flag(T.enabled, true),
        tags: {
          type: 'array',
          description: T.tags,
          items: scalar,
          examples: [['k8s', 'mitre_execution', 'T1609']],
        },
        exceptions: { type: 'array', description: T.exceptions, items: EXCEPTION },
        override: OVERRIDE,
        append: {
          ...(flag(T.append, false) as object),
          deprecated: true,
          deprecationMessage: T.append,
        } as Json,
        correlation: text(T.correlation, 'Many secrets read'),
        type: {
          description: T.type,
          enum: ['event_count', 'value_count', 'temporal', 'temporal_ordered', 'absence'],
        },
        rules: { type: 'array', minItems: 1, description: T.rules, items: { anyOf: [scalar, STEP] } },
        'group-by': { type: 'array', description: T['group-by'], items: { type: 'string' } },
        aliases: { type: 'object', description: T.aliases },
        timespan: { description: T.timespan, type: ['string', 'integer'] },
        suppress: { description: T.suppress },
        alert: flag(T.alert, false),
        macro: text(T.macro, 'human'),
        list: text(T.list, 'trusted_users'),
        items: { type: 'array', description: T.items, items: scalar },
        warn_evttypes: flag(T.warn_evttypes, true),
        'skip-if-unknown-filter': flag(T['skip-if-unknown-filter'], false),
        capture: flag(T.capture, false),
        capture_duration: { type: 'integer', minimum: 0, description: T.capture_duration },
        required_engine_version: {
          description: T.required_engine_version,
          type: ['string', 'integer'],
          examples: ['0.15.0'],
        },
        required_plugin_versions: {
          type: 'array',
          description: T.required_plugin_versions,
          items: { $ref: '#/$defs/plugin' },
        },
      },
      additionalProperties: false,
      allOf: [
        ...KINDS.map(({ key, keys, required }) =>
          implies({ required: [key] }, { required, propertyNames: { enum: [key, ...keys] } }),
        ),
        WHOLE_RULE,
      ],
    },
    plugin: {
      type: 'object',
      required: ['name', 'version'],
      additionalProperties: false,
      properties: {
        name: text('Name of the plugin.', 'k8saudit', 'json'),
        version: text('The lowest version.', '0.7.0'),
        alternatives: {
          type: 'array',
          description: 'Plugins that do as well.',
          items: { $ref: '#/$defs/plugin' },
        },
      },
    },
  },
};
