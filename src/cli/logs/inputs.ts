// What a command that looks at logs reads: files and folders, or a cluster's log group in CloudWatch; with a line of progress on
// a terminal, and a bounded number of lines about what is wrong in them.

import { type ByteString, toBytes } from '../../bytes.js';
import { k8sauditEks } from '../../plugins/k8saudit-eks/index.js';
import { initPlugin } from '../../plugins/settings.js';
import { parseTime } from '../../sources/cloudwatch/times.js';
import { type Drops, describeDrops } from '../../sources/drops.js';
import type { Others } from '../../sources/forms/record.js';
import { SourceError, type Told } from '../../sources/source.js';
import type { Span } from '../../survey/reading.js';
import { misuse } from '../arguments/usage.js';
import { withProgress } from '../commands/backfill.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { type LogFile, logFiles } from './files.js';
import { createProgress } from './progress.js';
import { type ReadLogOptions, readLogs } from './read.js';

/** Their help. */
export const INPUT_USAGE = `FILES      files or folders with events in any form, packed or not; - is
           standard input. Whose they are is told by content (docs/scan.md)
--cluster NAME  read the log group of an EKS cluster instead; --region REGION
--from TIME, --to TIME  only events between: 2h, 1h30m, 2026-08-01T12:00:00Z
`;

export interface InputArguments {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cluster?: string | undefined;
  readonly region?: string | undefined;
}

export interface Inputs {
  readonly span: Span;
  payloads(drops: Drops, others: Others): AsyncIterable<Told>;
  /** Says a line about what is read, or counts it where there have been many. */
  report(line: ByteString): void;
  /** What remains to be said in the end. */
  settle(): void;
  /** `3 files` */
  what(): string;
  /** Whether Ctrl-C, or a service that failed on the way, ended it early. */
  stopped(): boolean;
  /** For a command that has shown what there was: 0, or 2 where a service failed on the way. */
  status(): number;
}

const DEFAULT_SPAN = '1h';
/** Somebody waits for the answer: a service that is silent for so long has gone. */
export const PATIENCE_SECONDS = 120;
/** Lines about single faults; the others are counted. */
const MOST_REPORTS = 10;

/** @throws Failure where it was called wrongly or a path cannot be read */
export function openInputs(
  host: Host,
  command: string,
  paths: readonly string[],
  given: InputArguments,
): Inputs {
  const { cluster } = given;
  if (cluster === undefined && paths.length === 0)
    throw misuse(`${command} needs files, folders or --cluster; see tsfalco ${command} --help`);
  if (cluster !== undefined && paths.length > 0) throw misuse('Give files or --cluster, not both');
  const span = readSpan(given);
  let reports = 0;
  let broken = 0;
  let isAnything = false;
  let failed = false;
  const report = (line: ByteString): void => {
    if (++reports <= MOST_REPORTS) host.error(line);
  };
  const files = cluster === undefined ? logFiles(paths, report) : [];
  if (cluster === undefined && files.length === 0)
    throw new Failure(toBytes(`There are no files in ${paths.join(', ')}`), 'error', MISUSE);
  const stop = new AbortController();
  return {
    // The source keeps to the span by itself.
    span: cluster === undefined ? span : {},
    async *payloads(drops, others) {
      const forget = host.onSignal('SIGINT', () => stop.abort());
      try {
        if (cluster === undefined)
          yield* filesOf(host, files, {
            drops,
            others,
            report,
            onBroken: () => broken++,
            signal: stop.signal,
          });
        else
          for await (const told of clusterOf(host, cluster, given, report, stop.signal)) {
            isAnything = true;
            yield told;
          }
      } catch (error) {
        // What was found until then is shown.
        if (!isAnything || !(error instanceof Failure)) throw error;
        failed = true;
        host.error(`Error: ${error.message}`);
      } finally {
        forget();
      }
    },
    report,
    settle() {
      if (reports > MOST_REPORTS) host.error(`${reports - MOST_REPORTS} more faults in what was read`);
    },
    what: () => cluster ?? filesText(files.length, broken),
    stopped: () => failed || stop.signal.aborted,
    status: () => (failed ? MISUSE : 0),
  };
}

function filesText(files: number, broken: number): string {
  const left = broken === 0 ? '' : `, ${broken} of them not read to the end`;
  return `${files} ${files === 1 ? 'file' : 'files'}${left}`;
}

function readSpan({ from, to }: InputArguments): Span {
  const now = Date.now();
  const read = (option: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const time = parseTime(text, now);
    if (time === undefined)
      throw misuse(
        `--${option} ${text} is not a time: use 2h, 1h30m, 7d, or a time such as 2026-08-01T12:00:00Z`,
      );
    return time;
  };
  const span = { from: read('from', from), to: read('to', to) };
  if (span.from !== undefined && span.to !== undefined && span.from > span.to)
    throw misuse('--from is later than --to');
  return span;
}

async function* filesOf(
  host: Host,
  files: readonly LogFile[],
  { drops, ...options }: Omit<ReadLogOptions, 'onBytes' | 'onTooLong'> & { readonly drops: Drops },
): AsyncGenerator<Told> {
  const progress = createProgress(files, host.progress);
  try {
    yield* readLogs(files, {
      ...options,
      onBytes: progress.onBytes,
      onTooLong(size) {
        drops.add('too_large');
        options.report(`line too long, skipped: size=${size}`);
      },
    });
  } finally {
    progress.end();
  }
}

async function* clusterOf(
  host: Host,
  cluster: string,
  { from = DEFAULT_SPAN, to = 'now', region }: InputArguments,
  report: (line: ByteString) => void,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  const { openCloudWatchSources } = await import('../../plugins/k8saudit-eks/open.js');
  const init = initPlugin(k8sauditEks, toBytes(JSON.stringify(region === undefined ? {} : { region })));
  if (!init.ok) throw new Failure(init.error, 'error', MISUSE);
  const sources = openCloudWatchSources({
    init: init.settings,
    openParams: cluster,
    env: host.env,
    log: (_level, message) => report(message),
    from,
    to,
    patience: PATIENCE_SECONDS,
  });
  try {
    for (const source of host.progress === undefined ? sources : withProgress(sources, host.progress))
      for await (const { payloads } of source.batches(signal))
        for (const payload of payloads) yield { payload, plugin: undefined };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    // There is no init_config here.
    const message = error.message.replace('set region in init_config, or ', 'give --region, or set ');
    throw new Failure(message, 'error', MISUSE);
  }
}

/** What was lost, for a closing line; empty: nothing. */
export function lossText(drops: Drops): string {
  const { dropped, truncated } = drops.counts();
  const parts = [
    ...(dropped.length > 0 ? [`not read: ${describeDrops(dropped)}`] : []),
    ...(truncated > 0 ? [`${truncated} cut by the API server`] : []),
  ];
  return parts.join('; ');
}
