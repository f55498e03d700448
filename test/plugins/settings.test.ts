import { describe, expect, it } from 'vitest';
import { container } from '../../src/plugins/container/index.js';
import { k8saudit } from '../../src/plugins/k8saudit/index.js';
import { k8sauditEks as eks } from '../../src/plugins/k8saudit-eks/index.js';
import { loadLibraries } from '../../src/plugins/libraries.js';
import { BUILT_IN } from '../../src/plugins/registry.js';
import { initPlugin, schemaText } from '../../src/plugins/settings.js';

describe('built-in plugins', () => {
  it.each([
    ['/a/libk8saudit.so', 'k8saudit'],
    ['/a/libk8saudit-eks.so', 'k8saudit-eks'],
    ['libjson.so', 'json'],
    ['/usr/share/falco/plugins/libcontainer.so', 'container'],
    ['/a/libnope.so', undefined],
    ['/a/k8saudit', undefined],
    ['/a/xlibk8saudit.so', undefined],
  ])('%s is %s', async (path, name) => {
    const libraries = await loadLibraries([path]);
    expect(libraries.find(path)?.name).toBe(name);
  });

  it('have names of their own, which the registry knows', async () => {
    const plugins = await Promise.all(BUILT_IN.map(({ load }) => load()));
    const names = BUILT_IN.map(({ name }) => name);
    expect(plugins.map(({ name }) => name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
  });

  it('print their schema as JSON, without the keys that only we have', () => {
    const { properties } = JSON.parse(schemaText(eks.settings!)).$defs.PluginConfig;
    expect(properties.shift).toEqual({
      type: 'integer',
      title: 'shift',
      description: 'Time shift in past in seconds (default: 1s)',
      default: 1,
    });
    expect(Object.keys(properties)).not.toContain('checkpoint');
  });
});

const DEFAULTS = {
  sslCertificate: '/etc/falco/falco.pem',
  maxEventSize: 4_194_304,
  webhookMaxBatchSize: 12_582_912,
};

describe('init_config', () => {
  it.each([
    ['', {}],
    [
      '{"maxEventSize": 1, "useAsync": false, "checkpoint": "x"}',
      { maxEventSize: 1, useAsync: false, checkpoint: 'x' },
    ],
    ['{"sslCertificate": "a.pem"}', { sslCertificate: 'a.pem' }],
    ['{"max_event_size": 5, "WEBHOOKMAXBATCHSIZE": 6}', { maxEventSize: 5, webhookMaxBatchSize: 6 }],
  ])('%s', (config, values) => {
    expect(initPlugin(k8saudit, config)).toEqual({
      ok: true,
      settings: { ...DEFAULTS, ...values },
      unknown: [],
      faults: [],
    });
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
    const shipped =
      '{"engines":{"docker":{"enabled":true,"sockets":["/x"]}},"hooks":["create"],"label_max_len":100}';
    expect(initPlugin(container, shipped)).toEqual({
      ok: true,
      settings: {
        engines: { docker: { enabled: true, sockets: ['/x'] } },
        hooks: ['create'],
        label_max_len: 100,
        with_size: false,
      },
      unknown: [],
      faults: [],
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

  it('has keys of our own in any style, which are texts however they look', () => {
    const config =
      '{"clusterName":7,"webhook_token_file":"/t","webhookClientCA":"/ca","Checkpoint":"/p","maxEventSize":1}';
    expect(initPlugin(k8saudit, config)).toMatchObject({
      settings: { cluster_name: '7', webhook_token_file: '/t', webhook_client_ca: '/ca', checkpoint: '/p' },
    });
    const spelled = { initConfig: '{"cluster_name":7}', initTexts: { cluster_name: '007' } };
    expect(initPlugin(k8saudit, spelled)).toMatchObject({ settings: { cluster_name: '007' } });
    const none = initPlugin(k8saudit, '{"cluster_name":"","checkpoint":null}');
    expect(none).toMatchObject({ ok: true, settings: DEFAULTS, faults: [] });
  });

  it('says what is wrong with them when the source opens', () => {
    expect(initPlugin(k8saudit, '{"cluster_name":["a"]}')).toMatchObject({
      ok: true,
      faults: ['init_config of k8saudit: cluster_name must be a text'],
    });
    expect(initPlugin(eks, '{"lateness":"soon","requests_per_second":0}')).toMatchObject({
      faults: [
        'init_config of k8saudit-eks: lateness must be a number of at least 0, not soon',
        'init_config of k8saudit-eks: requests_per_second must be a number of at least 0.01, not 0',
      ],
    });
  });

  it('refuses a place in S3 for a file that other machines have not', () => {
    const init = initPlugin(k8saudit, '{"checkpoint":"s3://b/k"}');
    if (!init.ok) throw new Error(init.error);
    expect(k8saudit.source?.check?.({ settings: init.settings, params: '-' })).toBe(
      'init_config of k8saudit: checkpoint must be a file, not s3://b/k: only k8saudit-eks keeps its place in S3',
    );
  });
});
