// What the plugins that read Google Pub/Sub share: settings, and how subscriptions are opened (spec: plugins.md §1.1).

import { SourceError } from '../sources/source.js';
import type { OpenContext, OpenedSource, Setting } from './plugin.js';
import { type Connect, connectPubSub } from './pubsub-client.js';
import { openSubscription } from './subscription.js';

const NO_EFFECT = { text: 'no effect here: messages are read one batch after the other' } as const;

export const PUBSUB_SETTINGS = {
  project_id: { type: 'string', title: 'Project ID', description: 'Unique Identifier for your project' },
  credentials_file: {
    type: 'string',
    title: 'Credentials file',
    description: 'File with the credentials to use, if other than those of the environment',
  },
  num_goroutines: {
    type: 'integer',
    title: 'Goroutines',
    description: 'Number of goroutines that receive messages (Default: 10)',
    default: 10,
    here: NO_EFFECT,
  },
  max_outstanding_messages: {
    type: 'integer',
    title: 'Outstanding messages',
    description: 'Most messages that are held and not acknowledged (Default: 1000)',
    default: 1000,
  },
} as const satisfies Readonly<Record<string, Setting>>;

interface PubSubSettings {
  readonly project_id: string | undefined;
  readonly credentials_file: string | undefined;
  readonly max_outstanding_messages: number;
  readonly max_event_size: number;
}

type Context<S> = OpenContext<S>;

/** The subscriptions that open_params name. */
const subscriptionsOf = (params: string): readonly string[] =>
  params
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export function checkPubSub({
  settings,
  params,
}: Pick<Context<PubSubSettings>, 'settings' | 'params'>): string | undefined {
  if (subscriptionsOf(params).length === 0) return 'no subscriptionID provided';
  return settings.project_id || subscriptionsOf(params).every((name) => name.startsWith('projects/'))
    ? undefined
    : 'pubsub: projectID string is empty';
}

/** One source a subscription. Errors: SourceError. */
export function openPubSub<S extends PubSubSettings>(
  context: Context<S>,
  connect: Connect = connectPubSub,
): readonly OpenedSource[] {
  const fault = checkPubSub(context);
  if (fault !== undefined) throw new SourceError(fault);
  const { settings, params, io } = context;
  const client = connect({ projectId: settings.project_id, keyFilename: settings.credentials_file });
  const most = settings.max_outstanding_messages || 1000;
  return subscriptionsOf(params).map((name) =>
    openSubscription({
      name,
      subscribe: () => client.subscribe(name, most),
      most: settings.max_event_size,
      io,
    }),
  );
}
