// `tsfalco`, for Node: what `tsfalco/core` has, and sources. Nothing here loads the AWS SDK: CloudWatch is
// `tsfalco/cloudwatch`.

import './runtime/node.js';

export * from './core.js';
export {
  openSource,
  type PluginSourceOptions,
  type SourceOptions,
  type WatchOptions,
  watch,
} from './library/sources.js';
export { type Batch, type Source, SourceError } from './sources/source.js';
