// The levels of the operational log and of library lines, as the configuration spells them. A leaf.

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
/** Levels of `log_level`, most severe first; the index is the syslog severity. */
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
/** Levels of `libs_logger.severity`, most severe first. */
export type LibsSeverity = (typeof LIBS_SEVERITIES)[number];
