// The plugin github: what happens in repositories, by web hook (spec: plugins.md §3).

import { FALCO_CONTACT } from '../falco.js';
import { definePlugin, type PluginEvent } from '../plugin.js';
import { decodeDelivery, deliveryOf } from './delivery.js';
import { githubFields } from './fields.js';
import { lookUp } from './lookup.js';
import { checkGithub, openGithub } from './open.js';
import { SETTINGS } from './settings.js';

export const github = definePlugin({
  name: 'github',
  version: '0.10.1',
  description: 'Reads github webhook events, by listening on a socket or by reading events from disk',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: 'github',
    id: 8,
    suggestions: [
      { value: 'owner/name', description: 'a repository, or several with commas' },
      { value: '*', description: 'all repositories that the token may administer' },
    ],
    check: checkGithub,
    open: openGithub,
    enrich: lookUp,
    maxEventSize: (settings) => settings.max_event_size,
  },
  envelope: { decode: decodeDelivery },
  marks: [
    {
      holds: [
        { at: '/type', string: true },
        { at: '/contentType', string: true },
        { at: '/body', string: true },
      ],
    },
    // An event as rules read it, and as this plugin gives it in evt.plugininfo and exports.
    {
      holds: [{ at: '/webhook_type', string: true }],
      payload: (text) => JSON.stringify(deliveryOf(text)),
    },
  ],
  about: {
    user: 'github.user',
    verb: 'github.type',
    resource: 'github.action',
    name: 'github.repo.name',
  },
  info: infoOf,
  fields: githubFields,
});

function infoOf(event: PluginEvent): string {
  const part = (label: string, place: string): string => {
    const text = event.string(place);
    return text === undefined ? '' : ` ${label}:${text}`;
  };
  const type = event.string('/webhook_type') ?? '';
  return `github ${type}${part('user', '/sender/login')}${part('repo', '/repository/html_url')}${part('action', '/action')}`;
}
