import { describe, expect, it } from 'vitest';
import { eventsText, ignoredSyscallsText } from '../../src/cli/commands/kernel-lists.js';
import { listFields } from '../../src/cli/commands/list-fields.js';
import { pluginList, printPluginInfo } from '../../src/cli/commands/plugin-info.js';
import { schemaJson } from '../../src/cli/commands/schemas.js';
import { helpText } from '../../src/cli/help.js';
import { type Options, parseOptions } from '../../src/cli/options.js';
import { versionInfo, versionText } from '../../src/cli/versions.js';
import type { Config } from '../../src/config/config.js';
import { createFieldTable } from '../../src/fields/tables.js';

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

  it('keeps to 140 columns', () => {
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(140);
  });
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

  it('are listed', () => {
    expect(pluginList(config)).toBe(
      "1 Plugins Loaded:\n\nName: k8saudit\nDescription: Read Kubernetes Audit Events and monitor Kubernetes Clusters\nContact: github.com/falcosecurity/plugins\nVersion: 0.18.0\nCapabilities: \n  - Event Sourcing (ID=1, source='k8s_audit')\n  - Field Extraction\n\n\n",
    );
    expect(pluginList({ plugins: [] } as unknown as Config)).toBe('0 Plugins Loaded:\n\n\n');
  });

  it('are described before their configuration is refused', async () => {
    let text = '';
    const print = async (part: string): Promise<void> => {
      text += part;
    };
    await expect(printPluginInfo(config, 'p', print)).rejects.toThrow('<root>[maxEventSize]');
    expect(text).toMatch(/Init config schema type: JSON\n\{.*\}\n\n$/);
    await expect(printPluginInfo(config, 'nope', print)).rejects.toThrow(
      "can't find plugin and print its info: nope",
    );
  });
});
