// In: the configuration. Out: how alerts look, the same on every thread.

import type { Config } from '../../config/config.js';
import type { AlertOptions } from '../../engine/rules/alert/alert-format.js';
import type { Engine } from '../load/engine.js';

export function alertOptionsOf({ json, log }: Config, { hostname }: Engine): AlertOptions {
  return { json, isoTime: log.iso, hostname };
}
