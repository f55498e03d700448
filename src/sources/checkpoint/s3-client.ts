// An object in S3, with conditional writes. In: bucket, key, credentials. Out: its content and tags, and faults in plain
// words. The SDK's package for S3 is an optional one, loaded with the first call.

import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { createCredentials, credentialKind } from '../cloudwatch/aws/credentials.js';
import { loadSdk } from '../cloudwatch/aws/sdk.js';
import { SourceError } from '../source.js';
import type { Found, ObjectClient, ObjectPlace } from './object-client.js';
import { type S3Facts, s3Facts, s3Fault } from './s3-faults.js';

export interface S3Options extends ObjectPlace {
  /** Else AWS_REGION, AWS_DEFAULT_REGION, the profile's region; a bucket elsewhere is found. */
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Sdk = typeof import('@aws-sdk/client-s3');

const CONNECT_MS = 1500;
const ANSWER_MS = 5000;

/** Nothing is loaded or sent before the first call. */
export function createS3Client(options: S3Options): ObjectClient {
  const { bucket, key, profile, env } = options;
  const place = { Bucket: bucket, Key: key };
  let opened: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | undefined;

  async function call<T>(run: (sdk: Sdk, client: S3Client) => Promise<T>, on: Expected<T>): Promise<T> {
    const { sdk, client } = await (opened ??= open(options));
    try {
      return await run(sdk, client);
    } catch (error) {
      const facts = s3Facts(error);
      const expected = on(facts);
      if (expected !== undefined) return expected.value;
      // New credentials are asked for by a new client.
      opened = undefined;
      client.destroy();
      throw s3Fault(facts, {
        ...options,
        credentials: credentialKind({ profile, env }),
        roleArn: undefined,
        ambientRole: env['AWS_ROLE_ARN'],
      });
    }
  }

  return {
    get: (known, signal) =>
      call<Found | 'same' | undefined>(
        async (sdk, client) => {
          const command = new sdk.GetObjectCommand({ ...place, ...(known && { IfNoneMatch: known }) });
          return toFound(await client.send(command, { abortSignal: signal }));
        },
        // Who may not list a bucket is denied what is not there: the words of that fault ask for the permission.
        ({ status, name }) => {
          if (status === 304) return { value: 'same' };
          return status === 404 && name !== 'NoSuchBucket' ? { value: undefined } : undefined;
        },
      ),
    put: (bytes, expected, signal) =>
      call<string | undefined>(
        async (sdk, client) => {
          const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected };
          const command = new sdk.PutObjectCommand({
            ...place,
            ...condition,
            Body: bytes,
            ContentType: 'application/gzip',
          });
          return (await client.send(command, { abortSignal: signal })).ETag;
        },
        ({ status, name }) =>
          status === 412 || status === 409 || (status === 404 && name !== 'NoSuchBucket')
            ? { value: undefined }
            : undefined,
      ),
    remove: (signal) =>
      call(
        async (sdk, client) => {
          await client.send(new sdk.DeleteObjectCommand(place), { abortSignal: signal });
        },
        () => undefined,
      ),
    close: () =>
      void opened?.then(
        ({ client }) => client.destroy(),
        () => {},
      ),
  };
}

/** An answer that is no fault. */
type Expected<T> = (facts: S3Facts) => { readonly value: T } | undefined;

async function open({ bucket, key, region: named, profile, env }: S3Options) {
  const sdk = await load(`s3://${bucket}/${key}`);
  const { providers } = await loadSdk();
  const region = named || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  const client = new sdk.S3Client({
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpoint && { endpoint, forcePathStyle: true }),
    credentials: createCredentials(providers, { profile, env }, region),
    followRegionRedirects: true,
    // Whoever calls tries again, and knows what a lost answer means.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
  return { sdk, client };
}

async function load(place: string): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    throw new SourceError(
      `checkpoint ${place} needs the package @aws-sdk/client-s3, which is not installed: npm install @aws-sdk/client-s3`,
      { cause: error },
    );
  }
}

async function toFound({ Body, ETag, LastModified }: GetObjectCommandOutput): Promise<Found> {
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  return { bytes, tag: ETag ?? '', written: LastModified?.getTime() };
}
