// What a chart's resources hold: `node scripts/chart-config.mjs RESOURCES.yaml [rules]`. Out: the text of the falco.yaml in them; or the
// alerts of the PrometheusRule, as Prometheus reads them from a file.

import { readFileSync } from 'node:fs';
import { dump, loadAll } from 'js-yaml';

const [file, what] = process.argv.slice(2);
const resources = loadAll(readFileSync(file, 'utf8'));
const found =
  what === 'rules'
    ? resources.find((each) => each?.kind === 'PrometheusRule')?.spec
    : resources.find((each) => each?.kind === 'ConfigMap' && each.data?.['falco.yaml'] !== undefined)?.data[
        'falco.yaml'
      ];
if (found === undefined) throw new Error(`no resource holds ${what ?? 'a falco.yaml'}`);
process.stdout.write(typeof found === 'string' ? found : dump(found));
