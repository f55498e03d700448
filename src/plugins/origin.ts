// In: a plugin, its settings, and what an opened source says of itself. Out: what all events of that source have in common,
// and what sees each of them (event.ts, sources/unwrap.ts). What a plugin throws here costs a value, and no event.

import { toBytes } from '../bytes.js';
import { createNodes } from '../fields/nodes.js';
import type { JsonDocument } from '../json/document.js';
import { testOf } from '../sources/envelope.js';
import type { EventOrigin } from '../sources/event-origin.js';
import type { SourceLog } from '../sources/source.js';
import { createUnwrapper, type Unwrap, type UnwrapOptions } from '../sources/unwrap.js';
import { createView } from './event-view.js';
import { createFaultCounts, firstLine } from './faults.js';
import type { Plugin, TextAmong } from './plugin.js';

export interface OriginOptions {
  readonly plugin: Plugin;
  /** undefined: events stand for themselves, as where rules are tried. */
  readonly settings?: unknown;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

type PluginUnwrapOptions = OriginOptions & Omit<UnwrapOptions, 'plugin' | 'envelope' | 'origin'>;

/** Makes the unwrapper of a source that a plugin opened. */
export function unwrapperOf(options: PluginUnwrapOptions): Unwrap {
  const { plugin, settings, labels, ...others } = options;
  return createUnwrapper({
    ...others,
    plugin: plugin.name,
    envelope: plugin.envelope ?? {},
    origin: originOf(options),
  });
}

function originOf({ plugin, settings, labels, log }: PluginUnwrapOptions): EventOrigin {
  const { state: keeper } = plugin;
  const attempt = attemptsOf(plugin.name, log);
  const state =
    keeper === undefined ? undefined : attempt('state.create', () => keeper.create(settings as never));
  const view = createView(createNodes());
  return {
    settings,
    labels,
    state,
    info:
      plugin.info === undefined
        ? undefined
        : (event) => toBytes(attempt('info', () => plugin.info!(view.of(event) as never)) ?? ''),
    see:
      keeper === undefined
        ? undefined
        : (event) => void attempt('state.see', () => keeper.see(view.of(event) as never, state)),
    touches: keeper?.touches && touching(keeper.touches, keeper.reads),
  };
}

function touching({ at, is }: TextAmong, reads: readonly string[] | undefined) {
  const tests = is.map((text) => testOf({ at, is: text }));
  const holds = (document: JsonDocument, root: number): boolean => tests.some((test) => test(document, root));
  return { at, reads, holds };
}

/** Runs what a plugin brought. What it throws is said now and then, with how often it came. */
function attemptsOf(plugin: string, log: SourceLog) {
  const countOf = createFaultCounts();
  return <T>(what: string, run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      const count = countOf(what);
      if (count !== undefined)
        log(
          'error',
          toBytes(`${what} of plugin ${plugin} failed (${count} so far): ${firstLine(error)}`),
          'plugin',
        );
      return undefined;
    }
  };
}
