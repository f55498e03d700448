import { describe, expect, it } from 'vitest';
import { BUILTIN_PLUGINS, findBuiltin, schemaText } from '../../src/config/builtin.js';
import { initPlugin } from '../../src/config/plugin-init.js';

const k8saudit = findBuiltin('/usr/share/falco/plugins/libk8saudit.so')!;
const eks = findBuiltin('libk8saudit-eks.so')!;

describe('built-in plugins', () => {
  it.each([
    ['/a/libk8saudit.so', 'k8saudit'],
    ['/a/libk8saudit-eks.so', 'k8saudit-eks'],
    ['libjson.so', 'json'],
    ['/usr/share/falco/plugins/libcontainer.so', 'container'],
    ['/a/libnope.so', undefined],
    ['/a/k8saudit', undefined],
    ['/a/xlibk8saudit.so', undefined],
  ])('%s is %s', (path, name) => {
    expect(findBuiltin(path)?.name).toBe(name);
  });

  it('have names of their own', () => {
    const names = BUILTIN_PLUGINS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('print their schema as JSON', () => {
    const schema = JSON.parse(schemaText(eks.schema!));
    expect(schema.$defs.PluginConfig.properties.shift).toMatchObject({ type: 'integer', default: 1 });
  });
});

describe('init_config', () => {
  it.each([
    ['', {}],
    ['{"maxEventSize": 1, "useAsync": false, "checkpoint": "x"}', { maxEventSize: 1, useAsync: false }],
    ['{"sslCertificate": "a.pem"}', { sslCertificate: 'a.pem' }],
    ['{"max_event_size": 5, "WEBHOOKMAXBATCHSIZE": 6}', { maxEventSize: 5, webhookMaxBatchSize: 6 }],
  ])('%s', (config, values) => {
    expect(initPlugin(k8saudit, config)).toEqual({ ok: true, values, unknown: [] });
  });

  it.each([
    ['hello', ': init config is not a valid json'],
    ['{maxEventSize', ': init config is not a valid json'],
    ['[]', " init config: In <root>, Value type not permitted by 'type' constraint."],
    ['null', " init config: In <root>, Value type not permitted by 'type' constraint."],
    ['{"useAsync": 3}', " init config: In <root>[useAsync], Value type not permitted by 'type' constraint."],
    [
      '{"useAsync": 3, "maxEventSize": "x"}',
      " init config: In <root>[maxEventSize], Value type not permitted by 'type' constraint.",
    ],
    [
      '{"maxEventSize": 1.5}',
      " init config: In <root>[maxEventSize], Value type not permitted by 'type' constraint.",
    ],
  ])('%s is a runtime error', (config, text) => {
    expect(initPlugin(k8saudit, config)).toEqual({
      ok: false,
      runtime: true,
      error: `error in plugin k8saudit${text}`,
    });
  });

  it('of the plugin container is checked like the others, though nothing of it has an effect', () => {
    const container = findBuiltin('libcontainer.so')!;
    const shipped =
      '{"engines":{"docker":{"enabled":true,"sockets":["/x"]}},"hooks":["create"],"label_max_len":100}';
    expect(initPlugin(container, shipped)).toEqual({
      ok: true,
      values: { label_max_len: 100 },
      unknown: [],
    });
    for (const [config, key] of [
      ['{"hooks": {}}', 'hooks'],
      ['{"engines": []}', 'engines'],
      ['{"engines": null}', 'engines'],
    ])
      expect(initPlugin(container, config!)).toMatchObject({
        error: `error in plugin container init config: In <root>[${key}], Value type not permitted by 'type' constraint.`,
      });
  });

  it('warns of keys that mean nothing', () => {
    expect(initPlugin(k8saudit, '{"webhook_token_fil": "x", "other": 1}')).toMatchObject({
      values: {},
      unknown: [
        {
          key: 'webhook_token_fil',
          text: "init_config of plugin k8saudit: unknown key 'webhook_token_fil' has no effect; did you mean 'webhook_token_file'?",
        },
        { key: 'other', text: "init_config of plugin k8saudit: unknown key 'other' has no effect" },
      ],
    });
  });

  it('refuses negative numbers with the words of the decoder', () => {
    expect(initPlugin(eks, '{"buffer_size": -1}')).toEqual({
      ok: false,
      runtime: false,
      error:
        'could not initialize plugin: json: cannot unmarshal number -1 into Go struct field PluginConfig.buffer_size of type uint64',
    });
  });
});
