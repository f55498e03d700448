// Who called: ct.user and ct.originaluser, by the kind of identity (spec: plugins.md §2.5).

import type { Semantics } from '../../fields/field.js';
import { textOf } from '../falco.js';
import type { PluginEvent } from '../plugin.js';

const TYPE = '/userIdentity/type';
const NAME = '/userIdentity/userName';
const ISSUER = '/userIdentity/sessionContext/sessionIssuer/userName';

/** Where a kind of identity has its name, and what it is called without one. */
const NAMES: Readonly<Record<string, { readonly at?: string; readonly otherwise?: string }>> = {
  Root: { at: NAME },
  IAMUser: { at: NAME },
  AWSService: { at: '/userIdentity/invokedBy' },
  AssumedRole: { at: ISSUER, otherwise: 'AssumedRole' },
  AWSAccount: { otherwise: 'AWSAccount' },
  FederatedUser: { otherwise: 'FederatedUser' },
};

/** ct.user. Falco knows no name of callers from SAML, web identities or the Identity Center. */
export function userOf(event: PluginEvent, semantics: Semantics): string | undefined {
  const type = event.string(TYPE);
  if (type === undefined) return undefined;
  if (!Object.hasOwn(NAMES, type)) return semantics === 'fixed' ? nameOf(event) : undefined;
  const { at, otherwise } = NAMES[type]!;
  return (at === undefined ? undefined : textOf(event, at)) ?? otherwise;
}

/** Whether ct.user has no value because Falco does not know the kind of identity. */
export function isUnknownKind(event: PluginEvent): boolean {
  const type = event.string(TYPE);
  return type !== undefined && !Object.hasOwn(NAMES, type);
}

function nameOf(event: PluginEvent): string | undefined {
  return (
    event.string(NAME) ??
    event.string('/userIdentity/onBehalfOf/userId') ??
    event.string('/userIdentity/principalId')
  );
}

/** ct.originaluser: the session's name of an assumed role. */
export function originalUserOf(event: PluginEvent): string | undefined {
  if (event.string(TYPE) !== 'AssumedRole') return textOf(event, NAME);
  const arn = (textOf(event, '/userIdentity/arn') ?? '').split('/');
  if (arn.length === 3) return arn[2];
  const principal = (textOf(event, '/userIdentity/principalId') ?? '').split(':');
  return principal.length === 2 ? principal[1] : undefined;
}
