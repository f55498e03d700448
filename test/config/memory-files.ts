// Files in memory: names to contents. A name with a slash stands in a directory.

import type { Files } from '../../src/config/read/files.js';

export function memoryFiles(contents: Readonly<Record<string, string>>): Files {
  const has = (path: string): boolean => Object.hasOwn(contents, path);
  const isDirectory = (path: string): boolean =>
    Object.keys(contents).some((name) => name.startsWith(path.endsWith('/') ? path : `${path}/`));
  return {
    read: (path) => {
      if (!has(path)) throw new Error(`no such file: ${path}`);
      return contents[path]!;
    },
    kind: (path) => (has(path) ? 'file' : isDirectory(path) ? 'directory' : undefined),
    list: (path) => [
      ...new Set(
        Object.keys(contents)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split('/')[0]!),
      ),
    ],
    canOpen: has,
  };
}
