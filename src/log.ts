// Log: the operational log. In: level and message (byte strings). Out: lines in Falco's format on stderr and syslog
// (spec: cli-and-config.md §4.1). The only file that knows pino. Answers to falco's logger.cpp.

import type { ByteString } from './bytes.js';

export const LOG_LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LIBS_SEVERITIES = [
  'fatal',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
  'trace',
] as const;
export type LibsSeverity = (typeof LIBS_SEVERITIES)[number];

export interface LogSettings {
  readonly level: LogLevel;
  /** `log_stderr`. */
  readonly stderr: boolean;
  /** `log_syslog`. */
  readonly syslog: boolean;
  /** `time_format_iso_8601`. */
  readonly iso: boolean;
  /** `libs_logger.severity`, undefined where it is switched off. */
  readonly libs: LibsSeverity | undefined;
}

export interface Log {
  /** A line of the log, if its level is let through. May hold newlines; the time stands before the first line only. */
  write(level: LogLevel, message: ByteString): void;
  /** `[libs]: message`, filtered by the libs severity only. */
  libs(severity: LibsSeverity, message: ByteString): void;
  /** `2026/11/23 07:09:57 [plugin] message` on stderr, whatever the settings. */
  plugin(plugin: string, message: ByteString): void;
  /** Text on stderr as it is, with a newline added (`Error: …`), whatever the settings. */
  raw(text: ByteString): void;
  settings(): LogSettings;
  /** Other settings from now on (configuration read, or read again). */
  configure(settings: LogSettings): void;
}

export type CreateLog = (settings: LogSettings) => Log;
