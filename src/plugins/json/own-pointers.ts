// Pointers of json.value and jevt.value that name a field of tsfalco (set.ts) instead of a place in the event:
// `jevt.value[/ka.set.pod.host_paths]`, `jevt.value[/ka.set/spec/replicas]`. A rule with the field itself does not load in
// Falco; with the pointer it does, and finds nothing there. The list is one text then, a JSON array. `/ka.set` alone
// says that these pointers count.

import type { ByteString } from '../../bytes.js';
import type { Extract, Value } from '../../fields/field.js';
import type { Nodes } from '../../fields/nodes.js';
import type { FieldKit } from '../plugin.js';

/** The value that a pointer of this kind stands for; undefined if it is none. */
export function ownValue(nodes: Nodes, own: FieldKit['own'], pointer: ByteString): Extract | undefined {
  if (!/^\/?ka\./.test(pointer)) return undefined;
  const [name = '', ...rest] = pointer.replace(/^\//, '').split('/');
  const field = own(name);
  if (field === undefined) return undefined;
  const isAudit = nodes.path(nodes.audit, ['auditID']);
  if (rest.length === 0 && field.argument !== null) return (event) => marker(nodes.text(event, isAudit));
  if (rest.length > 0 && field.argument === null) return undefined;
  const extract = field.bind(rest.length > 0 ? `/${rest.join('/')}` : undefined);
  return (event) => arrayText(extract(event));
}

const marker = (auditId: ByteString | undefined): Value | undefined =>
  auditId === undefined ? undefined : 'true';

const arrayText = (value: Value | undefined): Value | undefined =>
  Array.isArray(value) ? JSON.stringify(value) : undefined;
