// The fields github.*, in Falco's order (spec: plugins.md §3.5). Most have a value for every event.

import type { Semantics } from '../../fields/field.js';
import { goNumber } from '../go-json.js';
import type { FieldKit, PlaceField, PluginEvent, PluginFields } from '../plugin.js';

const memberAt = (place: string, description: string): PlaceField => ({
  description,
  place,
  as: 'string',
  absent: '',
});

export function githubFields({ semantics }: FieldKit): PluginFields {
  // Falco puts nothing between the files of one commit and those of the next.
  const between = semantics === 'fixed' ? ',' : '';
  return {
    'github.type': memberAt(
      '/webhook_type',
      'Event kind, from the X-GitHub-Event header (the source adds it to the payload)',
    ),
    'github.action': memberAt('/action', 'What happened; qualifies github.type'),
    'github.user': memberAt('/sender/login', 'Account that caused the event'),
    'github.repo': memberAt('/repository/html_url', 'Web address of the repository. Deprecated spelling'),
    'github.repo.url': memberAt('/repository/html_url', 'Web address of the repository'),
    'github.repo.name': {
      description:
        'Html_url without the leading https://github.com/ (owner/name); on GitHub Enterprise the whole address remains',
      read: nameOf,
    },
    'github.repo.description': memberAt('/repository/description', 'Repository description'),
    'github.org': memberAt('/organization/login', 'Organization'),
    'github.owner': memberAt('/repository/owner/login', 'Owner of the repository'),
    'github.repo.public': {
      description: 'False when private is JSON true, otherwise true',
      read: (event) => (event.json('/repository/private') === 'true' ? 'false' : 'true'),
    },
    'github.collaborator.name': memberAt('/member/login', 'Member added or removed'),
    'github.collaborator.role': memberAt(
      '/changes/permission/to',
      'New permission (changes.role_name.to, which newer events carry, is not read)',
    ),
    'github.webhook.id': {
      description: 'Id of the hook; 0 when absent, not a number, negative or not an integer literal',
      read: hookIdOf,
    },
    'github.webhook.type': memberAt('/hook/type', 'Kind of hook'),
    'github.commit.added': {
      description: 'Files added by the commits, joined by commas',
      read: (event) => filesOf(event, 'added', between),
    },
    'github.commit.modified': {
      description: 'Files modified by the commits, joined by commas',
      read: (event) => filesOf(event, 'modified', between),
    },
    'github.commit.removed': {
      description: 'Files removed by the commits, joined by commas',
      read: (event) => filesOf(event, 'removed', between),
    },
    'github.diff.has_secrets': {
      description:
        'True when some file of the diff holds a secret, false when there are files without any, empty text when the event has no files array',
      read: hasSecrets,
    },
    'github.diff.committed_secrets.desc': {
      description: 'Kinds of secrets found, joined by commas; missing when files is absent or not an array',
      read: (event) => secretsOf(event, between, ({ isObject, desc }) => (isObject ? desc : undefined)),
    },
    'github.diff.committed_secrets.files': {
      description: 'File names, one a secret, joined by commas; missing when files is absent or not an array',
      read: (event) => secretsOf(event, between, ({ isObject, file }) => (isObject ? file : undefined)),
    },
    'github.diff.committed_secrets.lines': {
      description:
        'Line numbers, one a secret, joined by commas; missing when files is absent or not an array',
      read: (event) => secretsOf(event, between, ({ line }) => line),
    },
    'github.diff.committed_secrets.links': {
      description:
        'Links <html_url>/blob/<head commit>/<file>/#L<line>, one a secret; empty text when files is absent',
      read: (event) => linksOf(event, semantics),
    },
    'github.workflow.has_miners': {
      description:
        'True when a miner word was found in the workflow file; missing otherwise (false only for an empty array, which the source never writes)',
      read: hasMiners,
    },
    'github.workflow.miners.type': {
      description: 'Distinct miner words found, joined by commas, in random order (Go map)',
      read: minersOf,
    },
    'github.workflow.filename': memberAt('/workflow/path', 'Path of the workflow file'),
  };
}

const HOST = 'https://github.com/';

function nameOf(event: PluginEvent): string {
  const url = event.string('/repository/html_url') ?? '';
  return url.startsWith(HOST) ? url.slice(HOST.length) : url;
}

function hookIdOf(event: PluginEvent): string {
  const id = event.value('/hook/id');
  const text = typeof id === 'number' ? goNumber(id) : '';
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n ? text : '0';
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const objects = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.map((each: unknown) => (isObject(each) ? each : {})) : [];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);

function filesOf(event: PluginEvent, kind: string, between: string): string {
  return objects(event.value('/commits'))
    .map((commit) => texts(commit[kind]).join(','))
    .filter((files) => files !== '')
    .join(between);
}

interface Secret {
  readonly isObject: boolean;
  readonly file: string;
  readonly desc: string;
  readonly line: string;
}

/** The secrets by file; undefined where nothing was looked for. */
function secretsIn(event: PluginEvent): readonly (readonly Secret[])[] | undefined {
  const files = event.value('/files');
  if (!Array.isArray(files)) return undefined;
  return objects(files).map((file) =>
    objects(file['matches']).map(({ desc, line }, i) => ({
      isObject: isObject((file['matches'] as readonly unknown[])[i]),
      file: text(file['name']),
      desc: text(desc),
      line: Number.isSafeInteger(line) ? String(line) : '0',
    })),
  );
}

function hasSecrets(event: PluginEvent): string {
  const found = secretsIn(event);
  return found === undefined ? '' : String(found.some((secrets) => secrets.length > 0));
}

function secretsOf(
  event: PluginEvent,
  between: string,
  read: (secret: Secret) => string | undefined,
): string | undefined {
  return secretsIn(event)
    ?.filter((secrets) => secrets.length > 0)
    .map((secrets) =>
      secrets
        .map(read)
        .filter((text) => text !== undefined)
        .join(','),
    )
    .join(between);
}

function linksOf(event: PluginEvent, semantics: Semantics): string {
  const base = `${event.string('/repository/html_url') ?? ''}/blob/${event.string('/head_commit/id') ?? ''}`;
  // Falco's links lead nowhere for a slash too many.
  const [slash, between] = semantics === 'fixed' ? ['', ','] : ['/', ''];
  return secretsOf(event, between, ({ file, line }) => `${base}/${file}${slash}#L${line}`) ?? '';
}

const MINERS = '/workflow_miner_detections/matches';

function hasMiners(event: PluginEvent): string | undefined {
  const matches = event.value(MINERS);
  return Array.isArray(matches) ? String(matches.length > 0) : undefined;
}

function minersOf(event: PluginEvent): string | undefined {
  const matches = event.value(MINERS);
  if (!Array.isArray(matches)) return undefined;
  return [...new Set(objects(matches).map(({ type }) => text(type)))].join(',');
}
