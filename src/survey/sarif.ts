// Alerts → SARIF 2.1.0, for tools that show findings of scanners. In: alerts, one by one. Out: the document in pieces.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import type { AlertingRule, LogAlert } from './alerts.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const [ERROR, NOTICE] = [3, 4];

const levelOf = ({ info }: AlertingRule): string =>
  info.priority <= ERROR ? 'error' : info.priority <= NOTICE ? 'warning' : 'note';

/** What stands before the results. */
export function sarifHead(rules: readonly AlertingRule[], version: string): ByteString {
  const described = rules.map((rule) => ({
    id: fromBytes(rule.info.name),
    shortDescription: { text: fromBytes(rule.info.name) },
    fullDescription: { text: fromBytes(rule.compiled.definition.description).trim() },
    defaultConfiguration: { level: levelOf(rule) },
    properties: { tags: rule.info.tags.map(fromBytes) },
  }));
  const driver = JSON.stringify({ name: 'tsfalco', version, rules: described });
  return toBytes(`{"$schema":"${SCHEMA}","version":"2.1.0","runs":[{"tool":{"driver":${driver}},"results":[`);
}

export const SARIF_TAIL: ByteString = '\n]}]}\n';

/** One result. @param name what was read: a file, or a cluster */
export function sarifResult(
  { rule, output, iso, about }: LogAlert,
  name: ByteString,
  first: boolean,
): ByteString {
  const values = Object.entries(about).filter(([, value]) => value !== '');
  const result = {
    ruleId: fromBytes(rule.info.name),
    level: levelOf(rule),
    message: { text: fromBytes(output) },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(fromBytes(name)) } } }],
    properties: Object.fromEntries(
      [['time', iso], ...values].map(([key, value]) => [key, fromBytes(value!)]),
    ),
  };
  return `${first ? '' : ','}\n${toBytes(JSON.stringify(result))}`;
}
