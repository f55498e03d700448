// The package as others get it: built and packed from a copy of the tree, installed in an empty folder, and used there.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-package-'));
const app = join(folder, 'app');
let size = 0;
const installed = join(app, 'node_modules', 'tsfalco');

function run(command: string, args: readonly string[], cwd: string): string {
  // Not the variables that npm and vitest set for their children.
  const { PATH, HOME } = process.env;
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH, HOME, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const node = (code: string): string => run(process.execPath, ['--input-type=module', '--eval', code], app);

/** Packs a copy, so that nobody's build is touched. */
function pack(): string {
  const copy = join(folder, 'copy');
  const skipped = new Set(['node_modules', 'dist', '.git', 'test', 'bench', '.venv', 'coverage']);
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !skipped.has(relative(ROOT, path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], copy),
  ) as [{ filename: string; size: number }];
  size = packed.size;
  return join(folder, packed.filename);
}

function install(tarball: string): void {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  try {
    run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], app);
  } catch (error) {
    // The packages are not in npm's cache: take those of the tree, without the ones for development.
    if (!String((error as { readonly stderr?: unknown }).stderr).includes('ENOTCACHED')) throw error;
    mkdirSync(installed, { recursive: true });
    run('tar', ['xzf', tarball, '--strip-components=1', '-C', installed], folder);
    for (const path of run('npm', ['ls', '--omit=dev', '--all', '--parseable'], ROOT)
      .trim()
      .split('\n')
      .slice(1)) {
      const name = path.split('/node_modules/').at(-1)!;
      mkdirSync(join(app, 'node_modules', name, '..'), { recursive: true });
      if (!existsSync(join(app, 'node_modules', name))) symlinkSync(path, join(app, 'node_modules', name));
    }
  }
}

/** Compiles a program beside the installed package. */
function compile(program: string): void {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = join(ROOT, 'node_modules', '@types');
  const options = ['--strict', '--module', 'nodenext', '--typeRoots', types, '--types', 'node'];
  run(process.execPath, [tsc, ...options, program], app);
}

beforeAll(() => install(pack()), 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('holds what is needed and nothing else', () => {
  expect(
    readdirSync(installed)
      .filter((name) => name !== 'node_modules')
      .sort(),
  ).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'bin',
    'dist',
    'docs',
    'examples',
    'falco.yaml',
    'package.json',
    'report',
    'rules',
  ]);
  expect(existsSync(join(installed, 'dist', 'json', 'scan.wasm'))).toBe(true);
  // Compiled code is for one Node only.
  expect(readdirSync(join(installed, 'dist', 'command')).filter((name) => name.endsWith('.code'))).toEqual(
    [],
  );
  expect(size).toBeLessThan(1_000_000);
});

it('runs the example, compiled against its types', () => {
  cpSync(join(installed, 'examples', 'library.ts'), join(app, 'library.ts'));
  compile('library.ts');
  expect(run(process.execPath, ['library.js'], app)).toMatch(
    /^Warning "Change in a sensitive namespace": mallory did delete configmaps\/coredns in kube-system\n/,
  );
});

it('runs the example of a plugin, compiled against its types, in a program and by the command', () => {
  cpSync(join(installed, 'examples', 'plugin'), join(app, 'plugin'), { recursive: true });
  cpSync(join(installed, 'examples', 'plugin.ts'), join(app, 'plugin.ts'));
  compile('plugin.ts');
  expect(run(process.execPath, ['plugin.js'], app)).toBe('alice in north\n');
  const tsfalco = (...args: readonly string[]): string =>
    run(process.execPath, [join(installed, 'bin', 'tsfalco.js'), ...args], join(app, 'plugin'));
  expect(tsfalco('-c', 'falco.yaml', '--disable-source', 'syscall')).toContain(
    'Warning Refused (who=alice door=server-room building=north)',
  );
  expect(tsfalco('lint', '-c', 'falco.yaml', 'rules.yaml')).toBe('nothing to say\n');
  expect(tsfalco('test', '-c', 'falco.yaml', 'rules-test.yaml')).toBe('2 passed, 0 failed\n');
});

const EKS = `
import { openEksSource } from 'tsfalco/cloudwatch';
const source = openEksSource('c', { region: 'eu-west-1', env: {} });
await source.batches(new AbortController().signal)[Symbol.asyncIterator]().next().catch((error) => console.log(error.message));
`;
const MISSING =
  /the AWS SDK, which reads CloudWatch Logs, is not installed: npm install @aws-sdk\/client-cloudwatch-logs@(\S+) /;

it('comes without the AWS SDK, and says what to install where it is needed', () => {
  expect(existsSync(join(app, 'node_modules', '@aws-sdk'))).toBe(false);
  const { devDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(MISSING.exec(node(EKS))?.[1]).toBe(devDependencies['@aws-sdk/client-cloudwatch-logs']);
  const demo = spawnSync(process.execPath, [join(installed, 'bin', 'tsfalco.js'), 'demo'], {
    encoding: 'utf8',
  });
  expect(demo.stderr).toMatch(MISSING);
  expect(demo.status).toBe(1);
});

it('runs the demo, with the AWS SDK beside it', () => {
  symlinkSync(join(ROOT, 'node_modules', '@aws-sdk'), join(app, 'node_modules', '@aws-sdk'));
  const out = run(process.execPath, [join(installed, 'bin', 'tsfalco.js'), 'demo'], app);
  expect(out).toMatch(/: Warning [\s\S]*\nEvents detected: [1-9]\d*\n/);
});

it('keeps its inside to itself', () => {
  expect(() => node("await import('tsfalco/dist/bytes.js')")).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

it('stands in for `falco`, through a link and without any variable', () => {
  const link = join(folder, 'falco');
  symlinkSync(join(installed, 'bin', 'falco'), link);
  // Beside it node, as npm puts them.
  symlinkSync(process.execPath, join(folder, 'node'));
  const out = execFileSync(link, ['--version'], { encoding: 'utf8', env: {} });
  expect(out).toMatch(/^Falco version: /);
});

it('runs as a command', () => {
  const command = join(installed, 'bin', 'tsfalco.js');
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(run(process.execPath, [command, '--version'], app)).toMatch(/^Falco version: /);
  const config = `
load_plugins: [k8saudit, json]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: ${join(installed, 'examples', 'events.jsonl')}}
  - {name: json, library_path: libjson.so}
stdout_output: {enabled: true}
webserver: {enabled: false}
`;
  writeFileSync(join(app, 'falco.yaml'), config);
  const rules = join(installed, 'rules', 'k8s_audit_rules.yaml');
  const out = run(
    process.execPath,
    [command, '-c', 'falco.yaml', '-r', rules, '--disable-source', 'syscall'],
    app,
  );
  expect(out).toMatch(/^\d\d:\d\d:\d\d\.\d{9}: \w+ [\s\S]*\nEvents detected: [1-9]\d*\n/);
});
