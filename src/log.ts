// Log: the operational log. In: level and message (byte strings). Out: lines in Falco's format on stderr and syslog
// (spec: cli-and-config.md §4.1). Written at once, so that nothing is lost at exit. The only file that knows pino.
// Answers to falco's logger.cpp.

import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { pino, symbols } from 'pino';
import { type ByteString, toBytes } from './bytes.js';
import { LIBS_SEVERITIES, type LibsSeverity, LOG_LEVELS, type LogLevel } from './log-levels.js';
import { printableLines } from './printable.js';
import { createSyslog, type Syslog } from './syslog.js';

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
  /**
   * A warning for whoever has written the configuration: also on a terminal, or wherever `always` wants it, when
   * `log_stderr` is off.
   */
  advise(message: ByteString, always?: boolean): void;
  /** `[libs]: message`, filtered by the libs severity only. */
  libs(severity: LibsSeverity, message: ByteString): void;
  /** `2026/11/23 07:09:57 [plugin] message` (UTC) on stderr, whatever the settings. */
  plugin(plugin: string, message: ByteString): void;
  /** Text on stderr as it is, with a newline added (`Error: …`), whatever the settings. */
  raw(text: ByteString): void;
  settings(): LogSettings;
  /** Other settings from now on (configuration read, or read again). */
  configure(settings: LogSettings): void;
  /** Before the process ends: resolves when syslog has everything, or does not take it for a second. */
  drain(): Promise<void>;
}

/** Where the log writes; the process's own stderr and syslog if not given. */
export interface LogTargets {
  /** Descriptor for lines; 2 is stderr. */
  readonly fd?: number;
  readonly syslog?: Syslog;
  /** Whether people read along at `fd`. */
  readonly terminal?: boolean;
  readonly now?: () => Date;
}

// pino counts up with severity, syslog counts down.
const CUSTOM_LEVELS = Object.fromEntries(LOG_LEVELS.map((level, n) => [level, (LOG_LEVELS.length - n) * 10]));
const DRAIN_MS = 1000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WIDE = /[^\x00-\xff]/;

/** Starts the log. Trouble with its targets never throws: a log that cannot be written is lost. */
export function createLog(initial: LogSettings, targets: LogTargets = {}): Log {
  const now = targets.now ?? (() => new Date());
  const syslog = targets.syslog ?? createSyslog();
  const terminal = targets.terminal ?? isatty(targets.fd ?? 2);
  let settings = initial;
  let told = false;

  const descriptor = pino.destination({ fd: targets.fd ?? 2, sync: true, contentMode: 'buffer' });
  descriptor.on('error', () => {});
  const toDescriptor = (text: ByteString) => {
    // SonicBoom's types know strings only; with contentMode buffer it takes bytes.
    const bytes = WIDE.test(text) ? toBytes(text) : text;
    const shown = terminal ? printableLines(bytes) : bytes;
    (descriptor as unknown as { write(data: Buffer): void }).write(Buffer.from(shown, 'latin1'));
  };

  // pino makes a JSON line of each message; with this symbol it also leaves level and text here, which is all we need.
  const stream = {
    [symbols.needsMetadataGsym]: true as const,
    lastLevel: 0,
    lastMsg: '',
    write(): void {
      const text = stream.lastMsg.endsWith('\n') ? stream.lastMsg.slice(0, -1) : stream.lastMsg;
      const trouble = settings.syslog
        ? syslog.send(LOG_LEVELS.length - stream.lastLevel / 10, text)
        : undefined;
      if (trouble !== undefined && !told) toDescriptor(`Cannot write the log to syslog: ${trouble}\n`);
      told ||= trouble !== undefined;
      if (settings.stderr) toDescriptor(`${logTime(now(), settings.iso)}: ${text}\n`);
    },
  };
  const logger = pino<LogLevel>(
    {
      level: initial.level,
      customLevels: CUSTOM_LEVELS as Record<LogLevel, number>,
      useOnlyCustomLevels: true,
      base: null,
      timestamp: false,
    },
    stream,
  );

  return {
    write: (level, message) => logger[level](message),
    advise(message, always = false) {
      logger.warning(message);
      if (!settings.stderr && (terminal || always)) toDescriptor(`Warning: ${message}\n`);
    },
    libs(severity, message) {
      if (settings.libs === undefined) return;
      if (LIBS_SEVERITIES.indexOf(severity) > LIBS_SEVERITIES.indexOf(settings.libs)) return;
      // Falco gives library lines the level that is in force, so that its own filter lets them through.
      logger[settings.level](`[libs]: ${message}`);
    },
    plugin: (plugin, message) => toDescriptor(`${pluginTime(now())} [${plugin}] ${message}\n`),
    raw: (text) => toDescriptor(`${text}\n`),
    settings: () => settings,
    configure(next) {
      settings = next;
      logger.level = next.level;
    },
    drain: () => Promise.race([syslog.drain(), sleep(DRAIN_MS, undefined, { ref: false })]),
  };
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

// `Mon Nov 23 07:07:03 2026` in local time, or `2026-11-23T07:07:03+0000` in UTC.
function logTime(date: Date, iso: boolean): string {
  if (iso) return `${date.toISOString().slice(0, 19)}+0000`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${two(date.getDate())} ${clock} ${date.getFullYear()}`;
}

// `2026/11/23 07:09:57`, UTC: how the plugins' own logger writes it.
function pluginTime(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`;
}
