// The options of our own commands: what parseArgs is told, and what completion in shells, the manual and the tests of the
// documentation are made of. Each command takes its row.

/** Which plugins it knows. */
const PLUGIN_OPTIONS = {
  c: { type: 'string', short: 'c' },
  plugin: { type: 'string', multiple: true },
} as const;

/** What a command that looks at logs reads. */
const INPUT_OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  cluster: { type: 'string' },
  region: { type: 'string' },
  ...PLUGIN_OPTIONS,
} as const;

/** Which rules it runs. */
const RULE_OPTIONS = {
  r: { type: 'string', short: 'r', multiple: true },
  with: { type: 'string', multiple: true },
  rule: { type: 'string', multiple: true },
  'min-priority': { type: 'string' },
} as const;

export const COMMAND_OPTIONS = {
  completion: { help: { type: 'boolean', short: 'h' } },
  demo: { help: { type: 'boolean', short: 'h' } },
  explain: {
    ...PLUGIN_OPTIONS,
    num: { type: 'string' },
    alert: { type: 'string' },
    r: { type: 'string', short: 'r', multiple: true },
    rule: { type: 'string' },
    event: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  export: {
    ...INPUT_OPTIONS,
    source: { type: 'string' },
    ...RULE_OPTIONS,
    where: { type: 'string' },
    fields: { type: 'string' },
    format: { type: 'string' },
    redact: { type: 'boolean' },
    'redact-key': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  fmt: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  lint: {
    ...PLUGIN_OPTIONS,
    format: { type: 'string' },
    'fail-on': { type: 'string' },
    quiet: { type: 'boolean', short: 'q' },
    fix: { type: 'boolean' },
    'in-order': { type: 'boolean' },
    'fixed-fields': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  lsp: { ...PLUGIN_OPTIONS, stdio: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  repl: {
    ...PLUGIN_OPTIONS,
    r: { type: 'string', short: 'r', multiple: true },
    e: { type: 'string', short: 'e', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
  report: {
    ...INPUT_OPTIONS,
    ...RULE_OPTIONS,
    o: { type: 'string', short: 'o' },
    title: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  scan: {
    ...INPUT_OPTIONS,
    ...RULE_OPTIONS,
    format: { type: 'string' },
    'fail-on': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  schema: { help: { type: 'boolean', short: 'h' } },
  stats: {
    ...INPUT_OPTIONS,
    source: { type: 'string' },
    ...RULE_OPTIONS,
    by: { type: 'string' },
    where: { type: 'string' },
    every: { type: 'string' },
    top: { type: 'string' },
    distinct: { type: 'string' },
    format: { type: 'string' },
    rules: { type: 'boolean' },
    exceptions: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  test: {
    ...PLUGIN_OPTIONS,
    r: { type: 'string', short: 'r', multiple: true },
    format: { type: 'string' },
    filter: { type: 'string' },
    bail: { type: 'boolean' },
    changed: { type: 'boolean' },
    since: { type: 'string' },
    coverage: { type: 'boolean' },
    watch: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
} as const;

/** Words that options and commands take; other options take paths. */
export const OPTION_VALUES: Readonly<Record<string, readonly string[]>> = {
  'lint --format': ['text', 'json', 'sarif', 'markdown'],
  'lint --fail-on': ['error', 'warning', 'note', 'never'],
  'test --format': ['text', 'tap', 'junit'],
  schema: ['rules', 'tests', 'config'],
  completion: ['bash', 'zsh', 'fish', 'man'],
};

/** Options whose value is a text of its own. */
export const FREE_TEXTS: ReadonlySet<string> = new Set([
  'explain --rule',
  'test --filter',
  'test --since',
  'repl -e',
]);
