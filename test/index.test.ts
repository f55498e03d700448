import { expect, it, vi } from 'vitest';
import * as cloudwatch from '../src/cloudwatch.js';
import * as library from '../src/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(library).sort()).toEqual(['SourceError', 'loadRules', 'openSource', 'watch']);
  expect(Object.keys(cloudwatch).sort()).toEqual(['openEksSource']);
});

it('runs the example', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => lines.push(String(line)));
  await import('../examples/library.js');
  log.mockRestore();
  expect(lines.slice(0, 2)).toEqual([
    'Warning "Change in a sensitive namespace": mallory did delete configmaps/coredns in kube-system',
    'who: mallory',
  ]);
  expect(lines[2]).toContain('ka.target.namespace is "kube-system"');
});

it('opens a cluster without a call', () => {
  const source = cloudwatch.openEksSource('my-cluster', { region: 'eu-west-1', env: {} });
  expect(source).toMatchObject({ name: 'k8s_audit', plugin: 'k8saudit-eks', clusterName: 'my-cluster' });
});
