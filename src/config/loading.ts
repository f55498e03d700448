// A configuration that is being loaded: the tree as it grows, and what is noted on the way.

import type { ByteString } from '../bytes.js';
import type { LogSettings } from '../log.js';
import type { ConfigMessage } from './config.js';
import type { ConfigFinding } from './finding.js';
import type { Environment } from './read/env.js';
import type { Files } from './read/files.js';
import type { Tree } from './read/tree.js';

export interface ConfigSource {
  /** Main file; undefined: none, defaults apply. */
  readonly file: ByteString | undefined;
  /** `-o`, in order. */
  readonly overrides: readonly ByteString[];
  /** `-U` */
  readonly unbuffered: boolean;
  readonly env: Environment;
  readonly files: Files;
}

/** The tree as it grows, and what is noted on the way. */
export interface Loading {
  readonly source: ConfigSource;
  tree: Tree;
  readonly schema: Map<ByteString, ByteString>;
  readonly files: { readonly name: ByteString; readonly content: ByteString }[];
  readonly folders: ByteString[];
  readonly warnings: ConfigMessage[];
  /** What has no effect, as far as it has been noticed. */
  readonly findings: ConfigFinding[];
  log: LogSettings | undefined;
}
