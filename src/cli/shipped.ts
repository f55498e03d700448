// Where the package's own files are: rules, sample events. This file stands two folders deep, and so does whatever it
// is bundled into.

import { fileURLToPath } from 'node:url';

/** Path of a file that comes with the package, named from its root. */
export const shipped = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
