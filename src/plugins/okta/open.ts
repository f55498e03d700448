// Settings of okta → a source for each organization.

import { SourceError } from '../../sources/source.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { createOktaClient, type OktaAccess } from './client.js';
import { openLog } from './log.js';
import type { OktaSettings } from './settings.js';

interface Organization extends OktaAccess {
  readonly name: string;
}

type Result = { readonly organizations: readonly Organization[] } | { readonly error: string };

export function checkOkta({ settings }: Pick<OpenContext<OktaSettings>, 'settings'>): string | undefined {
  const read = readOrganizations(settings);
  return 'error' in read ? read.error : undefined;
}

/** Errors: SourceError. */
export function openOkta({ settings, io }: OpenContext<OktaSettings>): readonly OpenedSource[] {
  const read = readOrganizations(settings);
  if ('error' in read) throw new SourceError(read.error);
  const several = read.organizations.length > 1;
  return read.organizations.map((organization) => {
    const { name } = organization;
    const file = settings.checkpoint;
    const own = several ? `${file}.${name.replace(/[^\w-]/g, '_')}` : file;
    return openLog({
      name,
      url: organization.url,
      read: createOktaClient(organization),
      settings,
      memory: file === undefined ? undefined : io.remember(own!),
      io,
    });
  });
}

type Entry = Readonly<Record<string, unknown>>;

function readOrganizations(settings: OktaSettings): Result {
  const { organizations: more = [] } = settings;
  const first = settings.organization === '' && settings.url === undefined ? [] : [settings as Entry];
  const entries = [
    ...first,
    ...more.map((each) => (typeof each === 'object' && each !== null ? (each as Entry) : {})),
  ];
  if (entries.length === 0) return { error: 'okta: organization is empty, so that there is no host to ask' };
  const organizations = entries.map(organizationOf);
  for (const { name, url, token, clientId } of organizations) {
    if (url === '' || !URL.canParse(url))
      return { error: `okta: ${name || 'an organization'} has no usable address` };
    if (token === undefined && clientId === undefined)
      return { error: `okta: ${name} has neither api_token nor client_id` };
  }
  return { organizations };
}

function organizationOf(entry: Entry): Organization {
  const text = (key: string): string | undefined => {
    const value = entry[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = text('organization') ?? '';
  const url = text('url') ?? (name === '' ? '' : `https://${name}.okta.com`);
  return {
    name: name === '' && URL.canParse(url) ? new URL(url).hostname : name,
    url: url.replace(/\/+$/, ''),
    token: text('api_token'),
    clientId: text('client_id'),
    privateKeyFile: text('private_key_file'),
    keyId: text('key_id'),
  };
}
