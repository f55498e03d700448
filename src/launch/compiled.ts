// Runs the built command (dist/command/, one script a chunk) from code that V8 compiled before: compiling it anew at each
// start took a third of the time to the first event. The compiled code lies beside each script, made by the build
// (scripts/precompile.mjs). A stamp before it says which Node made it from which script: V8 itself also takes code of other
// releases of Node whose V8 has the same number and another content, and then runs it wrongly. Code with another stamp is
// left aside, and the script compiled as ever. Node's own cache of compiled code needs Node 22 and a folder to write to.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

export interface Compiled {
  /** Runs a script of the folder, and those that it requires. @returns what it exports. @throws what it throws */
  run(name: string): unknown;
  /** Writes down the code of all scripts that ran, with every function that was called so far. */
  save(): void;
}

type Wrapped = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  path: string,
) => void;

// From dist/launch/ and from dist/chunks/.
const FOLDER = fileURLToPath(new URL('../command/', import.meta.url));

const MAKER = `${process.version} ${process.platform} ${process.arch}`;

// The build begins each script with a comment that holds a hash of it (rolldown.config.ts).
const stampOf = (script: string): string => `${MAKER} ${script.slice(0, script.indexOf('*/'))}\n`;

// What V8 made of this script in this Node. V8 itself refuses code that was made under other options.
function readCode(path: string, script: string): Buffer | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    // Not built with it: the script is compiled as it runs.
    return undefined;
  }
  const stamp = stampOf(script);
  return file.toString('latin1', 0, stamp.length) === stamp ? file.subarray(stamp.length) : undefined;
}

/**
 * At first V8 optimises a function when it has run six times as much as by default. What is hot here is in WebAssembly: in
 * short runs V8 spent more time on optimising functions than they then saved. V8 12 counts calls, older ones bytes of code.
 */
const [USUAL, PATIENT] =
  Number.parseInt(process.versions.v8, 10) < 12
    ? ['--interrupt-budget=67584', '--interrupt-budget=400000']
    : ['--invocation-count-for-turbofan=3000', '--invocation-count-for-turbofan=18000'];

/** What runs longer than this is worth being optimised. */
const PATIENCE_MS = 1000;

// Options are those of all threads.
function setOption(option: string): void {
  if (isMainThread) setFlagsFromString(option);
}

/** @param folder that of the command, unless it says another one: with a slash at its end */
export function openCompiled(folder: string = FOLDER): Compiled {
  // Plugins of others are modules; scripts of compiled code cannot import any.
  Reflect.set(globalThis, Symbol.for('tsfalco.import'), (url: string): Promise<unknown> => import(url));
  // Compiled code is kept for the options that it was made under, so this comes first.
  setOption(PATIENT);
  let option = PATIENT;
  setTimeout(() => {
    option = USUAL;
    setOption(option);
  }, PATIENCE_MS).unref();
  const modules = new Map<string, { exports: unknown }>();
  const scripts = new Map<string, { readonly script: Script; readonly stamp: string }>();
  const requireOther = createRequire(folder);

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    modules.set(name, module);
    const path = join(folder, name);
    const text = readFileSync(path, 'latin1');
    const cachedData = readCode(`${path}.code`, text);
    const script = new Script(`(function (exports, require, module, __filename) {${text}\n})`, {
      filename: path,
      ...(cachedData && { cachedData }),
    });
    scripts.set(path, { script, stamp: stampOf(text) });
    const run = script.runInThisContext() as Wrapped;
    run(module.exports, requireFrom, module, path);
    return module.exports;
  }

  function requireFrom(id: string): unknown {
    if (id.startsWith('./')) return load(id.slice('./'.length));
    // Node has compiled code of its own modules, for its own options.
    setOption(USUAL);
    try {
      return requireOther(id);
    } finally {
      setOption(option);
    }
  }

  return {
    run: load,
    save() {
      setOption(PATIENT);
      for (const [path, { script, stamp }] of scripts)
        writeFileSync(`${path}.code`, Buffer.concat([Buffer.from(stamp), script.createCachedData()]));
    },
  };
}
