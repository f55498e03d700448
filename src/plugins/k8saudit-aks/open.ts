// Settings of k8saudit-aks → a source for each event hub.

import { SourceError } from '../../sources/source.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { type ConnectHub, connectHub, type HubStart } from './client.js';
import { openHub } from './hub.js';
import type { AksSettings } from './settings.js';

export function checkAks({ settings }: Pick<OpenContext<AksSettings>, 'settings'>): string | undefined {
  const { event_hub_namespace_connection_string: address, event_hub_namespace: namespace } = settings;
  if (address === '' && namespace === undefined)
    return 'k8saudit-aks: event_hub_namespace_connection_string is empty';
  if (namespace !== undefined && hubsOf(settings).includes(''))
    return 'k8saudit-aks: event_hub_name is empty';
  return startOf(settings.start_position) === undefined
    ? `k8saudit-aks: start_position is neither latest, earliest nor a time: ${settings.start_position}`
    : undefined;
}

const hubsOf = ({ event_hub_name: names }: AksSettings): readonly string[] =>
  names.split(',').map((name) => name.trim());

function startOf(text: string): HubStart['otherwise'] | undefined {
  if (text === 'latest' || text === 'earliest') return text;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Errors: SourceError. */
export function openAks(
  context: OpenContext<AksSettings>,
  connect: ConnectHub = connectHub,
): readonly OpenedSource[] {
  const fault = checkAks(context);
  if (fault !== undefined) throw new SourceError(fault);
  const { settings, io } = context;
  const hubs = hubsOf(settings);
  const file = settings.checkpoint;
  if (file === undefined && settings.blob_storage_connection_string !== '')
    io.log(
      'warning',
      'k8saudit-aks: blob storage is not used; set checkpoint to a file that remembers the place',
    );
  return hubs.map((hub) => {
    const access = {
      connectionString: settings.event_hub_namespace_connection_string,
      namespace: settings.event_hub_namespace,
      hub,
      consumerGroup: settings.consumer_group,
    };
    const own = hubs.length > 1 ? `${file}.${hub.replace(/[^\w-]/g, '_')}` : file;
    return openHub({
      name: hub || 'of the connection string',
      connect: () => connect(access),
      start: startOf(settings.start_position)!,
      memory: file === undefined ? undefined : io.remember(own!),
      maxEventSize: settings.maxEventSize,
      clusterName: settings.cluster_name,
      io,
    });
  });
}
