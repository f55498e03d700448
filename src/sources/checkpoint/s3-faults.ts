// What a failed call of S3 means. In: an error of the SDK. Out: one line in plain words with what to do; no key, token or
// signature gets into it. Pure.

import { type CredentialContext, explainCredentials } from '../cloudwatch/aws/credential-faults.js';
import { factsOf, NETWORK } from '../cloudwatch/aws/faults.js';
import { SourceError } from '../source.js';
import type { ObjectPlace } from './object-client.js';

export type S3Facts = ReturnType<typeof factsOf>;
export const s3Facts = factsOf;

export function s3Fault(facts: S3Facts, context: CredentialContext & ObjectPlace): SourceError {
  const [retryable, text] = explain(facts, context);
  return new SourceError(text, { retryable });
}

function explain(facts: S3Facts, context: CredentialContext & ObjectPlace): readonly [boolean, string] {
  const { name, status, code, message } = facts;
  const { bucket, key } = context;
  const aboutCredentials = explainCredentials(facts, context);
  if (aboutCredentials !== undefined) return [aboutCredentials[0] === 'transient', aboutCredentials[1]];
  if (/Region is missing/i.test(message)) {
    return [false, 'no AWS region: set region in init_config, or AWS_REGION, or region in the AWS profile'];
  }
  if (name === 'NoSuchBucket') return [false, `there is no bucket ${bucket}`];
  if (status === 403 || /AccessDenied/.test(name)) {
    return [
      false,
      `access denied: allow the IAM actions s3:GetObject and s3:PutObject on arn:aws:s3:::${bucket}/${key} and s3:ListBucket on arn:aws:s3:::${bucket}`,
    ];
  }
  if (NETWORK.test(code) || /TimeoutError|AbortError|NetworkingError/.test(name)) {
    return [true, `S3 cannot be reached (${code || 'no answer in time'})`];
  }
  if (status === 429 || status >= 500 || status < 400)
    return [true, `S3 answered with error ${status} (${name})`];
  return [false, `S3 refuses: ${name} (status ${status})`];
}
