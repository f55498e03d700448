// What a configuration says in vain is said, with its place. Which settings count stays as in Falco (load.test.ts).

import { describe, expect, it } from 'vitest';
import { checkInitConfigs, checkRulesFiles } from '../../../src/config/check/check-merged.js';
import { findingText } from '../../../src/config/finding.js';
import { loadConfig } from '../../../src/config/load.js';
import { loadLibraries, unknownKeys } from '../../../src/plugins/libraries.js';
import { memoryFiles } from '../memory-files.js';

interface Given {
  readonly overrides?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function load(yaml: string, { overrides = [], files = {}, env = {} }: Given) {
  const outcome = loadConfig({
    file: 'falco.yaml',
    overrides,
    unbuffered: false,
    env,
    files: memoryFiles({ 'falco.yaml': yaml, ...files }),
  });
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome;
}

const findings = (yaml: string, given: Given = {}): readonly string[] =>
  load(yaml, given).findings.map(findingText);

describe('a key that nobody reads', () => {
  it.each([
    [
      'json_ouput: true',
      "falco.yaml:1:1: unknown key 'json_ouput' has no effect; did you mean 'json_output'?",
    ],
    [
      'load_plugin: []',
      "falco.yaml:1:1: unknown key 'load_plugin' has no effect; did you mean 'load_plugins'?",
    ],
    [
      'jsonOutput: true',
      "falco.yaml:1:1: unknown key 'jsonOutput' has no effect; did you mean 'json_output'?",
    ],
    [
      'rule_files: [a]',
      "falco.yaml:1:1: unknown key 'rule_files' has no effect; did you mean 'rules_files'?",
    ],
    [
      'webserver:\n  enabled: false\n  listen_prot: 1',
      "falco.yaml:3:3: unknown key 'webserver.listen_prot' has no effect; did you mean 'listen_port'?",
    ],
    [
      'plugins:\n  - {name: p, library_path: p, open_parms: x}',
      "falco.yaml:2:32: unknown key 'plugins[].open_parms' has no effect; did you mean 'open_params'?",
    ],
    [
      'listen_port: 1',
      "falco.yaml:1:1: unknown key 'listen_port' has no effect; it belongs under 'webserver'",
    ],
    [
      'stdout_output: {json_output: true}',
      "falco.yaml:1:17: unknown key 'stdout_output.json_output' has no effect; it belongs at the top level",
    ],
    ['grpc: {enabled: true}', "falco.yaml:1:1: unknown key 'grpc' has no effect: Falco no longer has it"],
    ['zzz: 1', "falco.yaml:1:1: unknown key 'zzz' has no effect"],
  ])('%s', (yaml, text) => {
    expect(findings(yaml)).toEqual([text]);
  });

  it('is none in what is free: static fields, init_config, the section tsfalco', () => {
    expect(findings('static_fields: {a: b}\nrules_file: []\ntsfalco: {field_semantics: fixed}')).toEqual([]);
  });
});

describe('a value that does not convert', () => {
  it.each([
    [
      'json_output: yess',
      "falco.yaml:1:14: json_output: 'yess' is neither true nor false; the default counts",
    ],
    [
      'json_output: [true]',
      'falco.yaml:1:14: json_output: a single value is expected here; this has no effect',
    ],
    [
      'output_timeout: 2s',
      "falco.yaml:1:17: output_timeout: '2s' is no whole number from 0 to 4294967295; the default counts",
    ],
    [
      'http_output: {max_consecutive_timeouts: 300}',
      "falco.yaml:1:41: http_output.max_consecutive_timeouts: '300' is no whole number from 0 to 255; the default counts",
    ],
    [
      'syscall_event_drops: {rate: fast}',
      "falco.yaml:1:29: syscall_event_drops.rate: 'fast' is no number; the default counts",
    ],
    ['rules_files: {a: b}', 'falco.yaml:1:14: rules_files: a list is expected here; this has no effect'],
    [
      'stdout_output: [enabled]',
      'falco.yaml:1:16: stdout_output: keys with values are expected here; this has no effect',
    ],
    ['- json_output', 'falco.yaml:1:1: keys with values are expected here; this has no effect'],
    [
      'file_output: {keep_alive: yes}',
      "falco.yaml:1:27: file_output.keep_alive: 'yes' does not switch it on, only true does",
    ],
    [
      'metrics:\n  output_file:',
      "falco.yaml:2:3: metrics.output_file: no value is read as the text 'null'; quotes ('') stand for an empty text",
    ],
    [
      `json_output: ${'s'.repeat(80)}`,
      `falco.yaml:1:14: json_output: '${'s'.repeat(60)}...' is neither true nor false; the default counts`,
    ],
  ])('%s', (yaml, text) => {
    expect(findings(yaml)).toEqual([text]);
  });

  it.each([
    'json_output: Yes',
    'json_output: "on"',
    'output_timeout: 0x10',
    'watch_config_files:',
    'plugins: [{name: p, library_path: p, open_params: , init_config: }]',
    'rules_files: one.yaml',
  ])('is none where Falco takes it: %s', (yaml) => {
    expect(findings(yaml)).toEqual([]);
  });

  it('is looked at after variables are replaced', () => {
    expect(findings('json_output: ${FLAG}', { env: { FLAG: 'true' } })).toEqual([]);
    expect(findings('json_output: ${FLAG}')).toEqual([
      "falco.yaml:1:14: json_output: '' is neither true nor false; the default counts",
    ]);
  });
});

describe('what -o says in vain', () => {
  it.each([
    ['json_ouput=true', "-o: unknown key 'json_ouput' has no effect; did you mean 'json_output'?"],
    ['json_output=yess', "-o: json_output: 'yess' is neither true nor false; the default counts"],
    ['rules[5].disable.rule=x', '-o: rules: a list is expected here; this has no effect'],
    [
      'stdout_output={enable: true}',
      "-o: unknown key 'stdout_output.enable' has no effect; did you mean 'enabled'?",
    ],
  ])('%s', (option, text) => {
    expect(findings('json_output: true', { overrides: [option] })).toEqual([text]);
  });

  it('leaves the findings of the file alone', () => {
    expect(findings('json_ouput: true', { overrides: ['json_output=true'] })).toHaveLength(1);
  });
});

const PLUGIN = '{name: k8saudit, library_path: libk8saudit.so}';

describe('what stands there twice', () => {
  it('a key of one file', () => {
    expect(findings('json_output: true\npriority: info\njson_output: false')).toEqual([
      "falco.yaml:3:1: key 'json_output' stands here twice; the first one counts (line 1)",
    ]);
    expect(findings('webserver: {enabled: false, enabled: true}')).toEqual([
      "falco.yaml:1:29: webserver: key 'enabled' stands here twice; the first one counts (line 1)",
    ]);
  });

  it('a plugin in falco.yaml and in a file that it includes', () => {
    const files = { 'more.yaml': `plugins:\n  - ${PLUGIN}` };
    expect(findings(`config_files: [more.yaml]\nplugins: [${PLUGIN}]`, { files })).toEqual([
      'more.yaml:2:5: plugin k8saudit is configured twice; the first entry counts (plugins[0] in falco.yaml:2:11)',
    ]);
  });

  it('an entry of load_plugins', () => {
    const yaml = `plugins: [${PLUGIN}]\nload_plugins: [k8saudit, k8saudit]`;
    expect(findings(yaml)).toEqual([
      'falco.yaml:2:26: load_plugins names k8saudit twice (first in falco.yaml:2:16)',
    ]);
  });

  it('a key in two files of config_files', () => {
    const files = { 'a.yaml': 'json_output: true', 'b.yaml': 'json_output: false' };
    expect(findings('config_files: [a.yaml, b.yaml]\njson_output: true', { files })).toEqual([
      'a.yaml:1:14: json_output is set again in b.yaml:1:14, which counts',
    ]);
  });

  it('a section, of which the included file replaces more than it says', () => {
    const files = { 'a.yaml': 'webserver: {listen_port: 1}' };
    const yaml = 'config_files: [a.yaml]\nwebserver: {enabled: true, listen_port: 2, ssl_enabled: false}';
    expect(findings(yaml, { files })).toEqual([
      'a.yaml:1:12: webserver replaces the whole section of falco.yaml:2:12, also webserver.enabled, webserver.ssl_enabled',
    ]);
  });

  it('is none where lists grow, and where a file replaces a value of falco.yaml', () => {
    const files = {
      'a.yaml': 'rules_files: [a]\npriority: info\nengine: {kind: nodriver}',
      'b.yaml': 'rules_files: [b]',
    };
    const yaml =
      'config_files: [a.yaml, b.yaml]\nrules_files: [c]\npriority: debug\nengine: {kind: kmod, kmod: {}}';
    expect(findings(yaml, { files })).toEqual([]);
  });
});

describe('what else leads nowhere', () => {
  it('a file of config_files that is not there', () => {
    expect(findings('config_files:\n  - nope.yaml')).toEqual([
      "falco.yaml:2:5: config_files: there is no file or folder 'nope.yaml'",
    ]);
    expect(findings('config_files: [/etc/falco/config.d]')).toEqual([]);
  });

  it('a strategy of config_files', () => {
    const yaml = 'config_files:\n  - {path: a.yaml, strategy: add_only}';
    expect(findings(yaml, { files: { 'a.yaml': '' } })).toEqual([
      "falco.yaml:2:30: config_files: strategy 'add_only' is unknown, so append counts; did you mean 'add-only'?",
    ]);
  });

  it('a rules file that is not there', () => {
    const config = (yaml: string) => load(yaml, { files: { 'here.yaml': '' } }).config;
    const nowhere = (yaml: string) =>
      checkRulesFiles(config(yaml), memoryFiles({ 'here.yaml': '' })).map(findingText);
    expect(nowhere('rules_files:\n  - nope.yaml\n  - here.yaml\n  - /etc/falco/falco_rules.yaml')).toEqual([
      "falco.yaml:2:5: rules_files: there is no file or folder 'nope.yaml'",
    ]);
  });

  it('a key of init_config', async () => {
    const libraries = await loadLibraries(['/usr/share/falco/plugins/libk8saudit.so']);
    const unknown = (yaml: string): readonly string[] =>
      checkInitConfigs(load(yaml, {}).config, unknownKeys(libraries)).map(findingText);
    const plugin = `{name: k8saudit, library_path: libk8saudit.so, init_config: {maxEventsize: 1, chekpoint: x}}`;
    expect(unknown(`plugins:\n  - ${plugin}`)).toEqual([
      "falco.yaml:2:83: init_config of plugin k8saudit: unknown key 'chekpoint' has no effect; did you mean 'checkpoint'?",
    ]);
    const text = `{name: k8saudit, library_path: libk8saudit.so, init_config: '{"x": 1}'}`;
    expect(unknown(`plugins:\n  - ${text}`)).toEqual([
      "falco.yaml:2:65: init_config of plugin k8saudit: unknown key 'x' has no effect",
    ]);
  });

  it('a second document', () => {
    expect(findings('json_output: true\n---\njson_output: false\n')).toEqual([
      "falco.yaml:3:1: has no effect: only the part before the second '---' is read",
    ]);
    expect(findings('json_output: true\n---\n')).toEqual([]);
  });
});

it('takes no long time, and no long line, for what is very large', () => {
  const long = 'k'.repeat(1_000_000);
  expect(findings(`? ${long}\n: 1`)).toEqual([
    `falco.yaml:1:3: unknown key '${'k'.repeat(60)}...' has no effect`,
  ]);
  const names = Array.from({ length: 20_000 }, (_, n) => `{name: p${n}, library_path: x}`);
  expect(findings(`load_plugins: []\nplugins: [${[...names, names[7]].join(', ')}]`)).toEqual([
    expect.stringContaining(
      'plugin p7 is configured twice; the first entry counts (plugins[7] in falco.yaml:2:',
    ),
  ]);
});
