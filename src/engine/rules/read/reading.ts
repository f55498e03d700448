// What the reading of one rules file needs: the file, the collector of definitions, and where warnings go. Types only.

import type { Collector } from '../collect/collector.js';
import type { SourceFile } from '../definitions.js';
import type { Recovery, Warn } from '../fault.js';

export interface Reading {
  readonly file: SourceFile;
  readonly collector: Collector;
  readonly warn: Warn;
  readonly recovery: Recovery | undefined;
}
