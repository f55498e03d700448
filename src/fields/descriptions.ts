// What each ka.* field means, for --list, completion and the documentation. Falco's defects are told where a user of
// the field has to know them.

/** Description of each field, by name. */
export const AUDIT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  'ka.auditid': 'Identifier the API server gave to this request; every stage of one request shares it.',
  'ka.stage':
    "Point of the request's life at which the event was written: RequestReceived, ResponseStarted, ResponseComplete or Panic.",
  'ka.auth.decision': 'Outcome of authorization as annotated by the API server (allow or forbid).',
  'ka.auth.reason':
    'Text the authorizer attached to its outcome, for example the RBAC binding that granted access; often empty.',
  'ka.auth.openshift.decision':
    'OpenShift only: result of a login handled by the OpenShift OAuth API server.',
  'ka.validations.admission.policy.failure':
    'Failure record left by a ValidatingAdmissionPolicy running in audit mode (a JSON text).',
  'ka.security.pod.violations':
    "What Pod Security admission would have rejected under the namespace's audit level.",
  'ka.auth.openshift.username': 'OpenShift only: name supplied at login to the OpenShift OAuth API server.',
  'ka.user.name': 'Authenticated caller, before any impersonation is applied.',
  'ka.user.groups': 'Group names the authenticator assigned to the caller.',
  'ka.impuser.name': 'Identity the caller asked to act as, when impersonation was used.',
  'ka.verb':
    'Kubernetes verb (get, list, watch, create, update, patch, delete, deletecollection), or the lower-case HTTP method for non-resource paths.',
  'ka.uri': 'Path and query string exactly as the client sent them.',
  'ka.uri.param':
    'First value of one query parameter of the request URI; the bracket argument names the parameter, e.g. ka.uri.param[command].',
  'ka.target.name':
    'Name of the object addressed by the URL; absent on most create calls that let the server pick the name, and on lists.',
  'ka.target.namespace': 'Namespace of the addressed object; absent for cluster-scoped resources.',
  'ka.target.resource': 'Plural resource name addressed, such as pods or clusterroles.',
  'ka.target.subresource':
    'Subresource addressed, such as exec, attach, portforward, log, status or ephemeralcontainers.',
  'ka.target.pod.name':
    'Name of the pod in the response, given only when the request addressed the pods resource itself and not a subresource.',
  'ka.req.binding.subjects':
    'Every subject of a (Cluster)RoleBinding in the request body, each as compact JSON text.',
  'ka.req.binding.subjects.user_names': 'Names of the binding subjects whose kind is User.',
  'ka.req.binding.subjects.serviceaccount_names':
    'Names of the binding subjects whose kind is ServiceAccount, without their namespace.',
  'ka.req.binding.subjects.serviceaccount_ns_names':
    'ServiceAccount subjects of the binding written as namespace:name.',
  'ka.req.binding.subjects.group_names': 'Names of the binding subjects whose kind is Group.',
  'ka.req.binding.role': 'Role or ClusterRole that a binding in the request body points to.',
  'ka.req.binding.subject.has_name':
    'Deprecated. Ignores its argument and yields the text true for any audit event; kept so that old rules load.',
  'ka.req.configmap.name': 'Same value as ka.target.name (no check that the object is a ConfigMap).',
  'ka.req.configmap.obj':
    'The data section of the request body as compact JSON text; used to search ConfigMap contents.',
  'ka.req.pod.containers.args':
    "Start arguments of the pod's containers, one space-joined entry for each container that sets them.",
  'ka.req.pod.containers.command':
    "Entrypoint overrides of the pod's containers, one space-joined entry for each container that sets one.",
  'ka.req.pod.containers.name': "Names given to the pod's regular containers.",
  'ka.req.pod.containers.image': "Full image references of the pod's regular containers.",
  'ka.req.container.image': 'Deprecated. Full image reference of container 0 of the pod.',
  'ka.req.pod.containers.image.repository':
    "Image references of the pod's regular containers with tag and digest cut off.",
  'ka.req.container.image.repository':
    'Deprecated. Image reference of container 0 with tag and digest cut off.',
  'ka.req.pod.host_ipc': "Whether the pod asks to share the node's IPC namespace.",
  'ka.req.pod.host_network': "Whether the pod asks for the node's network namespace.",
  'ka.req.container.host_network': 'Deprecated; identical to ka.req.pod.host_network.',
  'ka.req.pod.host_pid': "Whether the pod asks to share the node's process namespace.",
  'ka.req.pod.containers.host_port':
    "Ports declared by the pod's regular containers: the host port, or the container port where no host port is set.",
  'ka.req.pod.containers.privileged': 'Privileged setting of each regular container that states one.',
  'ka.req.container.privileged':
    'Deprecated. true when at least one regular container of the pod is privileged, otherwise false.',
  'ka.req.pod.containers.allow_privilege_escalation':
    'Privilege-escalation setting of each regular container that states one.',
  'ka.req.pod.containers.read_only_fs':
    'Read-only root filesystem setting of each regular container that states one.',
  'ka.req.pod.run_as_user': 'User id set in the pod-level security context.',
  'ka.req.pod.containers.run_as_user': 'User ids set by the regular containers themselves.',
  'ka.req.pod.containers.eff_run_as_user':
    "User id each regular container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.run_as_group': 'Primary group id set in the pod-level security context.',
  'ka.req.pod.containers.run_as_group': 'Primary group ids set by the regular containers themselves.',
  'ka.req.pod.containers.eff_run_as_group':
    "Primary group id each regular container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.containers.proc_mount':
    'Proc mount mode (Default or Unmasked) of each regular container that states one.',
  'ka.req.role.rules': 'Every rule of a Role or ClusterRole in the request body, each as compact JSON text.',
  'ka.req.role.rules.apiGroups':
    'All API groups named by the rules of a Role or ClusterRole in the request body, flattened into one list; an index picks one rule.',
  'ka.req.role.rules.nonResourceURLs':
    'All non-resource URL patterns named by the rules of a Role or ClusterRole in the request body, flattened into one list; an index picks one rule.',
  'ka.req.role.rules.verbs':
    'All verbs named by the rules of a Role or ClusterRole in the request body, flattened into one list; an index picks one rule.',
  'ka.req.role.rules.resources':
    'All resources named by the rules of a Role or ClusterRole in the request body, flattened into one list; an index picks one rule.',
  'ka.req.pod.fs_group': 'Volume ownership group id from the pod-level security context.',
  'ka.req.pod.supplemental_groups': 'Extra group ids from the pod-level security context.',
  'ka.req.pod.containers.add_capabilities':
    'Linux capabilities added by the regular containers; one entry for each container that adds any.',
  'ka.req.service.type':
    'Type of the Service in the request body (ClusterIP, NodePort, LoadBalancer, ExternalName).',
  'ka.req.service.ports': 'Port section of the Service in the request body as one compact JSON text.',
  'ka.req.pod.volumes.hostpath': "Node paths mounted through the pod's hostPath volumes.",
  'ka.req.volume.hostpath':
    'Deprecated. true when some hostPath volume of the pod mounts the path in the argument; an argument ending in * matches by prefix.',
  'ka.req.pod.volumes.flexvolume_driver': "Drivers of the pod's FlexVolume volumes.",
  'ka.req.pod.volumes.volume_type':
    "Kinds of the pod's volumes (hostPath, emptyDir, secret and so on), taken from the keys of each volume entry other than name.",
  'ka.resp.name': 'Name of the object in the response body; needs RequestResponse audit level.',
  'ka.response.code': 'HTTP status code returned to the client, as text.',
  'ka.response.reason':
    'Short machine-readable failure cause from the status, such as Forbidden or NotFound.',
  'ka.useragent': 'User-Agent header the client sent; not to be trusted.',
  'ka.sourceips':
    'Addresses of the client and of the proxies it came through; only the last one is not client-controlled.',
  'ka.cluster.name':
    'Cluster the event came from: its annotation cluster_name, else the cluster that the source reads.',
  'ka.req.pod.initContainers.name': "Names given to the pod's init containers.",
  'ka.req.pod.initContainers.image': "Full image references of the pod's init containers.",
  'ka.req.pod.initContainers.image.repository':
    "Image references of the pod's init containers with tag and digest cut off.",
  'ka.req.pod.initContainers.command':
    "Entrypoint overrides of the pod's init containers, one space-joined entry each.",
  'ka.req.pod.initContainers.args':
    "Start arguments of the pod's init containers, one space-joined entry each.",
  'ka.req.pod.initContainers.privileged': 'Privileged setting of each init container that states one.',
  'ka.req.pod.initContainers.allow_privilege_escalation':
    'Privilege-escalation setting of each init container that states one.',
  'ka.req.pod.initContainers.read_only_fs':
    'Read-only root filesystem setting of each init container that states one.',
  'ka.req.pod.initContainers.run_as_user': 'User ids set by the init containers themselves.',
  'ka.req.pod.initContainers.eff_run_as_user':
    "User id each init container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.initContainers.run_as_group': 'Primary group ids set by the init containers themselves.',
  'ka.req.pod.initContainers.eff_run_as_group':
    "Primary group id each init container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.initContainers.proc_mount': 'Proc mount mode of each init container that states one.',
  'ka.req.pod.initContainers.add_capabilities':
    'Linux capabilities added by the init containers; one entry for each container that adds any.',
  'ka.req.pod.initContainers.host_port':
    'Ports declared by the init containers: the host port, or the container port where no host port is set.',
  'ka.req.pod.ephemeralContainers.name': "Names given to the pod's ephemeral containers.",
  'ka.req.pod.ephemeralContainers.image': "Full image references of the pod's ephemeral containers.",
  'ka.req.pod.ephemeralContainers.image.repository':
    "Image references of the pod's ephemeral containers with tag and digest cut off.",
  'ka.req.pod.ephemeralContainers.command':
    "Entrypoint overrides of the pod's ephemeral containers, one space-joined entry each.",
  'ka.req.pod.ephemeralContainers.args':
    "Start arguments of the pod's ephemeral containers, one space-joined entry each.",
  'ka.req.pod.ephemeralContainers.privileged':
    'Privileged setting of each ephemeral container that states one.',
  'ka.req.pod.ephemeralContainers.allow_privilege_escalation':
    'Privilege-escalation setting of each ephemeral container that states one.',
  'ka.req.pod.ephemeralContainers.read_only_fs':
    'Read-only root filesystem setting of each ephemeral container that states one.',
  'ka.req.pod.ephemeralContainers.run_as_user': 'User ids set by the ephemeral containers themselves.',
  'ka.req.pod.ephemeralContainers.eff_run_as_user':
    "User id each ephemeral container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.ephemeralContainers.run_as_group':
    'Primary group ids set by the ephemeral containers themselves.',
  'ka.req.pod.ephemeralContainers.eff_run_as_group':
    "Primary group id each ephemeral container would start with: its own setting, else the pod's, else 0.",
  'ka.req.pod.ephemeralContainers.proc_mount': 'Proc mount mode of each ephemeral container that states one.',
  'ka.req.pod.ephemeralContainers.add_capabilities':
    'Linux capabilities added by the ephemeral containers; one entry for each container that adds any.',
  'ka.set.pod.privileged':
    'Privileged setting of each container of every kind that the request sets: true, false.',
  'ka.set.pod.host_namespaces':
    "The node's namespaces that the request asks for: hostPID, hostIPC, hostNetwork.",
  'ka.set.pod.host_process': 'Whether Windows containers or pods are processes of their node: true, false.',
  'ka.set.pod.host_paths': 'Paths of the node that volumes mount, without `.`, `//` and a slash at the end.',
  'ka.set.pod.host_ports': 'Ports of the node that containers listen on.',
  'ka.set.pod.volume_types': 'Kinds of volumes, such as hostPath, nfs, configMap.',
  'ka.set.pod.capabilities_added': 'Linux capabilities added, in upper case, without CAP_.',
  'ka.set.pod.run_as_users': 'User ids of pods and containers.',
  'ka.set.pod.privilege_escalation': 'Values of allowPrivilegeEscalation: true, false.',
  'ka.set.pod.proc_mounts': 'Proc mount modes: Default, Unmasked.',
  'ka.set.pod.seccomp_types': 'Types of seccomp profiles: RuntimeDefault, Localhost, Unconfined.',
  'ka.set.pod.apparmor_types':
    'Types of AppArmor profiles: RuntimeDefault, Localhost, Unconfined. Annotations are in ka.set.pod.annotations.',
  'ka.set.pod.selinux_types': 'SELinux types of pods and containers.',
  'ka.set.pod.selinux_users': 'SELinux users of pods and containers.',
  'ka.set.pod.selinux_roles': 'SELinux roles of pods and containers.',
  'ka.set.pod.sysctls': 'Kernel parameters, as name=value.',
  'ka.set.pod.probe_hosts': 'Hosts that probes and lifecycle hooks name.',
  'ka.set.pod.images': 'Full image references of containers of every kind.',
  'ka.set.pod.commands': 'Words of the commands and arguments of containers of every kind.',
  'ka.set.pod.env': 'Values of environment variables of containers of every kind.',
  'ka.set.pod.annotations': "Annotations of a pod or of a workload's pods, as key=value.",
  'ka.set.labels': 'Labels of the object, as key=value.',
  'ka.set.annotations': 'Annotations of the object, as key=value.',
  'ka.set.data': 'Entries of the data of a ConfigMap, as key=value.',
  'ka.set.subjects':
    'Subjects of a binding, as kind:name; service accounts as ServiceAccount:namespace:name.',
  'ka.set.replicas': 'The number of replicas; 0 for a Scale that names none.',
  'ka.set': 'What the request sets at a JSON pointer in the object; `*` in it is any element or member.',
  'ka.result':
    'What the object has at a JSON pointer after the request, as far as the event shows it; `*` is any element or member.',
  'ka.removed':
    'true if a patch takes away what stood at a JSON pointer in the object; what a whole object leaves out cannot be told.',
};
