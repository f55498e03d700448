// A small cluster of events and rules for the tests of what helps to write rules.

import { openWorkspace, type Workspace } from '../../src/authoring/workspace.js';
import { toBytes } from '../../src/bytes.js';
import type { Event } from '../../src/event.js';

export const RULES = `
- list: system_namespaces
  items: [kube-system, kube-public]
- macro: person
  condition: (not ka.user.name startswith "system:")
- rule: Exec
  desc: A person runs a command.
  condition: person and ka.target.subresource = exec and ka.target.namespace in (system_namespaces)
  output: exec by %ka.user.name
  priority: WARNING
  source: k8s_audit
- rule: Off
  desc: Disabled.
  condition: ka.verb = get
  output: off
  priority: INFO
  source: k8s_audit
  enabled: false
- rule: Kernel
  desc: Of another source.
  condition: evt.type = open
  output: off
  priority: INFO
`;

/** JSON of an audit event; what is given replaces the members of an exec into kube-system by Žofie. */
export function eventText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: '0f1e2d3c-0000-4000-8000-000000000001',
    stage: 'ResponseStarted',
    verb: 'get',
    requestURI: '/api/v1/namespaces/kube-system/pods/dns/exec?command=sh',
    user: { username: 'Žofie' },
    objectRef: { resource: 'pods', namespace: 'kube-system', name: 'dns', subresource: 'exec' },
    responseStatus: { code: 101 },
    stageTimestamp: '2026-02-03T16:07:42.045023Z',
    ...changes,
  });
}

export function openRules(content = RULES, enable: readonly string[] = []): Workspace {
  const { workspace, results } = openWorkspace([{ name: 'rules.yaml', content: toBytes(content) }], {
    enable: enable.map(toBytes),
  });
  if (workspace === undefined) throw new Error(JSON.stringify(results));
  return workspace;
}

/** Calls `use` with the one event of the text. */
export function withEvent<T>(workspace: Workspace, text: string, use: (event: Event) => T): T {
  let result: { readonly value: T } | undefined;
  const fault = (message: string): never => {
    throw new Error(message);
  };
  workspace.readEvents(toBytes(text), (event) => (result = { value: use(event) }), fault);
  if (result === undefined) throw new Error('no event');
  return result.value;
}
