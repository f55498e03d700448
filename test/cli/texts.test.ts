import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromBytes } from '../../src/bytes.js';
import { runFalco } from '../../src/cli/app.js';
import { helpText } from '../../src/cli/arguments/help.js';
import { LOAD_COMMAND } from '../../src/cli/arguments/load-command.js';
import { type Options, parseOptions } from '../../src/cli/arguments/options.js';
import { mistypedCommand, SUB_COMMANDS } from '../../src/cli/arguments/sub-commands.js';
import { TSFALCO_VERSION, versionInfo, versionText } from '../../src/cli/arguments/versions.js';
import { eventsText, ignoredSyscallsText } from '../../src/cli/info/kernel-lists.js';
import { listFields } from '../../src/cli/info/list-fields.js';
import { pluginList, printPluginInfo } from '../../src/cli/info/plugin-info.js';
import { schemaJson } from '../../src/cli/info/schemas.js';
import type { Config } from '../../src/config/config.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { loadLibraries } from '../../src/plugins/libraries.js';
import { runInProcess } from './in-process.js';

function options(...argv: readonly string[]): Options {
  const parsed = parseOptions(argv, () => false);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.options;
}

describe('help', () => {
  it('holds what tools look for', () => {
    const help = helpText();
    const wanted =
      'Usage:|falco [OPTION...]|-h|--help|-c|--config-schema|--rule-schema|--disable-source|--dry-run|--enable-source|-i|-L|-l|--list|--list-events|--list-plugins|-M|--markdown|-N|-o|--option|--plugin-info|-p|--print|-P|--pidfile|-r|--support|-U|--unbuffered|-V|--validate|-v|--version|--page-size';
    for (const text of wanted.split('|')) expect(help).toContain(text);
    expect(help.split('\n').slice(0, 4)).toEqual([
      'Falco - Cloud Native Runtime Security',
      'Usage:',
      '  falco [OPTION...]',
      '',
    ]);
  });

  it('keeps to 80 columns, as a terminal has', () => {
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('--help of every command', () => {
  it.each(Object.entries(LOAD_COMMAND))('%s', async (name, load) => {
    const command = await load();
    const running = runInProcess((host) => command(['--help'], host), {});
    expect(await running.exit).toBe(0);
    expect(running.out()).toMatch(new RegExp(`^Usage: tsfalco ${name}\\b`));
    const widths = fromBytes(running.out())
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    expect(helpText()).toContain(`\n  ${name}`);
  });
});

describe('a mistyped command', () => {
  const COMMANDS = `Commands: ${Object.keys(SUB_COMMANDS).join(', ')}; see tsfalco --help`;

  it.each([
    [['tset'], "There is no command 'tset'; did you mean test?"],
    [['lnit', '--format', 'json', 'x.yaml'], "There is no command 'lnit'; did you mean lint?"],
    [['help'], "There is no command 'help'; did you mean --help?"],
    [['version'], "There is no command 'version'; did you mean --version?"],
    [['rules.yaml'], "There is no command 'rules.yaml'"],
  ])('%j says which commands there are', (argv, text) => {
    expect(mistypedCommand(argv)).toBe(`${text}\n${COMMANDS}`);
  });

  it.each([[[]], [['test', 'x']], [['--version']], [['something', '-c', 'falco.yaml']]])(
    'is none in %j, which Falco takes',
    (argv) => {
      expect(mistypedCommand(argv)).toBeUndefined();
    },
  );
});

describe('versions', () => {
  it('match what tools read', () => {
    expect(versionText()).toMatch(
      /^Falco version: \d+\.\d+\.\d+\nLibs version: {2}\d+\.\d+\.\d+\nPlugin API: {4}\d+\.\d+\.\d\nEngine: {8}\d+\.\d+\.\d+\nDriver:\n {2}API version: {4}\d+\.\d+\.\d\n {2}Schema version: \d+\.\d+\.\d\n {2}Default driver: .+\n$/,
    );
  });

  it('come as JSON with sorted keys', () => {
    const info = versionInfo([
      { name: 'k8saudit', version: '1' },
      { name: 'json', version: '2' },
    ]);
    expect(Object.keys(info)).toEqual(Object.keys(info).sort());
    expect(Object.keys(info.plugin_versions ?? {})).toEqual(['json', 'k8saudit']);
    expect(info.engine_version).toBe('63');
    expect(versionInfo()).not.toHaveProperty('plugin_versions');
  });

  it('hold our own, where tools expect nothing particular', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(TSFALCO_VERSION).toBe(version);
    expect(versionText()).toContain(`Default driver: 10.2.0+tsfalco.${version}\n`);
    expect(versionInfo().default_driver_version).toBe(`10.2.0+tsfalco.${version}`);
  });

  it.each([[['--version']], [['--version', '-o', 'json_output=true']]])(
    '%j says it in words on standard error',
    async (argv) => {
      const running = runInProcess((host) => runFalco(argv, host), {});
      expect(await running.exit).toBe(0);
      expect(running.err()).toBe(`tsfalco version: ${TSFALCO_VERSION} (behaves as Falco 0.44.0)\n`);
      expect(running.out()).not.toContain('behaves');
    },
  );
});

describe('kernel lists', () => {
  it('have the headings that tools look for', () => {
    expect(ignoredSyscallsText()).toBe('Ignored syscall(s):\n\n');
    expect(eventsText()).toContain(
      '## Plugin events\n\n> pluginevent(UINT32 **plugin_id**, BYTEBUF **event_data**)\n',
    );
  });
});

describe('schemas', () => {
  it('have sorted keys, two blanks an indent, no newline at the end', () => {
    expect(schemaJson({ b: [{ d: 1, c: 2 }], a: true })).toBe(
      '{\n  "a": true,\n  "b": [\n    {\n      "c": 2,\n      "d": 1\n    }\n  ]\n}',
    );
  });
});

describe('--list', () => {
  const tables = new Map(['syscall', 'k8s_audit'].map((source) => [source, createFieldTable(source)]));
  const list = (...argv: readonly string[]): string => listFields(options(...argv), tables);

  it('prints names', () => {
    const names = list('--list=k8s_audit', '-N').trimEnd().split('\n');
    expect(names).toContain('ka.verb');
    expect(names).toContain('evt.num');
    expect(names).not.toContain('proc.name');
    expect(list('--list', '-N').split('\n')).toContain('proc.name');
    expect(JSON.parse(list('--list=k8s_audit', '-N', '--format', 'json')).fieldnames).toEqual(names);
  });

  it('prints text in columns of 30 and 60', () => {
    const text = list('--list=k8s_audit');
    expect(text).toMatch(/^-{31}\nField Class: {18}evt \(All event types\)\n/);
    expect(text).toContain(
      '\n-------------------------------\nField Class:                  k8saudit (plugin)\nEvent Sources:                k8s_audit \n\n',
    );
    expect(text).toMatch(/\nka\.uri\.param {18}\(ARG_KEY,ARG_REQUIRED\) /);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(90);
    expect(list('--list=k8s_audit', '-v')).toMatch(/\nka\.verb {23}\(Type: CHARBUF\) /);
  });

  it('prints a class that several sources share once', () => {
    expect(list('--list').split('Field Class:                  json (plugin)')).toHaveLength(2);
    expect(list('--list')).toContain('json (plugin)\nEvent Sources:                k8s_audit syscall \n');
  });

  it('prints Markdown and JSON', () => {
    expect(list('--list=k8s_audit', '--format', 'markdown')).toMatch(/\n`ka\.verb` \| CHARBUF \| .+\n/);
    const { fieldclasses } = JSON.parse(list('--list=k8s_audit', '--format', 'json'));
    const fields = fieldclasses.flatMap(({ fields: all }: { fields: { name: string }[] }) => all);
    expect(fields.find(({ name }: { name: string }) => name === 'ka.uri.param')).toMatchObject({
      argument: { required: true, type: ['KEY'] },
      is_list: false,
      type: 'CHARBUF',
    });
  });

  it('refuses unknown sources', () => {
    expect(() => list('--list=nope')).toThrow('Value for --list must be a valid source type');
  });
});

describe('plugins', () => {
  const plugin = {
    name: 'p',
    libraryPath: '/p/libk8saudit.so',
    initConfig: '{"maxEventSize":"x"}',
    openParams: '',
  };
  const config = { plugins: [plugin] } as unknown as Config;

  const libraries = () => loadLibraries(['/p/libk8saudit.so', '/p/libk8saudit-eks.so']);

  it('are listed', async () => {
    expect(pluginList(config, await libraries())).toBe(
      "1 Plugins Loaded:\n\nName: k8saudit\nDescription: Read Kubernetes Audit Events and monitor Kubernetes Clusters\nContact: github.com/falcosecurity/plugins\nVersion: 0.18.0\nCapabilities: \n  - Event Sourcing (ID=1, source='k8s_audit')\n  - Field Extraction\n\n\n",
    );
    expect(pluginList({ plugins: [] } as unknown as Config, await libraries())).toBe(
      '0 Plugins Loaded:\n\n\n',
    );
  });

  it('tell their own keys, with defaults, on standard error', async () => {
    const lines: string[] = [];
    const eks = { ...plugin, libraryPath: '/p/libk8saudit-eks.so', initConfig: '' };
    await printPluginInfo(
      { plugins: [eks] } as unknown as Config,
      await libraries(),
      'p',
      async () => {},
      (line) => lines.push(line),
    );
    expect(lines).toContain('Keys of init_config that only tsfalco has:');
    expect(lines).toContain('  lateness             how late an event may come, seconds (default: 120)');
    expect(lines).toContain('  max_event_size       largest event (in Falco: 262144) (default: 4194304)');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('are described before their configuration is refused', async () => {
    let text = '';
    const print = async (part: string): Promise<void> => {
      text += part;
    };
    await expect(printPluginInfo(config, await libraries(), 'p', print, () => {})).rejects.toThrow(
      '<root>[maxEventSize]',
    );
    expect(text).toMatch(/Init config schema type: JSON\n\{.*\}\n\n$/);
    await expect(printPluginInfo(config, await libraries(), 'nope', print, () => {})).rejects.toThrow(
      "can't find plugin and print its info: nope",
    );
  });
});
