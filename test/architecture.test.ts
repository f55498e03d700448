// Holds the sources to ARCHITECTURE.md: who may import whom, no cycles (types included), one file for each package.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../src/', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether it is gone after compiling. */
  readonly typeOnly: boolean;
}

// Statements and dynamic imports. Text in strings could look the same; none does.
const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[\w*${}\s,]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.d\.ts$|^prefilter\/assembly\//.test(name))
  .sort();

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(ROOT + from, 'utf8');
  const found = [
    ...[...text.matchAll(STATEMENT)].map(([, type, to]) => ({ to: to!, typeOnly: type !== undefined })),
    ...[...text.matchAll(DYNAMIC)].map(([, to]) => ({ to: to!, typeOnly: false })),
  ];
  return found.map(({ to, typeOnly }) => ({ from, to: target(from, to), typeOnly }));
});

/** Own files by their path in src, packages by their name, Node's own as they are. */
function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

const isOwn = ({ to }: Import): boolean => to.endsWith('.ts');

const RUNTIME = 'runtime/runtime.ts';

const OF_FIELDS = ['type:fields/field.ts', 'type:event.ts', 'type:prefilter/prefilter.ts'] as const;

const RULES_MAY = [
  'engine/correlation/',
  'interval.ts',
  'engine/condition/',
  'engine/diagnostic',
  'prefilter/',
  'yaml.ts',
  'schema.ts',
  'time.ts',
  'bytes.ts',
  'printable.ts',
  'type:fields/field.ts',
  'type:event.ts',
] as const;

/** First match counts. `type:` allows types only, `not:` takes away what a pattern names. */
const MAY_IMPORT: readonly (readonly [files: RegExp, allowed: readonly string[]])[] = [
  [/^runtime\//, ['runtime/']],
  [/^bytes\.ts$/, [RUNTIME]],
  [/^(connections|log-levels|suggest|tally)\.ts$/, []],
  [/^interval\.ts$/, ['type:bytes.ts']],
  [/^optional\.ts$/, []],
  [/^kafka\//, ['kafka/', 'optional.ts']],
  [
    /^correlation\//,
    [
      'correlation/',
      'engine/correlation/',
      'bytes.ts',
      'sources/source.ts',
      'type:sources/checkpoint',
      'type:engine/rules/alert/alert.ts',
    ],
  ],
  [/^printable\.ts$/, ['bytes.ts']],
  [
    /^(json\/|event\.ts$|time\.ts$|schema\.ts$|syslog\.ts$|yaml\.ts$|yaml\/)/,
    ['bytes.ts', 'json/', 'yaml/', 'event.ts', 'time.ts', RUNTIME],
  ],
  [
    /^prefilter\/conditions\//,
    [
      'prefilter/',
      'not:prefilter/reader/',
      'type:engine/condition/compile/nodes.ts',
      'bytes.ts',
      'type:event.ts',
    ],
  ],
  [
    /^prefilter\/reader\//,
    ['prefilter/', 'not:prefilter/conditions/', 'json/', 'time.ts', 'bytes.ts', 'type:event.ts', RUNTIME],
  ],
  [/^prefilter\//, ['prefilter/', 'not:prefilter/(conditions|reader)/', 'bytes.ts', 'type:event.ts']],
  [/^engine\/diagnostic(\.ts$|\/)/, ['bytes.ts', 'printable.ts', 'engine/diagnostic']],
  [/^fields\//, ['event.ts', 'prefilter/prefilter.ts', 'bytes.ts', 'time.ts', 'json/', 'fields/', RUNTIME]],
  [
    /^sources\//,
    [
      'event.ts',
      'bytes.ts',
      'tally.ts',
      'connections.ts',
      'json/',
      'sources/',
      'prefilter/',
      'type:plugins/plugin.ts',
    ],
  ],
  [/^engine\/correlation\//, ['engine/correlation/', 'bytes.ts']],
  [
    /^plugins\/(plugin\.ts$|contract\/)/,
    [
      'plugins/contract/',
      'type:fields/field.ts',
      'type:fields/nodes.ts',
      'type:fields/shape.ts',
      'type:sources/source.ts',
    ],
  ],
  [
    /^plugins\//,
    [
      'plugins/',
      'fields/',
      'sources/',
      'json/',
      'kafka/',
      'optional.ts',
      'event.ts',
      'bytes.ts',
      'time.ts',
      'connections.ts',
      'suggest.ts',
    ],
  ],
  [/^engine\/condition\/operators\//, ['engine/condition/operators/', 'bytes.ts', ...OF_FIELDS]],
  [/^engine\/condition\/syntax\//, ['engine/condition/syntax/', 'engine/condition/operators/', 'bytes.ts']],
  [
    /^engine\/condition\/explain\//,
    [
      'engine/condition/explain/',
      'engine/condition/syntax/',
      'engine/condition/operators/',
      'bytes.ts',
      ...OF_FIELDS,
    ],
  ],
  [/^engine\/condition\//, ['engine/condition/', 'bytes.ts', 'engine/diagnostic', ...OF_FIELDS]],
  [/^engine\/rules\/hints\//, ['engine/rules/', ...RULES_MAY, 'not:engine/rules/[a-gi-z]+/']],
  [
    /^engine\/rules\/texts\//,
    ['engine/rules/', ...RULES_MAY, 'not:engine/rules/(alert|collect|compile|describe|lint|read)/'],
  ],
  [
    /^engine\/rules\/alert\//,
    ['engine/rules/', ...RULES_MAY, 'not:engine/rules/(collect|compile|describe|lint|read|texts)/'],
  ],
  [
    /^engine\/rules\/collect\//,
    ['engine/rules/', ...RULES_MAY, 'not:engine/rules/(alert|compile|describe|lint|read)/'],
  ],
  [/^engine\/rules\/read\//, ['engine/rules/', ...RULES_MAY, 'not:engine/rules/(compile|describe|lint)/']],
  [/^engine\/rules\/compile\//, ['engine/rules/', ...RULES_MAY, 'not:engine/rules/(describe|lint|read)/']],
  [/^engine\/rules\//, ['engine/', ...RULES_MAY]],
  [
    /^outputs\//,
    [
      'outputs/',
      'kafka/',
      'optional.ts',
      'bytes.ts',
      'printable.ts',
      'tally.ts',
      'time.ts',
      'syslog.ts',
      'engine/rules/alert/alert.ts',
    ],
  ],
  [/^metrics\//, ['metrics/', 'bytes.ts', 'outputs/', 'type:engine/rules/alert/alert.ts']],
  [/^(reload|webserver)\//, ['reload/', 'webserver/', 'connections.ts', 'bytes.ts']],
  [/^log\.ts$/, ['bytes.ts', 'printable.ts', 'log-levels.ts', 'syslog.ts']],
  [
    /^config\//,
    [
      'config/',
      'interval.ts',
      'yaml.ts',
      'schema.ts',
      'bytes.ts',
      'kafka/access.ts',
      'type:outputs/settings.ts',
      'type:metrics/state.ts',
      'log-levels.ts',
      'type:log.ts',
    ],
  ],
  [/^rule-test\//, ['rule-test/', 'interval.ts', 'yaml.ts', 'bytes.ts', 'printable.ts']],
  [
    /^pipeline(\.ts$|\/)/,
    [
      'pipeline/',
      'type:bytes.ts',
      'type:sources/',
      'type:prefilter/',
      'type:outputs/output.ts',
      'type:event.ts',
      'type:engine/rules/alert/alert.ts',
      'type:engine/correlation/match.ts',
    ],
  ],
  [
    /^(authoring|repl|survey)\//,
    [
      'authoring/',
      'repl/',
      'survey/',
      'rule-test/',
      'engine/',
      'fields/',
      'plugins/',
      'sources/',
      'prefilter/reader/fastest.ts',
      'json/',
      'yaml.ts',
      'event.ts',
      'time.ts',
      'type:prefilter/prefilter.ts',
      'bytes.ts',
      'printable.ts',
      'tally.ts',
    ],
  ],
  [
    /^language\//,
    [
      'language/',
      'authoring/',
      'rule-test/',
      'engine/',
      'fields/',
      'plugins/',
      'yaml.ts',
      'bytes.ts',
      'printable.ts',
    ],
  ],
  [
    /^library\//,
    [
      'library/',
      'authoring/',
      'engine/',
      'fields/',
      'plugins/',
      'sources/',
      'event.ts',
      'bytes.ts',
      'time.ts',
      RUNTIME,
    ],
  ],
  [/^core\.ts$/, ['library/', 'rule-test/', 'type:engine/', RUNTIME]],
  [/^plugin\.ts$/, ['plugins/plugin.ts', 'sources/source.ts']],
  [/^cloudwatch\.ts$/, ['plugins/', 'sources/', 'bytes.ts', 'runtime/node.ts']],
  [/^lambda\.ts$/, ['lambda/', 'runtime/node.ts']],
  [/^lambda\//, ['lambda/', 'library/', 'sources/']],
  [/^launch\//, ['launch/']],
  [/^(cli\/|index\.ts$)/, ['']],
];

/** Nothing imports these but their own kind. */
const TOPS = /^(cli\/|index\.ts$|plugin\.ts$|core\.ts$|cloudwatch\.ts$|lambda\.ts$|lambda\/|library\/)/;

function isAllowed({ from, to, typeOnly }: Import): boolean {
  if (to === 'suggest.ts') return from !== 'bytes.ts';
  if (
    TOPS.test(to) &&
    TOPS.exec(to)?.[0] !== TOPS.exec(from)?.[0] &&
    !/^(index|core|cloudwatch|lambda)\.ts$|^lambda\//.test(from)
  )
    return false;
  const allowed = MAY_IMPORT.find(([of]) => of.test(from))?.[1] ?? [];
  const [plugin, other] = [from, to].map((file) => /^plugins\/([^/]+)\//.exec(file)?.[1]);
  if (plugin !== undefined && other !== undefined && plugin !== other) return false;
  if (allowed.some((entry) => entry.startsWith('not:') && new RegExp(`^${entry.slice(4)}`).test(to)))
    return false;
  return allowed.some((entry) =>
    entry.startsWith('type:') ? typeOnly && to.startsWith(entry.slice(5)) : to.startsWith(entry),
  );
}

const show = ({ from, to, typeOnly }: Import): string => `${from} → ${typeOnly ? 'type ' : ''}${to}`;

describe('imports', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.filter(isOwn).length).toBeGreaterThan(300);
    expect(imports.filter((each) => isOwn(each) && !files.includes(each.to)).map(show)).toEqual([]);
  });

  it.each([
    ['sources/files/file.ts', 'engine/rules/load.ts'],
    ['sources/files/file.ts', 'fields/field.ts'],
    ['engine/condition/compile/compile.ts', 'fields/tables.ts'],
    ['engine/rules/load.ts', 'sources/unwrap.ts'],
    ['sources/unwrap.ts', 'plugins/registry.ts'],
    ['plugins/json/index.ts', 'plugins/k8saudit/index.ts'],
    ['engine/condition/operators/glob.ts', 'engine/condition/syntax/ast.ts'],
    ['engine/condition/explain/explain.ts', 'engine/condition/compile/nodes.ts'],
    ['engine/rules/collect/collector.ts', 'engine/rules/compile/compiler.ts'],
    ['outputs/http/http.ts', 'config/config.ts'],
    ['authoring/workspace.ts', 'cli/main.ts'],
    ['pipeline.ts', 'library/rules.ts'],
    ['unheard-of/file.ts', 'bytes.ts'],
  ])('would be noticed: %s → %s', (from, to) => {
    expect(isAllowed({ from, to, typeOnly: true })).toBe(false);
  });

  it('go only where ARCHITECTURE.md lets them', () => {
    expect(imports.filter((each) => isOwn(each) && !isAllowed(each)).map(show)).toEqual([]);
  });

  it('make no cycle, types included', () => {
    expect(findCycle()).toBeUndefined();
  });

  it('name each package in one file (chevrotain: tokens and parser)', () => {
    const users = new Map<string, Set<string>>();
    for (const { from, to } of imports.filter((each) => !isOwn(each) && !each.to.startsWith('node:'))) {
      const name = to.startsWith('@aws-sdk/') ? '@aws-sdk' : to;
      users.set(name, (users.get(name) ?? new Set()).add(from));
    }
    expect(Object.fromEntries([...users].sort().map(([name, used]) => [name, [...used].sort()]))).toEqual({
      '@aws-sdk': ['lambda/handler.ts', 'sources/checkpoint/s3-client.ts', 'sources/cloudwatch/aws/sdk.ts'],
      fzstd: ['kafka/library.ts', 'sources/files/packed.ts'],
      chevrotain: ['engine/condition/syntax/token-parser.ts', 'engine/condition/syntax/tokens.ts'],
      'js-yaml': ['yaml/reader.ts'],
      'node-unix-socket': ['syslog.ts'],
      pino: ['log.ts'],
      re2js: ['engine/condition/operators/regex.ts'],
      'vscode-languageserver': ['cli/lsp/protocol.ts'],
    });
  });

  it('reach the process only from the command’s entry', () => {
    const users = files.filter((file) =>
      /^(?!\s*(\/\/|\*)).*\bprocess\./m.test(readFileSync(ROOT + file, 'utf8')),
    );
    expect(users.filter((file) => !file.startsWith('cli/'))).toEqual([
      // The default of an option of the library.
      'cloudwatch.ts',
      // It starts the command's entry.
      'launch/compiled.ts',
      // Its child process has that name.
      'outputs/program/program.ts',
      // Its number, for people who look for who has a checkpoint.
      'sources/checkpoint/object.ts',
      // The SDK can be told only so not to print a warning.
      'sources/cloudwatch/aws/sdk.ts',
    ]);
  });
});

describe('the core', () => {
  // What runs anywhere: these folders whole, and whatever tsfalco/core reaches beyond them.
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from, to, typeOnly } of imports)
      if (from === file && !typeOnly && isOwn({ from, to, typeOnly })) reach(to);
  };
  reach('core.ts');
  const ANYWHERE = /^(engine|fields|json|prefilter|yaml)\/|^(core|event|bytes|time|yaml|schema)\.ts$/;
  const core = files.filter((file) => ANYWHERE.test(file) || reached.has(file));

  it('is found', () => {
    expect(reached.size).toBeGreaterThan(150);
    expect(reached).toContain('sources/unwrap.ts');
  });

  it('imports nothing of Node', () => {
    const outside = imports.filter(({ from, to }) => core.includes(from) && to.startsWith('node:'));
    expect(outside.map(show)).toEqual([]);
  });

  it('names nothing that only Node has', () => {
    const NODES =
      /^(?!\s*(?:\/\/|\*|\/\*)).*(?:\bBuffer\b|\bprocess\.|\b__dirname\b|\bsetImmediate\b|\brequire\()/m;
    expect(core.filter((file) => NODES.test(readFileSync(ROOT + file, 'utf8')))).toEqual([]);
  });
});

function findCycle(): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports.filter(isOwn)) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = walk(to, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = walk(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
