// In: a reader of the merged configuration. Out: the outputs that are switched on (spec: cli-and-config.md §2.3, §3).

import { type ByteString, fromBytes } from '../../bytes.js';
import { checkKafkaKeys } from '../../kafka/access.js';
import type { HttpSettings, KafkaOutputSettings, OutputsSettings } from '../../outputs/settings.js';
import { fileFault } from '../fault.js';
import { MAX_UINT8, MAX_UINT32, MAX_UINT64, type Reader } from '../read/read.js';

/** `buffered_outputs` is read later, as in Falco; all others come in its order, so that the same fault is reported first. */
export function readOutputs(reader: Reader, file: ByteString, unbuffered: boolean): OutputsSettings {
  const fileOutput = readCommandOutput(reader, file, 'file', 'filename');
  const program = readCommandOutput(reader, file, 'program', 'program');
  const http = readHttp(reader, file);
  const kafka = readKafka(reader, file);
  return {
    stdout: reader.flag('stdout_output.enabled', false),
    syslog: reader.flag('syslog_output.enabled', false),
    ...(fileOutput && { file: { filename: fileOutput.target, keepAlive: fileOutput.keepAlive } }),
    ...(program && { program: { program: program.target, keepAlive: program.keepAlive } }),
    ...(http && { http }),
    ...(kafka && { kafka }),
    timeoutMs: reader.unsigned('output_timeout', 2000, MAX_UINT32),
    buffered: !unbuffered && reader.flag('buffered_outputs', false),
    capacity: reader.unsigned('outputs_queue.capacity', 0, MAX_UINT64),
  };
}

/** `file_output` and `program_output`. Their keep_alive is the text `true` and no other. */
function readCommandOutput(reader: Reader, file: ByteString, name: 'file' | 'program', key: string) {
  if (!reader.flag(`${name}_output.enabled`, false)) return undefined;
  const target = reader.text(`${name}_output.${key}`, '');
  if (target === '') throw fileFault(file, `${name} output enabled but no ${key} in configuration block`);
  return { target, keepAlive: reader.text(`${name}_output.keep_alive`, '') === 'true' };
}

/** Ours: Falco has no such key. */
const RETRY_KEY = 'http_output.max_retry_seconds';

function readHttp(reader: Reader, file: ByteString): HttpSettings | undefined {
  if (!reader.flag('http_output.enabled', false)) return undefined;
  const url = reader.text('http_output.url', '');
  if (url === '') throw fileFault(file, 'http output enabled but no url in configuration block');
  const flag = (key: string): boolean => reader.flag(`http_output.${key}`, false);
  const text = (key: string, fallback: string): ByteString => reader.text(`http_output.${key}`, fallback);
  return {
    url,
    userAgent: text('user_agent', 'falcosecurity/falco'),
    insecure: flag('insecure'),
    echo: flag('echo'),
    caCert: text('ca_cert', ''),
    caBundle: text('ca_bundle', ''),
    caPath: text('ca_path', '/etc/ssl/certs'),
    mtls: flag('mtls'),
    clientCert: text('client_cert', '/etc/ssl/certs/client.crt'),
    clientKey: text('client_key', '/etc/ssl/certs/client.key'),
    compressUploads: flag('compress_uploads'),
    keepAlive: flag('keep_alive'),
    maxConsecutiveTimeouts: reader.unsigned('http_output.max_consecutive_timeouts', 5, MAX_UINT8),
    ...(reader.node(RETRY_KEY) !== undefined && {
      maxRetrySeconds: reader.unsigned(RETRY_KEY, 0, MAX_UINT32),
    }),
  };
}

/** Ours: Falco has no such output. */
function readKafka(reader: Reader, file: ByteString): KafkaOutputSettings | undefined {
  if (!reader.flag('kafka_output.enabled', false)) return undefined;
  const text = (key: string): string => fromBytes(reader.text(`kafka_output.${key}`, ''));
  const keys = {
    brokers: text('brokers'),
    tls: reader.flag('kafka_output.tls', false),
    tls_ca: text('tls_ca'),
    tls_cert: text('tls_cert'),
    tls_key: text('tls_key'),
    sasl_mechanism: text('sasl_mechanism'),
    sasl_username: text('sasl_username'),
    sasl_password: text('sasl_password'),
    sasl_password_file: text('sasl_password_file'),
  };
  const topic = text('topic');
  const fault = checkKafkaKeys(keys) ?? (topic === '' ? 'topic is empty' : undefined);
  if (fault !== undefined) throw fileFault(file, `kafka output enabled, but ${fault}`);
  const retries = 'kafka_output.max_retry_seconds';
  return {
    ...keys,
    topic,
    ...(reader.node(retries) !== undefined && { maxRetrySeconds: reader.unsigned(retries, 0, MAX_UINT32) }),
  };
}
