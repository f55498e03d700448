import { describe, expect, it } from 'vitest';
import { type Options, parseOptions } from '../../src/cli/arguments/options.js';
import { Failure } from '../../src/cli/host.js';
import { openableSources, selectSources } from '../../src/cli/load/event-sources.js';
import { registerPlugins, sourcesOf, startPlugins } from '../../src/cli/load/plugins.js';
import { loadLibraries } from '../../src/plugins/libraries.js';
import { silentLog } from './silent-log.js';

function options(...argv: readonly string[]): Options {
  const parsed = parseOptions(argv, () => false);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.options;
}

function failure(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
}

const NODRIVER = { kind: 'nodriver', given: true, captureFile: '' } as const;
const LOADED = ['syscall', 'k8s_audit'];

function select(argv: readonly string[], engine: Parameters<typeof selectSources>[1] = NODRIVER) {
  const log = silentLog();
  const given = options(...argv);
  const enabled = openableSources(selectSources(LOADED, engine, given), engine, given, log);
  return { enabled, lines: log.lines };
}

describe('selection of sources', () => {
  it.each([
    [[], ['syscall', 'k8s_audit']],
    [['--enable-source', 'k8s_audit'], ['k8s_audit']],
    [
      ['--enable-source=k8s_audit', '--enable-source=syscall'],
      ['syscall', 'k8s_audit'],
    ],
    [['--disable-source', 'syscall', '--disable-source', 'syscall'], ['k8s_audit']],
  ])('%j gives %j', (argv, enabled) => {
    expect(select(argv).enabled).toEqual(enabled);
  });

  it.each([
    [['--enable-source', 'nope'], 'Attempted enabling an unknown event source: nope'],
    [
      ['--enable-source', 'k8s_audit', '--enable-source', 'nope'],
      'Attempted enabling an unknown event source: nope',
    ],
    [
      ['--disable-source', 'syscall,k8s_audit'],
      'Attempted disabling an unknown event source: syscall,k8s_audit',
    ],
    [['--disable-source='], 'Attempted disabling an unknown event source: '],
    [
      ['--enable-source', 'k8s_audit', '--disable-source', 'syscall'],
      'You can not mix --enable-source and --disable-source',
    ],
    [
      ['--disable-source', 'syscall', '--disable-source', 'k8s_audit'],
      'Must enable at least one event source',
    ],
  ])('%j: %s', (argv, message) => {
    expect(failure(() => select(argv))).toMatchObject({ kind: 'error', message });
  });

  const KMOD = { ...NODRIVER, kind: 'kmod' } as const;

  it('leaves out system calls where a driver would be needed', () => {
    const { enabled, lines } = select([], KMOD);
    expect(enabled).toEqual(['k8s_audit']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^warning: Event source 'syscall' is left out/);
    expect(select([], { ...KMOD, given: false }).lines).toEqual([]);
    expect(select(['--disable-source', 'syscall'], KMOD).lines).toEqual([]);
  });

  it('fails where nothing else would be read, but not before a run', () => {
    for (const argv of [
      ['--enable-source', 'syscall'],
      ['--disable-source', 'k8s_audit'],
    ]) {
      expect(selectSources(LOADED, KMOD, options(...argv))).toEqual(['syscall']);
      expect(failure(() => select(argv, KMOD)).message).toMatch(/needs the driver 'kmod'/);
      const { enabled, lines } = select([...argv, '--dry-run'], KMOD);
      expect(enabled).toEqual([]);
      expect(lines).toEqual([expect.stringMatching(/^warning: .* needs the driver 'kmod'/)]);
    }
  });
});

describe('plugins', () => {
  const plugin = (library: string, initConfig = '') => ({
    name: 'any',
    libraryPath: `/p/lib${library}.so`,
    initConfig,
    openParams: '',
  });

  const register = async (...configs: readonly ReturnType<typeof plugin>[]) => {
    const libraries = await loadLibraries(configs.map(({ libraryPath }) => libraryPath));
    return registerPlugins(configs, libraries);
  };

  it('brings sources, each once, behind syscall', async () => {
    expect(sourcesOf(await register(plugin('json'), plugin('k8saudit')))).toEqual(['syscall', 'k8s_audit']);
    expect(sourcesOf([])).toEqual(['syscall']);
  });

  it('refuses unknown and repeated libraries', async () => {
    await expect(register(plugin('nope'))).rejects.toMatchObject({
      kind: 'runtime',
      message:
        "cannot load plugin /p/libnope.so: can't load plugin dynamic library: /p/libnope.so: cannot open shared object file: No such file or directory",
    });
    await expect(register(plugin('json'), plugin('json'))).rejects.toThrow(
      'cannot register plugin /p/libjson.so in inspector: found another plugin with name json. Aborting.',
    );
  });

  it('reports the fault that Falco meets first: plugins of all sources come before others', async () => {
    const plugins = await register(plugin('k8saudit', 'x'), plugin('json', 'x'));
    expect(failure(() => startPlugins(plugins, sourcesOf(plugins))).message).toBe(
      'error in plugin json: init config is not a valid json',
    );
  });
});
