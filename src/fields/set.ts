// ka.set.*, ka.result, ka.removed: fields of tsfalco, which Falco does not have. They read what a request sets, whatever
// its spelling (changes.ts), so that no order of keys, escape, or form of patch hides a setting from a rule. All are lists
// of texts without repetitions; numbers are in their shortest form, paths without `.`, `//` and a slash at the end.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NO_NODE } from '../json/document.js';
import { type Changes, createChanges, type Show, type Slot } from './changes.js';
import { piecesOf } from './json-patch.js';
import type { Nodes } from './nodes.js';
import { EACH } from './patterns.js';
import { removes } from './removed.js';
import {
  capability,
  keyAndText,
  keyIfTrue,
  pathText,
  scalarText,
  subjectText,
  sysctlText,
  volumeType,
} from './set-texts.js';
import { list, type Shape } from './shape.js';

type Keys = readonly ByteString[];

const PODS: readonly Keys[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['template', 'spec'],
];
// Where templates have their annotations.
const TEMPLATE_ANNOTATIONS: readonly Keys[] = [
  ['spec', 'template', 'metadata', 'annotations', EACH],
  ['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'annotations', EACH],
  ['template', 'metadata', 'annotations', EACH],
];
const OWN_ANNOTATIONS: Keys = ['metadata', 'annotations', EACH];
const LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;
const PROBES: readonly Keys[] = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

const inPods = (...keys: Keys): readonly Keys[] => PODS.map((pod) => [...pod, ...keys]);
const inContainers = (...keys: Keys): readonly Keys[] =>
  LISTS.flatMap((containers) => inPods(containers, EACH, ...keys));
const inBoth = (...keys: Keys): readonly Keys[] => [...inPods(...keys), ...inContainers(...keys)];
const handlers = (...keys: Keys): readonly Keys[] =>
  PROBES.flatMap((probe) =>
    ['httpGet', 'tcpSocket'].flatMap((handler) => inContainers(...probe, handler, ...keys)),
  );

interface Listing {
  readonly patterns: readonly Keys[];
  readonly show: Show;
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  'ka.set.pod.privileged': { patterns: inContainers('securityContext', 'privileged'), show: scalarText },
  'ka.set.pod.host_namespaces': {
    patterns: ['hostPID', 'hostIPC', 'hostNetwork'].flatMap((key) => inPods(key)),
    show: keyIfTrue,
  },
  'ka.set.pod.host_process': {
    patterns: inBoth('securityContext', 'windowsOptions', 'hostProcess'),
    show: scalarText,
  },
  'ka.set.pod.host_paths': { patterns: inPods('volumes', EACH, 'hostPath', 'path'), show: pathText },
  'ka.set.pod.host_ports': { patterns: inContainers('ports', EACH, 'hostPort'), show: scalarText },
  'ka.set.pod.volume_types': { patterns: inPods('volumes', EACH, EACH), show: volumeType },
  'ka.set.pod.capabilities_added': {
    patterns: inContainers('securityContext', 'capabilities', 'add', EACH),
    show: capability,
  },
  'ka.set.pod.run_as_users': { patterns: inBoth('securityContext', 'runAsUser'), show: scalarText },
  'ka.set.pod.privilege_escalation': {
    patterns: inContainers('securityContext', 'allowPrivilegeEscalation'),
    show: scalarText,
  },
  'ka.set.pod.proc_mounts': { patterns: inContainers('securityContext', 'procMount'), show: scalarText },
  'ka.set.pod.seccomp_types': {
    patterns: inBoth('securityContext', 'seccompProfile', 'type'),
    show: scalarText,
  },
  'ka.set.pod.apparmor_types': {
    patterns: inBoth('securityContext', 'appArmorProfile', 'type'),
    show: scalarText,
  },
  'ka.set.pod.selinux_types': {
    patterns: inBoth('securityContext', 'seLinuxOptions', 'type'),
    show: scalarText,
  },
  'ka.set.pod.selinux_users': {
    patterns: inBoth('securityContext', 'seLinuxOptions', 'user'),
    show: scalarText,
  },
  'ka.set.pod.selinux_roles': {
    patterns: inBoth('securityContext', 'seLinuxOptions', 'role'),
    show: scalarText,
  },
  'ka.set.pod.probe_hosts': { patterns: handlers('host'), show: scalarText },
  'ka.set.pod.images': { patterns: inContainers('image'), show: scalarText },
  'ka.set.pod.commands': {
    patterns: [...inContainers('command', EACH), ...inContainers('args', EACH)],
    show: scalarText,
  },
  'ka.set.pod.env': { patterns: inContainers('env', EACH, 'value'), show: scalarText },
  'ka.set.labels': { patterns: [['metadata', 'labels', EACH]], show: keyAndText },
  'ka.set.annotations': { patterns: [OWN_ANNOTATIONS], show: keyAndText },
  'ka.set.data': { patterns: [['data', EACH]], show: keyAndText },
};

// By element: a patch of a value within one shows no name.
const SYSCTLS = inPods('securityContext', 'sysctls', EACH);

/** The fields by name. All of them are missing in events that are no audit events, and in requests that change nothing. */
export function setFields(nodes: Nodes): Readonly<Record<string, Shape>> {
  const changes = createChanges(nodes);
  const slots = pointedSlots(changes);
  return {
    ...Object.fromEntries(
      Object.entries(LISTINGS).map(([name, { patterns, show }]) => {
        const slot = changes.slot(patterns, show, false);
        return [name, list(slot.set)] as const;
      }),
    ),
    'ka.set.pod.sysctls': list(changes.slot(SYSCTLS, sysctlText, true).set),
    'ka.set.pod.annotations': podAnnotations(nodes, changes),
    'ka.set.subjects': subjects(changes),
    'ka.set.replicas': replicas(nodes, changes),
    'ka.set': pointed(slots, 'set'),
    'ka.result': pointed(slots, 'result'),
    'ka.removed': pointedList((keys) => (event) => (removes(changes, event, keys) ? ['true'] : undefined)),
  };
}

function pointed(slots: (keys: Keys) => Slot, which: 'set' | 'result'): Shape {
  return pointedList((keys) => slots(keys)[which]);
}

// Slots by their pointers, which are asked for again and again while rules load.
function pointedSlots(changes: Changes): (keys: Keys) => Slot {
  const known = new Map<ByteString, Slot>();
  return (keys) => {
    const name = JSON.stringify(keys);
    const slot = known.get(name) ?? changes.slot([keys], scalarText, true);
    known.set(name, slot);
    return slot;
  };
}

// One list, with a pointer as the argument, which must be given.
function pointedList(bind: (keys: Keys) => (event: Event) => readonly ByteString[] | undefined): Shape {
  return {
    isList: true,
    argument: { required: true, index: false, key: true },
    bind: (pointer = '') => {
      const read = bind(piecesOf(pointer.startsWith('/') ? pointer : `/${pointer}`));
      return (event) => {
        const texts = read(event);
        return texts === undefined || texts.length === 0 ? undefined : texts;
      };
    },
  };
}

/** Annotations of pods: a pod's own, and those in the template of a workload, whose own say nothing of its pods. */
function podAnnotations(nodes: Nodes, changes: Changes): Shape {
  const resource = nodes.path(nodes.audit, ['objectRef', 'resource']);
  const own = changes.slot([OWN_ANNOTATIONS], keyAndText, false);
  const templates = changes.slot(TEMPLATE_ANNOTATIONS, keyAndText, false);
  return list((event) => (nodes.text(event, resource) === 'pods' ? own : templates).set(event));
}

/** Subjects as kind and name, service accounts with their namespace: `Group:system:masters`, `ServiceAccount:ns:name`. */
function subjects(changes: Changes): Shape {
  const whole = changes.slot([['subjects', EACH]], subjectText, false);
  const names = changes.slot([['subjects', EACH, 'name']], scalarText, false);
  const kinds = changes.slot([['subjects', EACH, 'kind']], scalarText, false);
  return list((event) => {
    const set = whole.set(event);
    if (set.length > 0 || changes.response(event) === NO_NODE) return set;
    // A patch within a subject: all that are called so, or of that kind, now.
    const called = new Set(names.set(event));
    const ofKind = new Set(kinds.set(event));
    return whole.result(event).filter((text) => {
      const [kind = '', ...rest] = text.split(':');
      return ofKind.has(kind) || called.has(rest.slice(kind === 'ServiceAccount' ? 1 : 0).join(':'));
    });
  });
}

/** The number of replicas that a request sets. A Scale without one is a Scale of none. */
function replicas(nodes: Nodes, changes: Changes): Shape {
  const slot = changes.slot([['spec', 'replicas']], scalarText, false);
  const subresource = nodes.path(nodes.audit, ['objectRef', 'subresource']);
  return list((event) => {
    const set = slot.set(event);
    if (set.length > 0 || nodes.text(event, subresource) !== 'scale') return set;
    if (changes.response(event) !== NO_NODE) return slot.result(event).length > 0 ? set : ['0'];
    const none = changes.isWhole(event)
      ? changes.request(event) !== NO_NODE
      : removes(changes, event, ['spec', 'replicas']);
    return none ? ['0'] : set;
  });
}
