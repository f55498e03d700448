// The falco.yaml in the resources of a chart: `node scripts/chart-config.mjs RESOURCES.yaml`. Out: its text.

import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';

const resources = loadAll(readFileSync(process.argv[2], 'utf8'));
const config = resources.find(
  (each) => each?.kind === 'ConfigMap' && each.data?.['falco.yaml'] !== undefined,
);
if (config === undefined) throw new Error('no ConfigMap holds a falco.yaml');
process.stdout.write(config.data['falco.yaml']);
