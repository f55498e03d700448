// Who acts in the generated cluster: each takes what is done and says who does it.

import {
  type Caller,
  controlPlane,
  eksComponent,
  node,
  serviceAccount,
} from '../../demo/endpoint/callers.js';
import type { Random } from '../../demo/endpoint/random.js';
import { namespaceName, podName } from './names.js';
import type { Activity, Request } from './request.js';

/** What is done, without who. */
export type Act = (random: Random) => Omit<Request, 'caller'>;

const nodeName = ({ user }: Caller): string => String(user['username']).slice('system:node:'.length);

export const byNode =
  (make: (random: Random, name: string) => Omit<Request, 'caller'>): Activity[1] =>
  (random) => {
    const caller = node(random);
    return { caller, ...make(random, nodeName(caller)) };
  };

export const byController =
  (name: string, make: Act): Activity[1] =>
  (random) => ({
    caller: controlPlane(random, `system:serviceaccount:kube-system:${name}`, 'kube-controller-manager'),
    ...make(random),
  });

/** A component that AWS runs. */
export const byEks =
  (name: string, make: Act): Activity[1] =>
  (random) => ({ caller: eksComponent(random, name), ...make(random) });

export const byAccount =
  (namespace: string, name: string, agent: string, make: Act): Activity[1] =>
  (random) => ({ caller: serviceAccount(random, namespace, name, agent), ...make(random) });

export const aPod = (random: Random) => ({
  resource: 'pods',
  namespace: namespaceName(random),
  name: podName(random),
});
