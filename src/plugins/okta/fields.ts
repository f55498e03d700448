// The fields okta.*, in Falco's order (spec: plugins.md §4.5). Those that are one text always have a value.

import type { FieldKit, PlaceField, PluginEvent, PluginFields } from '../plugin.js';
import { COUNT_READS, COUNTED, countOf, type MfaCounts } from './mfa.js';
import type { OktaSettings } from './settings.js';

type OktaEvent = PluginEvent<OktaSettings, MfaCounts>;

const memberAt = (place: string, description: string): PlaceField => ({
  description,
  place,
  as: 'string',
  absent: '',
});

const URI = '/debugContext/debugData/requestUri';
/** What is read of targets. */
const TARGETS = ['type', 'alternateId', 'displayName', 'id'].map((key) => `/target/*/${key}`);
const LONGITUDE = '/client/geographicalContext/geolocation/lon';

export const oktaFields = ({ semantics }: FieldKit): PluginFields<OktaSettings, MfaCounts> => ({
  'okta.app': {
    description: 'Application, of a request URI that begins with /app/',
    read: appOf,
    reads: [URI],
  },
  'okta.behaviors': memberAt('/debugContext/debugData/behaviors', 'Behaviour evaluation text'),
  'okta.org': { description: 'Organization that the entry is from', read: organizationOf, reads: [] },
  'okta.evt.type': memberAt('/eventType', 'Event type'),
  'okta.evt.legacytype': memberAt('/legacyEventType', 'Former event type name'),
  'okta.severity': memberAt('/severity', 'Severity'),
  'okta.message': memberAt('/displayMessage', 'Display message'),
  'okta.published': memberAt('/published', 'Time of the event as text'),
  'okta.logonlysecuritydata': memberAt('/debugContext/debugData/logOnlySecurityData', 'Security data text'),
  'okta.actor.id': memberAt('/actor/id', 'Actor id'),
  'okta.actor.Type': memberAt('/actor/type', 'Actor type (capital T in the field name)'),
  'okta.actor.alternateid': memberAt('/actor/alternateId', 'Actor alternate id'),
  'okta.actor.name': memberAt('/actor/displayName', 'Actor display name'),
  'okta.client.zone': memberAt('/client/zone', 'Network zone'),
  'okta.client.ip': memberAt('/client/ipAddress', 'Client address'),
  'okta.client.device': memberAt('/client/device', 'Client device'),
  'okta.client.id': memberAt('/client/id', 'Client id'),
  'okta.client.geo.city': memberAt('/client/geographicalContext/city', 'City'),
  'okta.client.geo.state': memberAt('/client/geographicalContext/state', 'State'),
  'okta.client.geo.country': memberAt('/client/geographicalContext/country', 'Country'),
  'okta.client.geo.postalcode': memberAt('/client/geographicalContext/postalCode', 'Postal code'),
  'okta.client.geo.lat': {
    description: 'Latitude',
    read: (event) => coordinateAt(event, '/client/geographicalContext/geolocation/lat'),
  },
  'okta.client.geo.lon': {
    description: 'Longitude; in Falco always 0',
    read: (event) =>
      coordinateAt(
        event,
        semantics === 'fixed' ? LONGITUDE : '/client/geographicalContext/geolocation/lonDe',
      ),
  },
  'okta.useragent.os': memberAt('/client/userAgent/os', 'Operating system'),
  'okta.useragent.browser': memberAt('/client/userAgent/browser', 'Browser'),
  'okta.useragent.raw': memberAt('/client/userAgent/rawUserAgent', 'Raw user agent'),
  'okta.result': memberAt('/outcome/result', 'Outcome'),
  'okta.reason': memberAt('/outcome/reason', 'Reason of the outcome'),
  'okta.transaction.id': memberAt('/transaction/id', 'Transaction id'),
  'okta.transaction.type': memberAt('/transaction/type', 'Transaction type'),
  'okta.requesturi': memberAt('/debugContext/debugData/requestUri', 'Request URI'),
  'okta.principal.id': memberAt('/debugContext/debugData/originalPrincipal/id', 'Original principal id'),
  'okta.principal.alternateid': memberAt(
    '/debugContext/debugData/originalPrincipal/alternateId',
    'Original principal alternate id',
  ),
  'okta.principal.type': memberAt(
    '/debugContext/debugData/originalPrincipal/type',
    'Original principal type',
  ),
  'okta.principal.name': memberAt(
    '/debugContext/debugData/originalPrincipal/displayName',
    'Original principal name',
  ),
  'okta.authentication.step': {
    description: 'Authentication step; reading it ends Falco',
    read: (event) => event.text('/authenticationContext/authenticationStep') ?? '0',
  },
  'okta.authentication.sessionid': memberAt(
    '/authenticationContext/externalSessionId',
    'External session id',
  ),
  'okta.authentication.provider': memberAt(
    '/authenticationContext/authenticationProvider',
    'Authentication provider',
  ),
  'okta.authentication.credentialprovider': memberAt(
    '/authenticationContext/credentialProvider',
    'Credential provider',
  ),
  'okta.security.asnumber': {
    description: 'Number of the autonomous system; reading it ends Falco',
    type: 'uint64',
    read: systemNumberOf,
  },
  'okta.security.asorg': memberAt('/securityContext/asOrg', 'AS organization'),
  'okta.security.isp': memberAt('/securityContext/isp', 'Internet provider'),
  'okta.security.domain': memberAt('/securityContext/domain', 'Domain'),
  'okta.security.isproxy': {
    description: 'Whether the address is a known proxy: true or false',
    place: '/securityContext/isProxy',
    absent: '',
  },
  'okta.target.user.id': {
    description: 'id of the last target of type User',
    read: (event) => targetOf(event, 'User', 'id'),
    reads: TARGETS,
  },
  'okta.target.user.alternateid': {
    description: 'alternateId of the last target of type User',
    read: (event) => targetOf(event, 'User', 'alternateId'),
    reads: TARGETS,
  },
  'okta.target.user.name': {
    description: 'displayName of the last target of type User',
    read: (event) => targetOf(event, 'User', 'displayName'),
    reads: TARGETS,
  },
  'okta.target.group.id': {
    description: 'id of the last target of type UserGroup',
    read: (event) => targetOf(event, 'UserGroup', 'id'),
    reads: TARGETS,
  },
  'okta.target.group.alternateid': {
    description: 'alternateId of the last target of type UserGroup',
    read: (event) => targetOf(event, 'UserGroup', 'alternateId'),
    reads: TARGETS,
  },
  'okta.target.group.name': {
    description: 'displayName of the last target of type UserGroup',
    read: (event) => targetOf(event, 'UserGroup', 'displayName'),
    reads: TARGETS,
  },
  'okta.target.app.alternateid': {
    description: 'alternateId of the last target of type AppInstance',
    read: (event) => targetOf(event, 'AppInstance', 'alternateId'),
    reads: TARGETS,
  },
  'okta.targets.displayName': {
    description: 'Names of all targets, in parentheses; or of one',
    argument: { kind: 'index' },
    read: targetNamesOf,
    reads: TARGETS,
  },
  'okta.mfa.failure.countlast': {
    description: 'How many such events of the actor lie within the last seconds',
    type: 'uint64',
    argument: { kind: 'index', required: true },
    stateful: true,
    only: COUNTED,
    reads: COUNT_READS,
    read: countOf,
  },
  'okta.mfa.deny.countlast': {
    description: 'How many such events of the actor lie within the last seconds',
    type: 'uint64',
    argument: { kind: 'index', required: true },
    stateful: true,
    only: COUNTED,
    reads: COUNT_READS,
    read: countOf,
  },
});

function organizationOf({ settings, label }: OktaEvent): string {
  return label('organization') ?? settings?.organization ?? '';
}

function appOf(event: OktaEvent): string | undefined {
  const uri = event.string(URI) ?? '';
  return uri.startsWith('/app/') ? uri.split('/')[2] : undefined;
}

/** As Go prints a number: the shortest digits, with an exponent where it is large or small. */
function coordinateAt(event: OktaEvent, place: string): string {
  const value = Number(event.text(place) ?? 0);
  if (!Number.isFinite(value) || value === 0) return '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${digits}e${power < 0 ? '-' : '+'}${size}`;
}

function systemNumberOf(event: OktaEvent): bigint {
  const text = event.text('/securityContext/asNumber') ?? '0';
  return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}

type Target = Readonly<Record<string, unknown>>;

function targetsOf(event: OktaEvent): readonly Target[] {
  const targets = event.value('/target');
  return Array.isArray(targets) ? targets.map((each: Target | null) => each ?? {}) : [];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function targetOf(event: OktaEvent, type: string, key: string): string | undefined {
  const target = targetsOf(event).findLast((each) => each['type'] === type);
  return target && text(target[key]);
}

function targetNamesOf(event: OktaEvent, index: string | undefined): string | undefined {
  const names = targetsOf(event).map((each) => text(each['displayName']));
  if (index !== undefined) return names[Number(index)];
  return names.length === 0 ? undefined : `(${names.join(',')})`;
}
