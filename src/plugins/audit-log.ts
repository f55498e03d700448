// What all plugins of Kubernetes audit logs share: how a payload becomes events, and the fields ka.*
// (spec: fields-and-sources.md §1, §3.6).

import { AUDIT_DESCRIPTIONS } from '../fields/descriptions.js';
import { auditFields } from '../fields/k8saudit.js';
import { setFields } from '../fields/set.js';
import type { Shape } from '../fields/shape.js';
import { salvage } from '../sources/salvage.js';
import type { About, Envelope, FieldKit, PluginFields } from './plugin.js';

export const K8S_AUDIT = 'k8s_audit';
export const NO_AUDIT_EVENT = 'data not recognized as a k8s audit event';

export const AUDIT_ENVELOPE: Envelope = {
  holds: [{ at: '/kind', is: 'Event' }],
  lists: [{ at: '/items', when: { at: '/kind', is: 'EventList' }, trusted: true }],
  time: { at: '/stageTimestamp' },
  id: '/auditID',
  // Set where the API server cut requestObject and responseObject out of an event that was too large for it.
  truncated: '/annotations/audit.k8s.io~1truncated',
  refusal: NO_AUDIT_EVENT,
  lacking: 'the event has no key auditID, so that no ka.* field has a value',
  salvage,
};

/** Who did what, of an audit event. */
export const AUDIT_ABOUT: About = {
  user: 'ka.user.name',
  verb: 'ka.verb',
  resource: 'ka.target.resource',
  namespace: 'ka.target.namespace',
  name: 'ka.target.name',
  sources: 'ka.sourceips',
  code: 'ka.response.code',
  id: 'ka.auditid',
};

/** The fields ka.*, and behind them those that Falco does not have. */
export function auditLogFields({ nodes, semantics }: FieldKit): PluginFields {
  return {
    ...described(auditFields(nodes, semantics), {}),
    ...described(setFields(nodes), { own: true }),
  };
}

const words = (text: string): readonly string[] => text.split(' ');

/** Fields whose values are all known. Verbs: those of resources, and HTTP methods of other paths. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'ka.verb': words(
    'get list watch create update patch delete deletecollection post put head options connect trace',
  ),
  'ka.stage': words('RequestReceived ResponseStarted ResponseComplete Panic'),
  'ka.auth.decision': words('allow forbid'),
};

function described(shapes: Readonly<Record<string, Shape>>, more: { readonly own?: true }): PluginFields {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const values = VALUES[name];
      return [
        name,
        { shape, description: AUDIT_DESCRIPTIONS[name] ?? '', ...(values && { values }), ...more },
      ];
    }),
  );
}

/** Whether a text is an array with something else than events in it, of which the plugins for AKS and OVH take nothing. */
export function isMixedList(text: string): boolean {
  if (!/^\s*\[/.test(text)) return false;
  const list = JSON.parse(text) as readonly ({ readonly kind?: unknown } | null)[];
  return list.some((each) => !Array.isArray(each) && !/^Event(?:List)?$/.test(String(each?.kind)));
}
