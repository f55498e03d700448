// What EKS logs of a request: its audit policy, as AWS publishes it. Bodies that it leaves out must not be in generated
// events either, lest rules look better than they are.

/** Groups whose objects EKS logs whole; others, custom resources above all, without bodies. */
const KNOWN_GROUPS: ReadonlySet<string> = new Set([
  ...['', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'apps'],
  ...[
    'authentication.k8s.io',
    'authorization.k8s.io',
    'autoscaling',
    'batch',
    'certificates.k8s.io',
    'extensions',
  ],
  ...['metrics.k8s.io', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'scheduling.k8s.io'],
  ...['settings.k8s.io', 'storage.k8s.io'],
]);

export type Level = 'Metadata' | 'Request' | 'RequestResponse';

export interface Logged {
  readonly verb: string;
  readonly resource?: string | undefined;
  readonly group?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** How much of a request's bodies EKS logs. Requests that it does not log at all are not asked here. */
export function levelOf({ verb, resource, group = '', name, subresource }: Logged): Level {
  if (resource === undefined) return 'Metadata';
  const writes = !['get', 'list', 'watch'].includes(verb);
  if (resource === 'configmaps' && name === 'aws-auth' && writes && verb !== 'create')
    return 'RequestResponse';
  if (['secrets', 'configmaps', 'tokenreviews'].includes(resource)) return 'Metadata';
  if (resource === 'serviceaccounts' && subresource === 'token') return 'Request';
  if (!KNOWN_GROUPS.has(group)) return 'Metadata';
  return writes ? 'RequestResponse' : 'Request';
}
