// A Lambda function with our rules: bundled into one file by `node scripts/lambda.mjs`. Where alerts go is said by its environment.

import { readFileSync } from 'node:fs';
import {
  createHandler,
  type Send,
  sendByHttp,
  sendOnce,
  sendToEventBridge,
  sendToSecurityHub,
  sendToSns,
  sendToSqs,
} from 'tsfalco/lambda';

const { TSFALCO_CLUSTER: cluster, TSFALCO_RULES = 'rules.yaml', ...env } = process.env;
const rules = TSFALCO_RULES.split(':').map((name) => ({
  name,
  content: readFileSync(new URL(name, import.meta.url), 'utf8'),
}));

const {
  TSFALCO_HTTP_URL: url,
  TSFALCO_SNS_TOPIC: topic,
  TSFALCO_SQS_QUEUE: queue,
  TSFALCO_EVENT_BUS: bus,
  TSFALCO_SECURITY_HUB_ACCOUNT: account,
  TSFALCO_DEDUPLICATE_TABLE: table,
  AWS_REGION: region,
} = env;
const outputs: readonly Send[] = [
  ...(url ? [sendByHttp(url)] : []),
  ...(topic ? [sendToSns(topic)] : []),
  ...(queue ? [sendToSqs(queue)] : []),
  ...(bus ? [sendToEventBridge(bus)] : []),
  ...(account && region ? [sendToSecurityHub({ account, region })] : []),
];
const sendAll: Send = async (alerts) => {
  for (const output of outputs) await output(alerts);
};
const send = table ? sendOnce(table, sendAll) : sendAll;

export const handler = createHandler({ rules, cluster, ...(outputs.length > 0 && { send }) });
