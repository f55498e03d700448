// What a request sets is the same in every spelling that an API server accepts.

import { describe, expect, test } from 'vitest';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { auditEvent, fieldValue } from './support.js';

const table = createFieldTable('k8s_audit');

interface Change {
  readonly verb?: string;
  readonly code?: number;
  readonly resource?: string;
  readonly subresource?: string;
  readonly request?: unknown;
  readonly response?: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A field of a change; bodies that are texts stand in the event as they are. */
function read(spelled: string, change: Change): unknown {
  const { verb = 'patch', code = 200, resource = 'x', subresource, request, response } = change;
  const parts = [
    `"verb":"${verb}"`,
    `"responseStatus":{"code":${code}}`,
    `"objectRef":{"resource":"${resource}"${subresource === undefined ? '' : `,"subresource":"${subresource}"`}}`,
    ...(request === undefined ? [] : [`"requestObject":${text(request)}`]),
    ...(response === undefined ? [] : [`"responseObject":${text(response)}`]),
  ];
  return fieldValue(table, spelled, auditEvent(parts.join(',')));
}

const pod = (spec: unknown) => ({ kind: 'Deployment', spec: { template: { spec } } });
const volumes = (...paths: string[]) => ({ volumes: paths.map((path) => ({ hostPath: { path } })) });
const AT = '/spec/template/spec';
const PATHS = 'ka.set.pod.host_paths';

describe('host paths', () => {
  const response = pod(volumes('/etc'));
  test.each<[string, Change]>([
    ['a whole object', { verb: 'create', request: pod(volumes('/etc')) }],
    ['a pod', { verb: 'create', request: { spec: volumes('/etc') } }],
    ['a CronJob', { verb: 'update', request: { spec: { jobTemplate: pod(volumes('/etc')) } } }],
    ['a merge or strategic patch', { request: pod(volumes('/etc')) }],
    ['a server-side apply that creates', { code: 201, request: pod(volumes('/etc')) }],
    ['a JSON patch', { request: [{ op: 'add', path: `${AT}/volumes`, value: volumes('/etc').volumes }] }],
    ['its leaf', { request: [{ op: 'replace', path: `${AT}/volumes/0/hostPath/path`, value: '/etc' }] }],
    ['its root', { request: [{ op: 'replace', path: '', value: pod(volumes('/etc')) }] }],
    ['from the end', { request: [{ op: 'add', path: `${AT}/volumes/-1/hostPath/path`, value: '/etc' }] }],
    [
      'a path without a slash',
      { request: [{ op: 'add', path: `x${AT}/volumes/-`, value: { hostPath: { path: '/etc' } } }] },
    ],
    [
      'escapes',
      {
        request: String.raw`[{"\u006fp":"add","path":"\u002fspec\/template/spec/volumes/0/hostPath","value":{"p\u0061th":"\u002fetc"}}]`,
      },
    ],
    ['dots and slashes', { request: pod(volumes('//./etc/.//')) }],
    [
      'other keys before',
      {
        request: `{"x":{},"spec":{"$patch":"merge","template":{"spec":{"volumes":[{"y":[],"hostPath":{"type":"","path":"/etc"}}]}}}}`,
      },
    ],
    [
      'a key twice',
      {
        request: `{"spec":{"template":{"spec":{"volumes":[{"hostPath":{"path":"/tmp"}}],"volumes":[{"hostPath":{"path":"/etc"}}]}}}}`,
        response,
      },
    ],
    [
      'a copy',
      {
        request: [{ op: 'copy', from: '/metadata/annotations/x', path: `${AT}/volumes/0/hostPath/path` }],
        response,
      },
    ],
    ['a move', { request: [{ op: 'move', from: '/metadata/x', path: `${AT}/volumes` }], response }],
    ['a body that was too large', { verb: 'create', response }],
    [
      'an answer that is no object',
      { request: pod(volumes('/etc')), response: { kind: 'PartialObjectMetadata' } },
    ],
  ])('%s', (_name, change) => {
    expect(read(PATHS, change)).toEqual(['/etc']);
  });

  test.each<[string, Change]>([
    [
      'a test of a JSON patch',
      { request: [{ op: 'test', path: `${AT}/volumes/0/hostPath/path`, value: '/etc' }] },
    ],
    ['a removal', { request: [{ op: 'remove', path: `${AT}/volumes/0/hostPath/path` }], response }],
    ['a patch of something else', { request: { metadata: { labels: { x: 'y' } } }, response }],
    ['what the server dropped', { request: pod({ ...volumes(), foreign: volumes('/etc') }), response }],
    [
      'what another operation took away',
      { request: [{ op: 'add', path: `${AT}/volumes/0/hostPath/path`, value: '/root' }], response },
    ],
    ['what a read shows', { verb: 'get', response }],
  ])('not %s', (_name, change) => {
    expect(read(PATHS, change)).toBeUndefined();
  });
});

test('what a server adds to a whole object counts', () => {
  const request = { spec: { containers: [] } };
  const response = { kind: 'Pod', spec: { initContainers: [{ securityContext: { privileged: true } }] } };
  expect(read('ka.set.pod.privileged', { verb: 'create', code: 201, request, response })).toEqual(['true']);
});

test.each(['0', '0.0', '0e0', '-0', '0E+2'])('a number spelled %s', (number) => {
  const request = `{"spec":{"securityContext":{"runAsUser":${number}}}}`;
  expect(read('ka.set.pod.run_as_users', { request })).toEqual(['0']);
  expect(read('ka.set.replicas', { request: `{"spec":{"replicas":${number}}}` })).toEqual(['0']);
});

test('an added ephemeral container is not the pod that it is added to', () => {
  const response = {
    kind: 'Pod',
    spec: {
      containers: [{ securityContext: { privileged: true } }],
      ephemeralContainers: [{ securityContext: { capabilities: { add: ['cap_sys_ptrace'] } } }],
    },
  };
  const change = { verb: 'update', subresource: 'ephemeralcontainers', request: response, response };
  expect(read('ka.set.pod.privileged', change)).toBeUndefined();
  expect(read('ka.set.pod.capabilities_added', change)).toEqual(['SYS_PTRACE']);
});

test('kinds: volumes, namespaces, hosts, annotations', () => {
  const request = pod({
    hostPID: true,
    hostIPC: false,
    volumes: [
      { name: 'v', nfs: { server: 's' } },
      { name: 'w', $retainKeys: ['nfs'] },
    ],
    containers: [{ livenessProbe: { httpGet: { host: '10.0.0.1' } } }],
  });
  expect(read('ka.set.pod.volume_types', { request })).toEqual(['nfs']);
  expect(read('ka.set.pod.host_namespaces', { request })).toEqual(['hostPID']);
  expect(read('ka.set.pod.probe_hosts', { request })).toEqual(['10.0.0.1']);
  const server = [{ op: 'add', path: `${AT}/volumes/0/nfs/server`, value: 's' }];
  expect(read('ka.set.pod.volume_types', { request: server })).toEqual(['nfs']);
  const annotated = [{ op: 'add', path: '/metadata/annotations/a.b~1c', value: 'd' }];
  expect(read('ka.set.annotations', { request: annotated })).toEqual(['a.b/c=d']);
});

test('annotations of a workload are not those of its pods', () => {
  const annotated = { metadata: { annotations: { a: 'b' } } };
  const request = { ...annotated, spec: { template: { metadata: { annotations: { c: 'd' } } } } };
  expect(read('ka.set.pod.annotations', { verb: 'create', request })).toEqual(['c=d']);
  expect(read('ka.set.annotations', { verb: 'create', request })).toEqual(['a=b']);
  expect(read('ka.set.pod.annotations', { verb: 'create', resource: 'pods', request: annotated })).toEqual([
    'a=b',
  ]);
});

describe('subjects', () => {
  const admin = { kind: 'User', name: 'alice' };
  const robot = { kind: 'ServiceAccount', namespace: 'ci', name: 'robot' };
  const response = {
    kind: 'ClusterRoleBinding',
    roleRef: { name: 'cluster-admin' },
    subjects: [admin, robot],
  };
  test('of a whole binding', () => {
    expect(read('ka.set.subjects', { verb: 'create', request: response })).toEqual([
      'User:alice',
      'ServiceAccount:ci:robot',
    ]);
  });
  test('one that a patch adds, and the role that it gets', () => {
    const change = { request: [{ op: 'add', path: '/subjects/-', value: robot }], response };
    expect(read('ka.set.subjects', change)).toEqual(['ServiceAccount:ci:robot']);
    expect(read('ka.result[/roleRef/name]', change)).toEqual(['cluster-admin']);
  });
  test('one that a patch renames', () => {
    const request = [{ op: 'replace', path: '/subjects/0/name', value: 'alice' }];
    expect(read('ka.set.subjects', { request, response })).toEqual(['User:alice']);
  });
});

describe('replicas', () => {
  const scale = (spec: unknown) => ({ kind: 'Scale', spec });
  test.each<[string, Change]>([
    ['a Scale without them', { verb: 'update', request: scale({}), response: scale({}) }],
    ['without an answer', { verb: 'update', request: scale({}) }],
    ['a patch', { request: { spec: { replicas: 0 } }, response: scale({}) }],
    ['a spec of null', { request: { spec: null }, response: scale({}) }],
    ['a spec of null, unanswered', { request: { spec: null } }],
    [
      'an empty spec by JSON patch',
      { request: [{ op: 'replace', path: '/spec', value: {} }], response: scale({}) },
    ],
    ['a removal', { request: [{ op: 'remove', path: '/spec/replicas' }] }],
  ])('none by %s', (_name, change) => {
    expect(read('ka.set.replicas', { ...change, subresource: 'scale' })).toEqual(['0']);
  });
  test('some', () => {
    const change = { request: { spec: { replicas: 3 } }, response: scale({ replicas: 3 }) };
    expect(read('ka.set.replicas', { ...change, subresource: 'scale' })).toEqual(['3']);
    expect(read('ka.set.replicas', { request: { metadata: {} }, response: pod({}) })).toBeUndefined();
  });
});

describe('removals', () => {
  const LABEL = 'ka.removed[/metadata/labels/a.b~1c]';
  const without = { kind: 'Namespace', metadata: { labels: { x: 'y' } } };
  test.each<[string, unknown]>([
    ['null', { metadata: { labels: { 'a.b/c': null } } }],
    ['null around it', { metadata: { labels: null } }],
    ['a directive', { metadata: { labels: { $patch: 'replace', x: 'y' } } }],
    ['remove', [{ op: 'remove', path: '/metadata/labels/a.b~1c' }]],
    ['replace around it', [{ op: 'replace', path: '/metadata/labels', value: { x: 'y' } }]],
    ['move', [{ op: 'move', from: '/metadata/labels/a.b~1c', path: '/metadata/labels/x' }]],
  ])('by %s', (_name, request) => {
    expect(read(LABEL, { request })).toEqual(['true']);
    expect(read(LABEL, { request, response: without })).toEqual(['true']);
    expect(
      read(LABEL, { request, response: { kind: 'N', metadata: { labels: { 'a.b/c': 'd' } } } }),
    ).toBeUndefined();
  });
  test.each<[string, unknown]>([
    ['another label', { metadata: { labels: { x: null } } }],
    ['a new value', [{ op: 'replace', path: '/metadata/labels/a.b~1c', value: 'd' }]],
    [
      'removed and set',
      [
        { op: 'remove', path: '/metadata/labels' },
        { op: 'add', path: '/metadata/labels/a.b~1c', value: 'd' },
      ],
    ],
  ])('not by %s', (_name, request) => {
    expect(read(LABEL, { request })).toBeUndefined();
  });
});

describe('pointers', () => {
  test('to any element', () => {
    const request = { rules: [{ verbs: ['get', '*'] }, { verbs: ['list'] }] };
    expect(read('ka.set[/rules/*/verbs/*]', { request })).toEqual(['get', '*', 'list']);
    const leaf = [{ op: 'replace', path: '/rules/0/verbs/1', value: '*' }];
    expect(read('ka.set[/rules/*/verbs/*]', { request: leaf })).toEqual(['*']);
    expect(read('ka.set[/rules]', { request: leaf })).toEqual(['*']);
    expect(read('ka.set[/rules]', { request: leaf, response: { kind: 'Role', rules: [] } })).toEqual(['[]']);
  });
  test('of jevt.value give the list as one text, and nothing for what is no field', () => {
    const change = { request: pod(volumes('/etc', '/a"b')) };
    expect(read('jevt.value[/ka.set.pod.host_paths]', change)).toBe(String.raw`["/etc","/a\"b"]`);
    expect(read('jevt.value[/ka.set/spec/template/spec/volumes/*/hostPath/path]', change)).toBe(
      String.raw`["/etc","/a\"b"]`,
    );
    expect(read('jevt.value[/ka.set]', change)).toBe('true');
    expect(read('jevt.value[/ka.set.pod.none]', change)).toBeUndefined();
    expect(read('jevt.value[/ka.set.pod.host_paths/0]', change)).toBeUndefined();
  });
});
