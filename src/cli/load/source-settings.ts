// In: a plugin that brings events, as it is configured. Out: why its source would not open, as far as its settings say
// so by themselves. A dry run opens nothing, so Falco's would pass over it.

import { toBytes } from '../../bytes.js';
import type { PluginConfig } from '../../config/config.js';
import { readAuditSettings } from '../../sources/audit-settings.js';
import { readEksSettings } from '../../sources/cloudwatch/settings.js';
import { SourceError } from '../../sources/source.js';
import { parseWebhookUrl } from '../../sources/webhook/address.js';

/** A byte string; undefined where nothing is wrong. The plugin's init_config has been accepted. */
export function sourceFault(plugin: string, { initConfig, openParams }: PluginConfig): string | undefined {
  if (plugin === 'k8saudit-eks') {
    const read = readEksSettings(initConfig, openParams);
    return read.ok ? undefined : toBytes(read.error);
  }
  if (plugin !== 'k8saudit') return undefined;
  try {
    readAuditSettings(initConfig);
    return auditFault(openParams);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.message;
  }
}

function auditFault(openParams: string): string | undefined {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(openParams)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return undefined;
  if (scheme !== 'http' && scheme !== 'https') return `scheme "${scheme}" is not supported`;
  return parseWebhookUrl(openParams).port === undefined ? "the web hook's URL has no port" : undefined;
}
