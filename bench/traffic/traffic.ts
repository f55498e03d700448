// The ordinary traffic of an EKS cluster: ten nodes, the usual add-ons, a team of twenty. Nothing in it is an attack, and
// much of it is what rules take for one. 100,000 events are a tenth of a day (11.6 a second). A seed repeats them.

import { createRandom } from '../../demo/endpoint/random.js';
import { AWS_ADDONS } from './aws-addons.js';
import { CONTROL_PLANE } from './control-plane.js';
import { EKS } from './eks.js';
import { NODES } from './nodes.js';
import { PEOPLE } from './people.js';
import { INTERNET, PIPELINE } from './pipeline.js';
import { type Activity, eventOf } from './request.js';
import { TOOLS } from './tools.js';

/** Events of the cluster a day. */
export const EVENTS_A_DAY = 1_000_000;

const ACTIVITIES: readonly Activity[] = [
  ...NODES,
  ...CONTROL_PLANE,
  ...EKS,
  ...AWS_ADDONS,
  ...TOOLS,
  ...PEOPLE,
  ...PIPELINE,
  ...INTERNET,
];

/** Makes an endless supply of events, as compact JSON. */
export function createTraffic(seed: number): () => string {
  const random = createRandom(seed);
  const total = ACTIVITIES.reduce((sum, [count]) => sum + count, 0);
  let time = Date.UTC(2026, 1, 3, 6);
  return () => {
    time += (random.unit() * 2 * 86_400_000) / EVENTS_A_DAY;
    let left = random.unit() * total;
    const [, make] = ACTIVITIES.find(([count]) => (left -= count) < 0) ?? ACTIVITIES[0]!;
    return JSON.stringify(eventOf(random, time, make(random)));
  };
}
