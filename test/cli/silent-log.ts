// A log that keeps its lines, for tests.

import type { Log, LogSettings } from '../../src/log.js';

const SETTINGS: LogSettings = { level: 'debug', stderr: false, syslog: false, iso: false, libs: undefined };

export function silentLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    write: (level, message) => lines.push(`${level}: ${message}`),
    advise: (message) => lines.push(`advice: ${message}`),
    libs: () => {},
    plugin: (plugin, message) => lines.push(`[${plugin}] ${message}`),
    raw: (text) => lines.push(text),
    settings: () => SETTINGS,
    configure: () => {},
    drain: () => Promise.resolve(),
  };
}
