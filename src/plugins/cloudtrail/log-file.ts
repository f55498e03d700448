// The bytes of a log file, wherever they come from → groups of records. What cannot be read of it is said and counted; what
// was read before that is given.

import type { ByteString } from '../../bytes.js';
import { SourceError } from '../../sources/source.js';
import { counters } from '../counters.js';
import type { SourceIo, SourceMetric } from '../plugin.js';
import { createRecordSplitter } from './records.js';

export interface RecordReader {
  /** @param name what the file is called in messages. Errors: what the chunks throw, unless it is about their bytes */
  read(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<readonly ByteString[]>;
  summary(): readonly string[];
  /** @param from what is read: a bucket, a queue, a folder */
  series(from: string): readonly SourceMetric[];
}

export function createRecordReader(largest: number, io: Pick<SourceIo, 'log' | 'drop'>): RecordReader {
  let files = 0;
  let records = 0;
  let broken = 0;

  function complain(reason: string, message: string): void {
    io.drop(reason);
    io.log('warning', message, reason);
  }

  return {
    async *read(chunks, name) {
      files++;
      const splitter = createRecordSplitter(largest, (size) =>
        complain('too_large', `${name}: a record larger than max_event_size is left out: size=${size}`),
      );
      try {
        for await (const chunk of chunks) {
          const found = splitter.push(chunk);
          records += found.length;
          if (found.length > 0) yield found;
        }
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        broken++;
        complain('unreadable', `${name}: ${error.message}; the rest of the file is left out`);
      }
      const { records: left, isCut } = splitter.end();
      records += left.length;
      if (isCut) complain('truncated_file', `${name}: cut off in the middle of a record`);
      if (left.length > 0) yield left;
    },
    summary: () => [
      `cloudtrail: ${records} records of ${files} files read${broken === 0 ? '' : `, ${broken} files broken off`}`,
    ],
    series: (from) =>
      counters(
        'cloudtrail',
        { from },
        {
          records: ['Records of log files that were read.', records],
          files: ['Log files that were read.', files],
          broken_files: ['Log files that could not be read to their end.', broken],
        },
      ),
  };
}
