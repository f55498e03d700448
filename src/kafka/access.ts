// How a Kafka cluster is reached: what a source's settings or kafka_output say → options of the client. Errors are one line
// and hold no secret.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** As the keys of both say it; an empty text: it is not given. */
export interface KafkaKeys {
  /** `host:port`, with commas between them. */
  readonly brokers: string;
  readonly tls: boolean;
  /** PEM files. */
  readonly tls_ca: string;
  readonly tls_cert: string;
  readonly tls_key: string;
  /** `plain`, `scram-sha-256` or `scram-sha-512`. */
  readonly sasl_mechanism: string;
  readonly sasl_username: string;
  readonly sasl_password: string;
  readonly sasl_password_file: string;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const TOKENS = /oauth|iam/i;
const DEFAULT_PORT = 9092;

export const brokersOf = ({ brokers }: Pick<KafkaKeys, 'brokers'>): readonly string[] =>
  brokers
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '')
    .map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:${DEFAULT_PORT}`));

/** What is wrong with the keys by themselves. */
export function checkKafkaKeys(keys: KafkaKeys): string | undefined {
  const { sasl_mechanism: mechanism, sasl_username: user } = keys;
  if (brokersOf(keys).length === 0) return 'brokers is empty';
  if ((keys.tls_cert === '') !== (keys.tls_key === '')) return 'tls_cert and tls_key go together';
  if (mechanism === '')
    return user === '' ? undefined : 'sasl_mechanism is missing: plain, scram-sha-256 or scram-sha-512';
  if (!MECHANISMS.some((known) => known === mechanism.toLowerCase()))
    return `sasl_mechanism is none of ${MECHANISMS.join(', ')}: ${mechanism}${TOKENS.test(mechanism) ? '; tokens, as of IAM, are not built in: MSK takes scram-sha-512 and client certificates, too' : ''}`;
  return user === '' ? 'sasl_username is missing' : undefined;
}

export interface KafkaOptions {
  readonly clientId: string;
  readonly bootstrapBrokers: readonly string[];
  readonly [option: string]: unknown;
}

const NAME = 'tsfalco';

/** Options of every client. Errors: Error, one line, where a file cannot be read. */
export function kafkaOptions(keys: KafkaKeys): KafkaOptions {
  const { tls, tls_ca: ca, tls_cert: cert, tls_key: key, sasl_mechanism: mechanism } = keys;
  const bootstrapBrokers = brokersOf(keys);
  const secure = tls || ca !== '' || cert !== '';
  return {
    clientId: NAME,
    bootstrapBrokers,
    connectTimeout: 5000,
    retries: 5,
    retryDelay: 200,
    ...(secure && {
      tls: {
        ...(ca !== '' && { ca: read('tls_ca', ca) }),
        ...(cert !== '' && { cert: read('tls_cert', cert), key: read('tls_key', key) }),
      },
      ...(!bootstrapBrokers.some((broker) => isIP(broker.replace(/:\d+$/, '')) > 0) && {
        tlsServerName: true,
      }),
    }),
    ...(mechanism !== '' && {
      sasl: {
        mechanism: mechanism.toUpperCase(),
        username: keys.sasl_username,
        password: passwordOf(keys),
      },
    }),
  };
}

function passwordOf({ sasl_password: password, sasl_password_file: file }: KafkaKeys): string {
  return file === '' ? password : read('sasl_password_file', file).toString().trim();
}

function read(key: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${key}: ${(error as Error).message}`, { cause: error });
  }
}
