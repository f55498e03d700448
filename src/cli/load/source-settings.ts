// In: a plugin that brings events, started. Out: why its source would not open, as far as its settings say so by themselves.
// A dry run opens nothing, so Falco's would pass over it.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { isReplay } from '../../plugins/open.js';
import { SourceError } from '../../sources/source.js';
import type { StartedPlugin } from './plugins.js';

/** undefined where nothing is wrong. */
export function sourceFault({ plugin, config, settings, faults }: StartedPlugin): ByteString | undefined {
  const [fault] = faults;
  if (fault !== undefined) return toBytes(fault);
  if (isReplay(config.openParams)) return undefined;
  try {
    const found = plugin.source?.check?.({ settings, params: fromBytes(config.openParams) });
    return found === undefined ? undefined : toBytes(found);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.message;
  }
}
