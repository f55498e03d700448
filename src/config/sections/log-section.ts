// In: a reader of the merged configuration. Out: the settings of the operational log (spec: cli-and-config.md §2.3, §4.1).

import type { LogSettings } from '../../log.js';
import { LIBS_SEVERITIES, type LibsSeverity, LOG_LEVELS } from '../../log-levels.js';
import { oneOf } from '../fault.js';
import type { Reader } from '../read/read.js';
import { ConfigError } from '../read/tree.js';

/** @throws ConfigError */
export function readLog(reader: Reader): LogSettings {
  const levelText = reader.text('log_level', 'info');
  const level = oneOf(LOG_LEVELS, levelText);
  if (level === undefined) throw new ConfigError(`Unknown log level ${levelText}`);
  return {
    level,
    libs: readLibs(reader),
    stderr: reader.flag('log_stderr', false),
    syslog: reader.flag('log_syslog', true),
    iso: reader.flag('time_format_iso_8601', false),
  };
}

function readLibs(reader: Reader): LibsSeverity | undefined {
  if (!reader.flag('libs_logger.enabled', true)) return undefined;
  const text = reader.text('libs_logger.severity', 'info');
  const severity = oneOf(LIBS_SEVERITIES, text);
  if (severity === undefined) throw new ConfigError(`Unknown sinsp log severity ${text}`);
  return severity;
}
