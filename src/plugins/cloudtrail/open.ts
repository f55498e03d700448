// open_params of cloudtrail → the source they mean: log files of a folder, of a bucket, or those that a queue tells of
// (spec: plugins.md §2.2).

import { fromBytes, toBytes } from '../../bytes.js';
import { SourceError } from '../../sources/source.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { openBucket } from './bucket.js';
import { openFolder } from './folder.js';
import { parseFilter } from './interval.js';
import { openQueue } from './queue.js';
import { createRecordSplitter } from './records.js';
import type { CloudtrailSettings } from './settings.js';

type Context = OpenContext<CloudtrailSettings>;

/** Why it would not open, as far as params and settings tell by themselves. */
export function checkOpen({ settings, params }: Pick<Context, 'settings' | 'params'>): string | undefined {
  if (settings.s3DownloadConcurrency < 1)
    return `cloudtrail invalid S3DownloadConcurrency: "${settings.s3DownloadConcurrency}"`;
  const parsed = parseFilter(settings.s3Interval, settings.s3AccountList, Date.now());
  if ('error' in parsed) return parsed.error;
  return params === '' ? 'cloudtrail plugin error: missing input directory argument' : undefined;
}

/** Opens what a configuration names. Errors: SourceError. */
export async function openCloudtrail(context: Context): Promise<OpenedSource | readonly OpenedSource[]> {
  const fault = checkOpen(context);
  if (fault !== undefined) throw new SourceError(fault);
  const { params } = context;
  if (params.startsWith('s3://')) return openBuckets(listOf(params, 's3://'), context);
  if (params.startsWith('sqs://')) return listOf(params, 'sqs://').map((each) => openQueue(each, context));
  return openFolder(context);
}

// Each has a file of its own to remember its place in.
function openBuckets(buckets: readonly string[], context: Context): readonly OpenedSource[] {
  const { checkpoint } = context.settings;
  return buckets.map((each) => {
    const own = buckets.length > 1 && checkpoint !== undefined;
    const settings = own
      ? { ...context.settings, checkpoint: `${checkpoint}.${each.replace(/[^\w-]/g, '_')}` }
      : context.settings;
    return openBucket(`s3://${each}`, { ...context, settings });
  });
}

/** `sqs://a, sqs://b`, `sqs://a,b` */
const listOf = (params: string, scheme: string): readonly string[] =>
  params.split(',').map((each) => each.trim().replace(scheme, ''));

/** Longest record of a captured file, bytes. */
const LONGEST_CAPTURED = 64 * 1024 * 1024;

/** The records of a captured log file. Errors: TypeError. */
export function recordsOf(captured: unknown): readonly string[] {
  const file = (captured as { readonly file?: unknown } | null)?.file;
  if (typeof file !== 'string') throw new TypeError('it has no text file');
  const splitter = createRecordSplitter(LONGEST_CAPTURED, () => {});
  const records = splitter.push(Buffer.from(toBytes(file), 'latin1'));
  return [...records, ...splitter.end().records].map(fromBytes);
}
