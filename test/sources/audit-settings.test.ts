import { describe, expect, it } from 'vitest';
import { readAuditSettings } from '../../src/sources/audit-settings.js';

describe('readAuditSettings', () => {
  it('reads keys in any style', () => {
    const config =
      '{"clusterName":"c","webhook_token_file":"/t","webhookClientCA":"/ca","Checkpoint":"/p","maxEventSize":1}';
    expect(readAuditSettings(config)).toEqual({
      clientAuthority: '/ca',
      tokenFile: '/t',
      checkpoint: '/p',
      clusterName: 'c',
    });
  });

  it.each(['', ' ', '{}', 'null', '{"cluster_name":"","checkpoint":null}'])(
    'finds nothing in %j',
    (config) => {
      expect(Object.values(readAuditSettings(config))).toEqual(Array(4).fill(undefined));
    },
  );

  it('refuses a place in S3 for a file that other machines have not', () => {
    expect(() => readAuditSettings('{"checkpoint":"s3://b/k"}')).toThrow(
      'init_config of k8saudit: checkpoint must be a file, not s3://b/k: only k8saudit-eks keeps its place in S3',
    );
  });

  it('takes a number as a text, and nothing deeper', () => {
    expect(readAuditSettings('{"cluster_name":7}').clusterName).toBe('7');
    expect(() => readAuditSettings('{"cluster_name":["a"]}')).toThrow(
      'init_config of k8saudit: cluster_name must be a text',
    );
  });
});
