// open_params of k8saudit-ovh → a source for each tail.

import { SourceError } from '../../sources/source.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { type ConnectSocket, connectSocket } from './client.js';
import type { OvhSettings } from './settings.js';
import { openTail, withoutToken } from './tail.js';

export function checkOvh({ params }: Pick<OpenContext<OvhSettings>, 'params'>): string | undefined {
  if (params.trim() === '') return "OVHcloud LDP URL can't be empty";
  const wrong = addressesOf(params).find((address) => !URL.canParse(address));
  return wrong === undefined ? undefined : `this is no address of a tail: ${withoutToken(wrong)}`;
}

/** With a scheme; a plus sign in a token is one, and no blank. */
const addressesOf = (params: string): readonly string[] =>
  params.split(/[\s,]+/).flatMap((part) => {
    if (part === '') return [];
    return (/^wss?:\/\//.test(part) ? part : `wss://${part}`).replaceAll('+', '%2B');
  });

/** Errors: SourceError. */
export function openOvh(
  context: OpenContext<OvhSettings>,
  connect: ConnectSocket = connectSocket,
): readonly OpenedSource[] {
  const fault = checkOvh(context);
  if (fault !== undefined) throw new SourceError(fault);
  const { settings, params, io } = context;
  return addressesOf(params).map((address) =>
    openTail({
      address,
      connect,
      silence: settings.silence * 1000,
      maxEventSize: settings.maxEventSize,
      clusterName: settings.cluster_name,
      io,
    }),
  );
}
