// ka.*: the fields of Kubernetes audit events, one line each, in Falco's order (spec: fields-and-sources.md §1.7).
// Texts at fixed places are read here; walks through pods, bindings and URIs have files of their own.

import type { ByteString } from '../bytes.js';
import { NO_NODE } from '../json/document.js';
import { isString, stringText } from '../json/read.js';
import type { Extract, Semantics } from './field.js';
import { fieldText, type Nodes } from './nodes.js';
import { createPodFields } from './pods.js';
import { namespacedServiceAccounts, ruleValues, subjectNames } from './rbac.js';
import { elementTexts, indexed, keyed, listAt, type Shape, scalar, textAt } from './shape.js';
import { uriParameter } from './uri.js';
import { createWalk, EVERY } from './walk.js';

/** The fields by name. All of them are missing in events that are no audit events (no key `auditID`). */
export function auditFields(nodes: Nodes, semantics: Semantics): Readonly<Record<string, Shape>> {
  const text = (...keys: readonly ByteString[]): Shape => textAt(nodes, nodes.audit, ...keys);
  const texts = (...keys: readonly ByteString[]): Shape => listAt(nodes, nodes.audit, ...keys);
  const pods = createPodFields(nodes, semantics);
  return {
    'ka.auditid': text('auditID'),
    'ka.stage': text('stage'),
    'ka.auth.decision': text('annotations', 'authorization.k8s.io/decision'),
    'ka.auth.reason': text('annotations', 'authorization.k8s.io/reason'),
    'ka.auth.openshift.decision': text('annotations', 'authentication.openshift.io/decision'),
    'ka.validations.admission.policy.failure': text(
      'annotations',
      'validation.policy.admission.k8s.io/validation_failure',
    ),
    'ka.security.pod.violations': text('annotations', 'pod-security.kubernetes.io/audit-violations'),
    'ka.auth.openshift.username': text('annotations', 'authentication.openshift.io/username'),
    'ka.user.name': text('user', 'username'),
    'ka.user.groups': texts('user', 'groups'),
    'ka.impuser.name': text('impersonatedUser', 'username'),
    'ka.verb': text('verb'),
    'ka.uri': text('requestURI'),
    'ka.uri.param': uriParameter(nodes),
    'ka.target.name': text('objectRef', 'name'),
    'ka.target.namespace': text('objectRef', 'namespace'),
    'ka.target.resource': text('objectRef', 'resource'),
    'ka.target.subresource': text('objectRef', 'subresource'),
    'ka.target.pod.name': podName(nodes),
    'ka.req.binding.subjects': texts('requestObject', 'subjects'),
    'ka.req.binding.subjects.user_names': subjectNames(nodes, 'User'),
    'ka.req.binding.subjects.serviceaccount_names': subjectNames(nodes, 'ServiceAccount'),
    'ka.req.binding.subjects.serviceaccount_ns_names': namespacedServiceAccounts(nodes),
    'ka.req.binding.subjects.group_names': subjectNames(nodes, 'Group'),
    'ka.req.binding.role': text('requestObject', 'roleRef', 'name'),
    'ka.req.binding.subject.has_name': always(nodes),
    'ka.req.configmap.name': text('objectRef', 'name'),
    'ka.req.configmap.obj': text('requestObject', 'data'),
    'ka.req.pod.containers.args': pods.joined('containers', 'args'),
    'ka.req.pod.containers.command': pods.joined('containers', 'command'),
    'ka.req.pod.containers.name': pods.strict('containers', 'name'),
    'ka.req.pod.containers.image': pods.strict('containers', 'image'),
    'ka.req.container.image': pods.firstImage(),
    'ka.req.pod.containers.image.repository': pods.repository('containers'),
    'ka.req.container.image.repository': pods.firstRepository(),
    'ka.req.pod.host_ipc': text('requestObject', 'spec', 'hostIPC'),
    'ka.req.pod.host_network': text('requestObject', 'spec', 'hostNetwork'),
    'ka.req.container.host_network': text('requestObject', 'spec', 'hostNetwork'),
    'ka.req.pod.host_pid': text('requestObject', 'spec', 'hostPID'),
    'ka.req.pod.containers.host_port': pods.ports('containers'),
    'ka.req.pod.containers.privileged': pods.loose('containers', 'securityContext', 'privileged'),
    'ka.req.container.privileged': pods.anyPrivileged(),
    'ka.req.pod.containers.allow_privilege_escalation': pods.loose(
      'containers',
      'securityContext',
      'allowPrivilegeEscalation',
    ),
    'ka.req.pod.containers.read_only_fs': pods.loose(
      'containers',
      'securityContext',
      'readOnlyRootFilesystem',
    ),
    'ka.req.pod.run_as_user': text('requestObject', 'spec', 'securityContext', 'runAsUser'),
    'ka.req.pod.containers.run_as_user': pods.loose('containers', 'securityContext', 'runAsUser'),
    'ka.req.pod.containers.eff_run_as_user': pods.effective('containers', 'runAsUser'),
    'ka.req.pod.run_as_group': text('requestObject', 'spec', 'securityContext', 'runAsGroup'),
    'ka.req.pod.containers.run_as_group': pods.loose('containers', 'securityContext', 'runAsGroup'),
    'ka.req.pod.containers.eff_run_as_group': pods.effective('containers', 'runAsGroup'),
    'ka.req.pod.containers.proc_mount': pods.loose('containers', 'securityContext', 'procMount'),
    'ka.req.role.rules': texts('requestObject', 'rules'),
    'ka.req.role.rules.apiGroups': ruleValues(nodes, 'apiGroups'),
    'ka.req.role.rules.nonResourceURLs': ruleValues(nodes, 'nonResourceURLs'),
    'ka.req.role.rules.verbs': ruleValues(nodes, 'verbs'),
    'ka.req.role.rules.resources': ruleValues(nodes, 'resources'),
    'ka.req.pod.fs_group': text('requestObject', 'spec', 'securityContext', 'fsGroup'),
    'ka.req.pod.supplemental_groups': texts('requestObject', 'spec', 'securityContext', 'supplementalGroups'),
    'ka.req.pod.containers.add_capabilities': pods.capabilities('containers'),
    'ka.req.service.type': text('requestObject', 'spec', 'type'),
    'ka.req.service.ports': servicePorts(nodes, semantics),
    'ka.req.pod.volumes.hostpath': pods.volumes('hostPath', 'path'),
    'ka.req.volume.hostpath': pods.mountsHostPath(),
    'ka.req.pod.volumes.flexvolume_driver': pods.volumes('flexVolume', 'driver'),
    'ka.req.pod.volumes.volume_type': pods.volumeTypes(),
    'ka.resp.name': text('responseObject', 'metadata', 'name'),
    'ka.response.code': text('responseStatus', 'code'),
    'ka.response.reason': text('responseStatus', 'reason'),
    'ka.useragent': text('userAgent'),
    'ka.sourceips': sourceAddresses(nodes),
    'ka.cluster.name': clusterName(nodes),
    'ka.req.pod.initContainers.name': pods.strict('initContainers', 'name'),
    'ka.req.pod.initContainers.image': pods.strict('initContainers', 'image'),
    'ka.req.pod.initContainers.image.repository': pods.repository('initContainers'),
    'ka.req.pod.initContainers.command': pods.joined('initContainers', 'command'),
    'ka.req.pod.initContainers.args': pods.joined('initContainers', 'args'),
    'ka.req.pod.initContainers.privileged': pods.loose('initContainers', 'securityContext', 'privileged'),
    'ka.req.pod.initContainers.allow_privilege_escalation': pods.loose(
      'initContainers',
      'securityContext',
      'allowPrivilegeEscalation',
    ),
    'ka.req.pod.initContainers.read_only_fs': pods.loose(
      'initContainers',
      'securityContext',
      'readOnlyRootFilesystem',
    ),
    'ka.req.pod.initContainers.run_as_user': pods.loose('initContainers', 'securityContext', 'runAsUser'),
    'ka.req.pod.initContainers.eff_run_as_user': pods.effective('initContainers', 'runAsUser'),
    'ka.req.pod.initContainers.run_as_group': pods.loose('initContainers', 'securityContext', 'runAsGroup'),
    'ka.req.pod.initContainers.eff_run_as_group': pods.effective('initContainers', 'runAsGroup'),
    'ka.req.pod.initContainers.proc_mount': pods.loose('initContainers', 'securityContext', 'procMount'),
    'ka.req.pod.initContainers.add_capabilities': pods.capabilities('initContainers'),
    'ka.req.pod.initContainers.host_port': pods.ports('initContainers'),
    'ka.req.pod.ephemeralContainers.name': pods.strict('ephemeralContainers', 'name'),
    'ka.req.pod.ephemeralContainers.image': pods.strict('ephemeralContainers', 'image'),
    'ka.req.pod.ephemeralContainers.image.repository': pods.repository('ephemeralContainers'),
    'ka.req.pod.ephemeralContainers.command': pods.joined('ephemeralContainers', 'command'),
    'ka.req.pod.ephemeralContainers.args': pods.joined('ephemeralContainers', 'args'),
    'ka.req.pod.ephemeralContainers.privileged': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'privileged',
    ),
    'ka.req.pod.ephemeralContainers.allow_privilege_escalation': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'allowPrivilegeEscalation',
    ),
    'ka.req.pod.ephemeralContainers.read_only_fs': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'readOnlyRootFilesystem',
    ),
    'ka.req.pod.ephemeralContainers.run_as_user': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'runAsUser',
    ),
    'ka.req.pod.ephemeralContainers.eff_run_as_user': pods.effective('ephemeralContainers', 'runAsUser'),
    'ka.req.pod.ephemeralContainers.run_as_group': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'runAsGroup',
    ),
    'ka.req.pod.ephemeralContainers.eff_run_as_group': pods.effective('ephemeralContainers', 'runAsGroup'),
    'ka.req.pod.ephemeralContainers.proc_mount': pods.loose(
      'ephemeralContainers',
      'securityContext',
      'procMount',
    ),
    'ka.req.pod.ephemeralContainers.add_capabilities': pods.capabilities('ephemeralContainers'),
  };
}

// Deprecated: true for every audit event, whatever the argument (D6).
function always(nodes: Nodes): Shape {
  return keyed(() => (event) => (nodes.find(event, nodes.audit) === NO_NODE ? undefined : 'true'));
}

// The pod in the response, if the request was for pods themselves.
function podName(nodes: Nodes): Shape {
  const string = (...keys: readonly ByteString[]): Extract => {
    const path = nodes.path(nodes.audit, keys);
    return (event) => {
      const node = nodes.find(event, path);
      return node === NO_NODE || !isString(event.document, node) ? '' : stringText(event.document, node);
    };
  };
  const resource = string('objectRef', 'resource');
  const subresource = string('objectRef', 'subresource');
  const name = nodes.path(nodes.audit, ['responseObject', 'metadata', 'name']);
  return scalar((event) =>
    resource(event) === 'pods' && subresource(event) === '' ? nodes.text(event, name) : undefined,
  );
}

// One text, the JSON of the whole array; the index picks a port only where defects are fixed (D5).
function servicePorts(nodes: Nodes, semantics: Semantics): Shape {
  const walk = createWalk(nodes, ['requestObject', 'spec', 'ports']);
  return indexed((event, index) => {
    const found = walk(event, index)?.filter((node) => node !== NO_NODE);
    if (semantics === 'falco' || index === EVERY) return found?.map((node) => fieldText(event, node));
    return elementAt(
      found?.flatMap((node) => elementTexts(event, node) ?? []),
      index,
    );
  });
}

// Falco looks for them below requestObject.rules, where they never are (D1).
function sourceAddresses(nodes: Nodes): Shape {
  const path = nodes.path(nodes.audit, ['sourceIPs']);
  return indexed((event, index) => elementAt(elementTexts(event, nodes.find(event, path)), index));
}

function elementAt(
  texts: readonly ByteString[] | undefined,
  index: number,
): readonly ByteString[] | undefined {
  return index === EVERY ? texts : texts?.slice(index, index + 1);
}

// The event's own annotation, else what the source knows (D10).
function clusterName(nodes: Nodes): Shape {
  const path = nodes.path(nodes.audit, ['annotations', 'cluster_name']);
  const read: Extract = (event) =>
    nodes.text(event, path) ?? (nodes.find(event, nodes.audit) === NO_NODE ? undefined : event.clusterName);
  return { ...scalar(read), elseCluster: nodes.place(path) };
}
