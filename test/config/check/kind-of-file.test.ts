import { describe, expect, it } from 'vitest';
import { kindOfFile, whatToDo } from '../../../src/config/check/kind-of-file.js';

const said = (content: string): string | undefined => {
  const kind = kindOfFile(content);
  return kind && whatToDo('x.yaml', kind);
};

describe('a file that is no rules file', () => {
  it('is a configuration: how to check one', () => {
    expect(said('rules_files: []\nplugins: []')).toBe(
      'x.yaml looks like a configuration (falco.yaml): check it with -c x.yaml --dry-run, or tsfalco lint x.yaml',
    );
  });

  it.each([
    'engine:\n  kind: modern_ebpf',
    'json_outptu: true',
    'plugins:\n  - name: json\n    library_path: libjson.so',
  ])('is a part of a configuration: %j', (content) => {
    expect(kindOfFile(content)).toEqual({ kind: 'configuration' });
  });

  it.each([
    'reserved_sources: [syscall]\nplugins:\n  - name: k8saudit\n    capabilities: {}',
    'rulesfiles:\n  - name: falco-rules\n    path: rules/falco_rules.yaml',
    'trace_files:\n  detected:\n    trace_file: a.scap',
    'title: Our pages\ntheme: plain\nplugins: [jekyll-feed]',
    'rules:\n  - id: no-eval\n    pattern: eval(...)',
    'name: other\nport: 80\nlog_level: info',
  ])('is no configuration of Falco: %j', (content) => {
    expect(kindOfFile(content)).toBeUndefined();
  });

  it('is a suite of tests: how to run it', () => {
    expect(said('rules: [r.yaml]\ntests: []')).toBe(
      'x.yaml looks like a suite of rule tests: run it with tsfalco test x.yaml',
    );
  });

  it('is values of a Helm chart: where the rules are', () => {
    expect(said('customRules:\n  a.yaml: |-\n    - list: x\n      items: [a]\n  b.txt: hello')).toBe(
      'x.yaml looks like values of a Helm chart: rules are texts in it (customRules.a.yaml); tsfalco lint x.yaml reads them there; to load one, save it as a file of its own',
    );
    expect(said('falco:\n  rules_files: []')).toContain('(below customRules)');
  });

  it('is a ConfigMap: where the rules are', () => {
    const rules = Array.from({ length: 5 }, (_, n) => `  r${n}.yaml: |\n    - rule: R\n`).join('');
    expect(said(`apiVersion: v1\nkind: ConfigMap\ndata:\n${rules}`)).toBe(
      'x.yaml is a ConfigMap of Kubernetes: rules are texts in it (data.r0.yaml, data.r1.yaml, data.r2.yaml, and 2 more); tsfalco lint x.yaml reads them there; to load one, save it as a file of its own',
    );
  });

  it.each(['', '- rule: x', 'nothing: 1', '{', 'text'])('is something else: %j', (content) => {
    expect(said(content)).toBeUndefined();
  });
});
