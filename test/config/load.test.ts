import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { dumpTree } from '../../src/config/dump.js';
import { loadConfig } from '../../src/config/load.js';
import { memoryFiles } from './memory-files.js';

interface Given {
  readonly overrides?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function outcome(yaml: string, { overrides = [], files = {}, env = {} }: Given = {}) {
  return loadConfig({
    file: 'falco.yaml',
    overrides,
    unbuffered: false,
    env,
    files: memoryFiles({ 'falco.yaml': yaml, ...files }),
  });
}

function load(yaml: string, given: Given = {}): Config {
  const result = outcome(yaml, given);
  if (!result.ok) throw new Error(result.error);
  return result.config;
}

function fault(yaml: string, given: Given = {}): string {
  const result = outcome(yaml, given);
  return result.ok ? 'no error' : (result.notice ?? result.error);
}

const dump = (yaml: string, ...overrides: readonly string[]): string =>
  dumpTree(load(yaml, { overrides }).tree);

describe('-o', () => {
  it.each([
    ['', ['a.b.c=1'], '{"a": {"b": {"c": "1"}}}'],
    [
      '',
      ['rules[].disable.rule=*', 'rules[].enable.tag=x'],
      '{"rules": [{"disable": {"rule": "*"}}, {"enable": {"tag": "x"}}]}',
    ],
    ['', ['rules[]={"disable": {"tag": "x"}}'], '{"rules": [{"disable": {"tag": "x"}}]}'],
    ['', ['rules[0].disable.rule=*'], '{"rules": [{"disable": {"rule": "*"}}]}'],
    ['', ['rules[5].disable.rule=*'], '{"rules": {"5": {"disable": {"rule": "*"}}}}'],
    ['rules_files: [a, b]', ['rules_files[0]=c', 'rules_files[2]=d'], '{"rules_files": ["c", "b", "d"]}'],
    [
      'append_output: [{suggested_output: true}]',
      ['append_output.suggested_output=false'],
      '{"append_output": {"0": {"suggested_output": "true"}, "suggested_output": "false"}}',
    ],
    ['', ['a=b=c'], '{"a": "b=c"}'],
    ['', ['a='], '{"a": ""}'],
    ['', ['json_output=true,log_level=debug'], '{"json_output": "true,log_level=debug"}'],
    ['', ['a\\.b=x'], '{"a.b": "x"}'],
    ['', ['a\\[0\\]\\\\=x'], '{"a[0]\\\\": "x"}'],
    ['', ['a.=x'], '{"a": "x"}'],
    ['', ['stdout_output={enabled: false}'], '{"stdout_output": {"enabled": "false"}}'],
    ['a: {b: 1}', ['a.c=${HOME}'], '{"a": {"b": "1", "c": "${HOME}"}}'],
  ])('%j with %j is %s', (yaml, overrides, expected) => {
    expect(dump(yaml, ...overrides)).toBe(expected);
  });

  it.each([
    ['nokey', 'Error parsing config option "nokey". Must be of the form key=val or key.subkey=val'],
    ['.a=x', 'Config error at key ".a": Parsing error: unexpected character at pos 0'],
    ['a..b=x', 'Config error at key "a..b": Parsing error: unexpected character at pos 2'],
    ['a[x]=1', 'Config error at key "a[x]": Parsing error: expected a numeric index, found \'x\''],
    ['a[0]b=1', 'Config error at key "a[0]b": Parsing error: expected \'.\' character at pos 3'],
    ['a[0][1]=1', 'Config error at key "a[0][1]": Parsing error: unexpected character at pos 4'],
    ['a\\x=1', 'Config error at key "a\\x": Parsing error: invalid escape sequence \'\\x\' at pos 1'],
    ['a\\=1', 'Config error at key "a\\": Parsing error: trailing backslash at pos 1'],
    ['a[=1', "Config error at key \"a[\": Parsing error: missing ']' for '[' at pos 1"],
    [
      'stdout_output.enabled.foo=1',
      'Config error at key "stdout_output.enabled.foo": yaml-cpp: error at line 1, column 26: operator[] call on a scalar (key: "foo")',
    ],
    ['rules=[{disable: {rule: x}}]', 'bad conversion'],
  ])('%s is refused', (option, message) => {
    expect(fault('stdout_output: {enabled: true}', { overrides: [option] })).toBe(message);
  });

  it('wins over included files, in order', () => {
    const files = { 'more.yaml': 'priority: alert' };
    expect(load('config_files: more.yaml', { files }).priority).toBe(1);
    expect(load('config_files: more.yaml', { files, overrides: ['priority=error'] }).priority).toBe(3);
    expect(load('', { overrides: ['priority=error', 'priority=info'] }).priority).toBe(6);
  });

  it('names files to include', () => {
    const files = { 'more.yaml': 'priority: alert', 'other.yaml': 'priority: notice' };
    expect(load('', { files, overrides: ['config_files=more.yaml'] }).priority).toBe(1);
    expect(
      load('config_files: [more.yaml]', { files, overrides: ['config_files[]=other.yaml'] }).priority,
    ).toBe(5);
  });
});

describe('environment', () => {
  const env = { ENV_VAR: 'v', NESTED: '${ENV_VAR}', UMLAUT: 'ä' };
  it.each([
    ['/x/${ENV_VAR}/${ENV_VAR}${ENV_VAR}', '/x/v/vv'],
    ['$ENV_VAR/foo', '$ENV_VAR/foo'],
    ['$$ENV_VAR', '$$ENV_VAR'],
    ['$${ENV_VAR}${ENV_VAR}', '${ENV_VAR}v'],
    ['$${${ENV_VAR}}', '${v}'],
    ['pre ${UNSET} post', 'pre  post'],
    ['${ENV_VAR', '${ENV_VAR'],
    ['$foo ${ENV_VAR}', '$foo ${ENV_VAR}'],
    ['${NESTED}', 'v'],
    ['${ENV_VAR:-x}', ''],
    ['x=${E${ENV_VAR}}', 'x=}'],
    ['[${}]', '[]'],
    ['cost 5$', 'cost 5$'],
    ['${UMLAUT}', '\xc3\xa4'],
  ])('%j becomes %j', (text, expected) => {
    const fields = load(`static_fields: {f: '${text}'}`, { env }).staticFields;
    expect(fields.get('f')).toBe(expected);
  });

  it('ends where a variable names itself', () => {
    expect(fault("priority: '${X}'", { env: { X: 'a${X}' } })).toBe(
      "Cannot read config file (falco.yaml): Config error: environment variables in '${X}' refer to each other without end",
    );
  });

  it('gives typed values', () => {
    expect(load('json_output: ${FLAG}', { env: { FLAG: 'true' } }).json.enabled).toBe(true);
  });
});

describe('included files', () => {
  const yaml = 'config_files: [{path: more.yaml, strategy: S}]\nload_plugins: []\nfile_output: {filename: a}';
  const files = { 'more.yaml': 'load_plugins: [x]\nfile_output: {enabled: no}\nnew: 1' };
  it.each([
    ['append', '["x"]', '{"enabled": "no"}'],
    ['override', '["x"]', '{"enabled": "no"}'],
    ['add-only', '[]', '{"filename": "a"}'],
    ['whatever', '["x"]', '{"enabled": "no"}'],
  ])('merges by strategy %s', (strategy, plugins, output) => {
    const result = outcome(yaml.replace('S', strategy), {
      files,
      overrides: ['plugins[]={name: x, library_path: /x}'],
    });
    const text = result.ok ? dumpTree(result.config.tree) : result.error;
    expect(text).toContain(`"load_plugins": ${plugins}, "file_output": ${output}, "new": "1"`);
  });

  it('appends sequences', () => {
    const config = load('config_files: [m.yaml]\nappend_output: [{extra_output: a}]', {
      files: { 'm.yaml': 'append_output: [{extra_output: b}]' },
    });
    expect(config.appendOutput.map((entry) => entry.extraOutput)).toEqual(['a', 'b']);
  });

  it('takes the files of a directory in order, and notes what is to be watched', () => {
    const config = load('config_files: [d, nope.yaml, e.yaml]', {
      files: { 'd/b.txt': 'priority: error', 'd/a': 'priority: alert', 'd/sub/c': '[', 'e.yaml': '' },
    });
    expect(config.priority).toBe(3);
    expect(config.files.map((file) => file.name)).toEqual(['falco.yaml', 'e.yaml']);
    expect(config.folders).toEqual(['d']);
  });

  it.each([
    [
      'config_files: [falco.yaml]',
      "Config error: 'config_files' directive tried to recursively include main config file: falco.yaml.",
    ],
    [
      'config_files: [nested.yaml]',
      "Config error: 'config_files' directive in included config file nested.yaml.",
    ],
    [
      'config_files: [bad.yaml]',
      'yaml-cpp: error at line 2, column 1: unexpected end of the stream within a flow collection',
    ],
    [
      'config_files: [list.yaml]',
      'yaml-cpp: error at line 1, column 1: list.yaml holds a sequence instead of a mapping',
    ],
  ])('%s is refused', (text, message) => {
    const more = { 'nested.yaml': 'config_files: []', 'bad.yaml': 'a: [\n', 'list.yaml': '- a' };
    expect(fault(text, { files: more })).toBe(message);
  });
});

describe('schema', () => {
  it.each([
    ['', "failed for <root>: Value type not permitted by 'type' constraint."],
    ['priority: debug', 'ok'],
    [
      'foo_bar: 1',
      "failed for <root>: Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: 'foo_bar'.",
    ],
    [
      'metrics: {enabled: yes}',
      "failed for <root>[metrics][enabled]: Value type not permitted by 'type' constraint.",
    ],
    [
      'engine: {kmod: {drop_failed_exit: false}}',
      "failed for <root>[engine]: Missing required property 'kind'.",
    ],
    ['metrics: {}', 'failed for <root>[metrics]: Object should have no fewer than 1 properties.'],
    [
      'capture: {max_file_size_mb: 1048577}',
      'failed for <root>[capture][max_file_size_mb]: Expected number less than or equal to 1048576.000000',
    ],
    [
      'append_output: [{match: {foo: 1}}]',
      "failed for <root>[append_output][0][match]: Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: 'foo'.",
    ],
    ["output_timeout: '100'", 'ok'],
    [
      'output_timeout: 1.5',
      "failed for <root>[output_timeout]: Value type not permitted by 'type' constraint.",
    ],
    ['config_files: [{path: x, strategy: override}, y]', 'ok'],
    ['tsfalco: {field_semantics: fixed}', 'ok'],
  ])('%s: %s', (text, status) => {
    const result = outcome(text);
    expect(result.ok && result.schema).toEqual([{ file: 'falco.yaml', status }]);
  });

  it('reports each file, by name', () => {
    const result = outcome('config_files: [z.yaml, a.yaml]', { files: { 'z.yaml': 'x: 1', 'a.yaml': '{}' } });
    expect(result.ok && result.schema.map(({ file }) => file)).toEqual(['a.yaml', 'falco.yaml', 'z.yaml']);
  });
});

describe('typed reading', () => {
  it.each([
    ['json_output: Yes', true],
    ['json_output: ON', true],
    ["json_output: 'y'", true],
    ['json_output: 1', false],
    ['json_output: tRue', false],
    ['json_output: maybe', false],
    ['json_output:', false],
    ['json_output: [true]', false],
  ])('%s is %j', (text, flag) => {
    expect(load(text).json.enabled).toBe(flag);
  });

  it.each([
    ['100', 100],
    ['0x10', 16],
    ['010', 8],
    ['0o10', 8],
    ["'7 '", 7],
    ["' 7'", 2000],
    ['-1', 2000],
    ['1e3', 2000],
    ['08', 2000],
    ['4294967296', 2000],
  ])('output_timeout: %s is %i', (text, timeout) => {
    expect(load(`output_timeout: ${text}`).outputs.timeoutMs).toBe(timeout);
  });

  it('takes a scalar for a list, and a mapping for none', () => {
    expect(
      load('load_plugins: x\nplugins: {name: x, library_path: y}', { overrides: ['load_plugins={}'] })
        .plugins,
    ).toEqual([]);
    expect(load('config_files: a\nrules_files: falco.yaml').rulesFiles).toEqual(['falco.yaml']);
  });

  it('lets the first of two keys win and reads the first document only', () => {
    expect(load('priority: alert\npriority: error\n---\npriority: debug').priority).toBe(1);
  });
});

describe('values that are refused', () => {
  it.each([
    [
      'priority:',
      'Unknown priority "null"--must be one of emergency, alert, critical, error, warning, notice, informational, debug',
    ],
    ['rule_matching: last', 'Unknown rule matching strategy "last"--must be one of first, all'],
    ['log_level: INFO', 'Unknown log level INFO'],
    ['libs_logger: {severity: loud}', 'Unknown sinsp log severity loud'],
    [
      'engine: {kind: NODRIVER}',
      "Error reading config file (falco.yaml): engine.kind 'NODRIVER' is not a valid kind.",
    ],
    ['log_level: no\nengine: {kind: no}', 'Unknown log level no'],
    [
      'hello',
      'Config error at key "config_files": yaml-cpp: error at line 1, column 1: operator[] call on a scalar (key: "config_files")',
    ],
    [
      'stdout_output: true',
      'Config error at key "stdout_output.enabled": yaml-cpp: error at line 1, column 16: operator[] call on a scalar (key: "enabled")',
    ],
    [
      'falco_libs: x',
      'Config error at key "falco_libs.thread_table_size": yaml-cpp: error at line 1, column 13: operator[] call on a scalar (key: "thread_table_size")',
    ],
    [
      'base_syscalls: x',
      'Config error at key "base_syscalls.custom_set": yaml-cpp: error at line 1, column 16: operator[] call on a scalar (key: "custom_set")',
    ],
    [
      'engine: {kind: modern_ebpf, modern_ebpf: x}',
      'Config error at key "engine.modern_ebpf.cpus_for_each_buffer": yaml-cpp: error at line 1, column 42: operator[] call on a scalar (key: "cpus_for_each_buffer")',
    ],
    [
      'a: [1\n',
      'Cannot read config file (falco.yaml): yaml-cpp: error at line 2, column 1: unexpected end of the stream within a flow collection',
    ],
    ['rules: [{disable: {}}]', 'yaml-cpp: error at line 1, column 9: bad conversion'],
    ['static_fields: {cluster: {a: b}}', 'yaml-cpp: error at line 1, column 26: bad conversion'],
    ['append_output: [{extra_fields: [{a: x}, a]}]', 'yaml-cpp: error at line 1, column 17: bad conversion'],
    [
      'tsfalco: {field_semantic: fixed}',
      'Config error at key "tsfalco.field_semantic": unknown key; did you mean \'field_semantics\'?',
    ],
    [
      'tsfalco: {field_semantics: new}',
      'Config error at key "tsfalco.field_semantics": \'new\' is not one of falco, fixed',
    ],
    [
      'a: &a [*a]',
      'Cannot read config file (falco.yaml): yaml-cpp: error at line 1, column 4: an alias refers to a node that holds it',
    ],
  ])('%s', (text, message) => {
    expect(fault(text)).toBe(message);
  });

  it('keeps the log settings that were read before the fault', () => {
    expect(outcome('log_stderr: true\npriority: x')).toMatchObject({ ok: false, log: { stderr: true } });
  });
});

describe('plugins', () => {
  const plugin = (text: string) => load(`plugins: [{name: p, library_path: libp.so, ${text}}]`).plugins[0];

  it.each([
    ['init_config: {b: 1, a: "5"}', '{"a":5,"b":1}'],
    ['init_config: {a: yes, b: "off", c: x}', '{"a":true,"b":false,"c":"x"}'],
    ['init_config: {a: 2147483648, b: 0.5}', '{"a":2147483648.0,"b":0.5}'],
    ['init_config: {a: {b: [1, ~]}}', '{"a":{"b":[1,null]}}'],
    ['init_config: \'{"x": 1}\'', '{"x": 1}'],
    ['init_config:', ''],
    ['open_params: x', ''],
  ])('%s is %j', (text, json) => {
    expect(plugin(text)?.initConfig).toBe(json);
  });

  it('trims open_params', () => {
    expect(plugin('open_params: "  a b \\n"')?.openParams).toBe('a b');
  });

  it('finds libraries in the plugins directory', () => {
    expect(plugin('open_params: x')?.libraryPath).toBe('/usr/share/falco/plugins/libp.so');
    expect(load('plugins: [{name: p, library_path: /a/../b.so}]').plugins[0]?.libraryPath).toBe('/a/../b.so');
    expect(fault('plugins: [{name: p, library_path: ../x.so}]')).toBe(
      "Error reading config file(falco.yaml): could not load plugins config: yaml-cpp: error at line 1, column 35: plugin library_path '../x.so' resolves outside the plugins directory (/usr/share/falco/plugins/)",
    );
  });

  it('loads what load_plugins names, in its order', () => {
    const all = 'plugins: [{name: a, library_path: a.so}, {name: b, library_path: b.so}]\n';
    const names = (text: string) => load(all + text).plugins.map(({ name }) => name);
    expect(names('')).toEqual(['a', 'b']);
    expect(names('load_plugins: [b, a]')).toEqual(['b', 'a']);
    expect(names('load_plugins: []')).toEqual([]);
    expect(names('load_plugins:')).toEqual([]);
    expect(names('load_plugins: b')).toEqual(['b']);
    expect(fault(`${all}load_plugins: [nope]`)).toBe(
      "Cannot load plugin 'nope': plugin config not found for given name",
    );
  });
});
