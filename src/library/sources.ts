// Sources as a program uses them: a file, folder, growing file, web hook or a source of one's own → alerts as they come.

import { bytesOf, fromBytes, toBytes } from '../bytes.js';
import { openSource as openAuditSource } from '../plugins/k8saudit/source.js';
import { openSources } from '../plugins/open.js';
import type { Plugin, SettingsOf, SettingsProperties } from '../plugins/plugin.js';
import { initPlugin } from '../plugins/settings.js';
import { payloadTexts } from '../sources/files/lines.js';
import { LARGEST_EVENT, type Source, SourceError } from '../sources/source.js';
import type { RuleAlert } from './alert.js';
import type { Ruleset } from './rules.js';
import { sideBySide, sourceBehind } from './side-by-side.js';

export interface SourceOptions {
  /** Largest single event, bytes of compact JSON. Default: 4 MiB. */
  readonly maxEventSize?: number;
  /** Largest request body of a web hook and longest line of a file, bytes. Default: 12582912. */
  readonly maxBatchSize?: number;
  /** PEM file with private key and certificate chain, for https. */
  readonly certificate?: string;
  /** PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority?: string;
  /** File with the token that requests to a web hook must bring. */
  readonly tokenFile?: string;
  /** File that remembers the place in a followed file over restarts. */
  readonly checkpoint?: string;
  /** Hears what goes wrong with single lines and requests. */
  readonly onLog?: (message: string) => void;
}

export interface PluginSourceOptions<P extends SettingsProperties = SettingsProperties> {
  /** open_params: where its events are. */
  readonly params?: string;
  /** Settings, by the schema's names. Defaults stand for what is left out. */
  readonly settings?: Partial<SettingsOf<P>>;
  /** Variables that the plugin reads. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears what goes wrong with single payloads and calls. */
  readonly onLog?: (message: string) => void;
}

/**
 * Opens a source of audit events: a path (file, folder or named pipe, read once), `-` (standard input), `file:///path`
 * (a file that grows), `http://[host]:port/path` or `https://…` (web hook for API servers).
 * Errors: SourceError, also while it is read.
 */
export function openSource(from: string, options?: SourceOptions): Promise<Source>;
/**
 * Opens the source of a plugin; several that it opens (queues, clusters) are read side by side.
 * Errors: SourceError, also while it is read; TypeError for settings that the plugin does not take.
 */
export function openSource<const P extends SettingsProperties, State>(
  plugin: Plugin<P, State>,
  options?: PluginSourceOptions<P>,
): Promise<Source>;
export function openSource(
  from: string | Plugin,
  options: SourceOptions | PluginSourceOptions = {},
): Promise<Source> {
  return typeof from === 'string' ? openAudit(from, options) : openPlugin(from, options);
}

async function openPlugin(plugin: Plugin, options: PluginSourceOptions): Promise<Source> {
  const { params = '', settings: given = {}, env = {}, onLog } = options;
  const init = initPlugin(plugin, toBytes(JSON.stringify(given)));
  const [wrong] = init.ok
    ? [...init.faults, ...init.unknown.map(({ text }) => fromBytes(text))]
    : [fromBytes(init.error)];
  if (!init.ok || wrong !== undefined) throw new TypeError(wrong);
  const log = (_level: string, message: string): void => onLog?.(fromBytes(message));
  const sources = await openSources({ plugin, settings: init.settings, params: toBytes(params), env, log });
  const [first, ...others] = sources;
  if (first === undefined) throw new SourceError(`the plugin ${plugin.name} has opened nothing`);
  return others.length === 0 ? first : sideBySide(first, others);
}

function openAudit(from: string, options: SourceOptions): Promise<Source> {
  const { maxEventSize = LARGEST_EVENT, maxBatchSize = 12_582_912, certificate = '', onLog } = options;
  const bytes = (text: string | undefined) => (text === undefined ? undefined : toBytes(text));
  return openAuditSource(toBytes(from), {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize,
    webhookMaxBatchSize: maxBatchSize,
    sslCertificate: toBytes(certificate),
    own: {
      clientAuthority: bytes(options.clientAuthority),
      tokenFile: bytes(options.tokenFile),
      checkpoint: bytes(options.checkpoint),
    },
    log: (_level, message) => onLog?.(fromBytes(message)),
  });
}

export interface WatchOptions {
  /** Ends it soon; what the source accepted before is still given. */
  readonly signal?: AbortSignal;
  /** Hears of payloads that hold no event. */
  readonly onFault?: (fault: string) => void;
}

/**
 * The alerts of a source as its events come. The source is told that a batch is done when the alert behind it is asked
 * for, so that after a crash events come again rather than not at all. Errors: SourceError.
 */
export async function* watch<Plugins extends readonly Plugin[]>(
  source: Source,
  ruleset: Ruleset<Plugins>,
  options: WatchOptions = {},
): AsyncGenerator<RuleAlert<Plugins>> {
  const { signal = new AbortController().signal, onFault } = options;
  for await (const batch of source.batches(signal)) {
    const { payloads, position } = batch;
    const opened = sourceBehind(batch) ?? source;
    for (const text of payloads.flatMap(payloadTexts)) {
      const { alerts, faults } = ruleset.evaluate(bytesOf(text), { opened });
      for (const fault of faults) onFault?.(fault);
      yield* alerts;
    }
    await source.commit?.(position);
  }
}
