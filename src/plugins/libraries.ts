// In: the library paths of a configuration. Out: the plugins that they mean, each loaded once; or why there is none.
// `/any/where/libk8saudit.so` is the built-in k8saudit; `./mine.js` is a module beside Falco's plugins, or beside the
// configuration; a name is a package.

import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { firstLine } from './faults.js';
import type { Plugin } from './plugin.js';
import { BUILT_IN } from './registry.js';
import { type InitConfig, initPlugin, type UnknownKey } from './settings.js';
import { asPlugin } from './validate.js';

/** The plugins behind library paths, loaded. */
export interface Libraries {
  /** The plugin; undefined if there is none. */
  find(libraryPath: ByteString): Plugin | undefined;
  /** The module that a path has led to; undefined for built-in plugins, which are in no file. */
  file(libraryPath: ByteString): ByteString | undefined;
  /** Why a module is no plugin; undefined where there is no module. */
  fault(libraryPath: ByteString): ByteString | undefined;
  /** Files of modules that have changed since this process read them: what they were is what runs. */
  readonly changed: readonly ByteString[];
}

/** Where relative paths lead: text. */
export interface Surroundings {
  /** Falco's folder of plugins, which paths have been joined to. */
  readonly pluginsFolder: string;
  /** That of the configuration. */
  readonly folder: string;
}

/** Loads what the paths mean. Never rejects: what cannot be loaded is not found. */
export async function loadLibraries(
  paths: readonly ByteString[],
  surroundings?: Surroundings,
): Promise<Libraries> {
  const plugins = new Map<ByteString, Plugin>();
  const files = new Map<ByteString, ByteString>();
  const faults = new Map<ByteString, ByteString>();
  const changed: ByteString[] = [];
  for (const path of new Set(paths)) {
    try {
      const builtIn = await builtInOf(path)?.load();
      if (builtIn !== undefined) {
        plugins.set(path, builtIn);
        continue;
      }
      const url = specifierOf(fromBytes(path), surroundings);
      if (url === undefined) continue;
      const file = toBytes(fileURLToPath(url));
      if (isChanged(url)) changed.push(file);
      files.set(path, file);
      plugins.set(path, asPlugin(await inTime(importModule(url))));
    } catch (error) {
      faults.set(path, toBytes(firstLine(error, LONGEST_FAULT)));
    }
  }
  return {
    find: (path) => plugins.get(path),
    file: (path) => files.get(path),
    fault: (path) => faults.get(path),
    changed,
  };
}

const LONGEST_FAULT = 300;

function builtInOf(path: ByteString) {
  const name = /(?:^|\/)lib([^/]+)\.(?:so|dylib|dll)$/.exec(path)?.[1];
  return BUILT_IN.find((each) => each.name === name);
}

const MODULE = /\.[cm]?js$/;
const PACKAGE = /^(?:@[\w.-]+\/)?[\w-][\w.-]*$/;

/** When the files of modules were written that this process has read, milliseconds since the epoch. */
const read = new Map<string, number>();

// Node reads a module once. To read it anew under another name would leave what it imports as it was, and the old one in memory.
function isChanged(url: string): boolean {
  const { mtimeMs } = statSync(new URL(url));
  const before = read.get(url);
  if (before === undefined) read.set(url, mtimeMs);
  return before !== undefined && before !== mtimeMs;
}

// undefined: there is nothing of that name.
function specifierOf(path: string, around?: Surroundings): string | undefined {
  const relative =
    around !== undefined && path.startsWith(around.pluginsFolder)
      ? path.slice(around.pluginsFolder.length)
      : undefined;
  if (MODULE.test(path)) {
    const beside = relative === undefined ? [] : [join(around!.folder, relative)];
    const file = [path, ...beside].find((each) => existsSync(each));
    return file === undefined ? undefined : pathToFileURL(posix.resolve(file)).href;
  }
  if (relative === undefined || !PACKAGE.test(relative) || /\.(?:so|dylib|dll)$/.test(relative))
    return undefined;
  return packageOf(relative, around!.folder);
}

/** The module of a package, as it is found from the configuration's folder. */
function packageOf(name: string, folder: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(posix.resolve(folder), 'any.js')).resolve(name)).href;
  } catch {
    return undefined;
  }
}

/** A module may wait for something at its top; nobody waits for that as long. */
const MOST_IMPORT_MS = 10_000;

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the module does not finish loading')), MOST_IMPORT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

// The command is made of scripts that V8 compiled before, in which Node 20 refuses import(): src/launch/ hands its own over.
function importModule(url: string): Promise<unknown> {
  const handed: unknown = Reflect.get(globalThis, Symbol.for('tsfalco.import'));
  if (typeof handed === 'function') return handed(url) as Promise<unknown>;
  return import(url) as Promise<unknown>;
}

/** Keys of a plugin's init_config that it does not know. */
export function unknownKeys(
  libraries: Libraries,
): (config: InitConfig & { readonly libraryPath: ByteString }) => readonly UnknownKey[] {
  return (config) => {
    const plugin = libraries.find(config.libraryPath);
    const init = plugin && initPlugin(plugin, config);
    return init?.ok ? init.unknown : [];
  };
}
