// A Lambda function with our rules: bundled into one file by `node scripts/lambda.mjs`.

import { readFileSync } from 'node:fs';
import { createHandler, sendByHttp } from 'tsfalco/lambda';

const { TSFALCO_HTTP_URL: url, TSFALCO_CLUSTER: cluster, TSFALCO_RULES = 'rules.yaml' } = process.env;
const rules = TSFALCO_RULES.split(':').map((name) => ({
  name,
  content: readFileSync(new URL(name, import.meta.url), 'utf8'),
}));

export const handler = createHandler({ rules, cluster, ...(url && { send: sendByHttp(url) }) });
