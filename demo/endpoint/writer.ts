// Writes audit events into the endpoint's store as an EKS control plane does: to several streams at the same time that
// are replaced by new ones, jittered, late or in pieces as asked for, with other components' streams beside them.

import { createRandom } from './random.js';
import type { LogStore } from './store.js';
import type { Trouble } from './trouble.js';

export interface AuditWriter {
  /** Writes one event with this time (milliseconds since the epoch). @returns when it can be seen as a whole */
  write(message: string, time: number): number;
  /** A line in the stream of another component. */
  writeOther(time: number): void;
}

const OTHERS = [
  'kube-apiserver-',
  'authenticator-',
  'kube-controller-manager-',
  'kube-scheduler-',
  'cloud-controller-manager-',
];

export function createAuditWriter(store: LogStore, cluster: string, trouble: Trouble): AuditWriter {
  const group = `/aws/eks/${cluster}/cluster`;
  const random = createRandom(trouble.seed + 7);
  const suffixes = new Map<string, string>();
  const suffix = (key: string): string => {
    const known = suffixes.get(key) ?? random.hex(32);
    suffixes.set(key, known);
    return known;
  };
  store.createGroup(group);
  return {
    write(message, time) {
      const age = Math.floor(time / trouble.rotation);
      const lane = random.integer(trouble.streams);
      const stream = `kube-apiserver-audit-${suffix(`audit ${lane} ${age}`)}`;
      const delay =
        random.unit() < trouble.late ? random.unit() * trouble.lateness : random.unit() * trouble.jitter;
      const visible = Math.floor(time + delay);
      const pieces = random.unit() < trouble.split ? 2 + random.integer(2) : 1;
      const length = Math.ceil(message.length / pieces);
      for (let i = 0; i < pieces; i++) {
        store.put(
          group,
          { stream, timestamp: time, message: message.slice(i * length, (i + 1) * length) },
          visible,
        );
      }
      return visible;
    },
    writeOther(time) {
      const component = random.pick(OTHERS);
      const stamp = new Date(time).toISOString();
      const message = `I${stamp.slice(5, 10).replace('-', '')} ${stamp.slice(11, 23)} 10 ${component.slice(0, -1)}.go:42] "Handled" verb="GET" resp=200`;
      store.put(group, { stream: `${component}${suffix(component)}`, timestamp: time, message }, time);
    },
  };
}
