// Generated rules, as many as are asked for.

/** Rules as a large installation has them: each demands a stage, a verb and a resource first, and a name of its own. */
export function manyRules(count: number): string {
  const verbs = ['create', 'update', 'patch', 'delete', 'get'];
  const resources = [
    'pods',
    'secrets',
    'configmaps',
    'deployments',
    'roles',
    'services',
    'ingresses',
    'jobs',
  ];
  const rule = (i: number): string =>
    `- rule: Rule ${i}
  desc: generated
  condition: kevt and ka.verb=${verbs[i % verbs.length]} and ka.target.resource=${resources[i % resources.length]} and ka.target.namespace=team-${i} and not ka.user.name in (allowed)
  output: rule ${i} (user=%ka.user.name target=%ka.target.name)
  priority: NOTICE
  source: k8s_audit
`;
  const head = `- macro: kevt
  condition: (jevt.value[/stage] in (ResponseComplete))
- list: allowed
  items: ["system:kube-scheduler", "system:kube-controller-manager", admin]
`;
  return head + Array.from({ length: count }, (_, i) => rule(i)).join('');
}

const VERBS = ['create', 'update', 'patch', 'delete', 'get', 'list', 'watch'];
const RESOURCES = [
  ...['pods', 'secrets', 'configmaps', 'deployments', 'roles', 'services', 'rolebindings', 'clusterroles'],
  ...['nodes', 'jobs', 'serviceaccounts', 'ingresses', 'events', 'leases'],
];
const SUBRESOURCES = ['exec', 'status', 'token', 'attach', 'log', 'proxy', 'scale', 'binding'];
const pick = (of: readonly string[], i: number): string => of[i % of.length]!;

// Each demands something else of something else.
const MIXED: readonly ((i: number) => string)[] = [
  (i) =>
    `ka.verb in (${pick(VERBS, i)}, ${pick(VERBS, i + 2)}) and ka.target.resource = ${pick(RESOURCES, i)} and ka.target.namespace = team-${i % 300} and not ka.user.name in ("system:admin", user-${i})`,
  (i) => `ka.user.name startswith "team-${i}:" and ka.verb != get and ka.response.code < 400`,
  (i) => `ka.useragent contains "tool-${i}/" and ka.response.code = 403`,
  (i) => `jevt.value[/user/extra/arn/0] endswith ":role/r-${i}" and ka.verb in (create, delete, patch)`,
  (i) =>
    `ka.target.resource = ${pick(RESOURCES, i)} and ka.target.subresource = ${pick(SUBRESOURCES, i)} and not ka.user.name startswith "system:" and ka.target.name = obj-${i}`,
  (i) => `ka.impuser.name = imp-${i} and ka.response.code >= 400`,
  (i) =>
    `ka.verb = create and ka.target.resource = pods and ka.req.pod.containers.image.repository intersects (repo-${i}) and ka.target.namespace != ns-${i % 40}`,
  (i) => `ka.uri startswith "/api/v1/namespaces/n-${i}/" or (ka.uri contains "/x${i}/" and ka.verb = get)`,
  (i) => `jevt.value[/requestObject/metadata/labels/l${i % 30}] = v${i} and ka.verb in (create, update)`,
  (i) =>
    `jevt.value[/responseStatus/reason] = Forbidden and ka.user.name = u-${i} and ka.target.resource in (${pick(RESOURCES, i)}, ${pick(RESOURCES, i * 5 + 1)})`,
];

/** Rules of all kinds: equalities, prefixes, parts of texts, numbers, pods; a name each. */
export function mixedRules(count: number): string {
  const rule = (i: number): string =>
    `- rule: Mixed ${i}
  desc: generated
  condition: ka.stage = ResponseComplete and (${MIXED[i % MIXED.length]!(i)})
  output: mixed ${i} (user=%ka.user.name verb=%ka.verb)
  priority: NOTICE
  source: k8s_audit
`;
  return Array.from({ length: count }, (_, i) => rule(i)).join('');
}
