// The host of a web hook → the address that it binds.

import { lookup } from 'node:dns/promises';
import { errorText } from '../go-error.js';
import { SourceError } from '../source.js';

/** The address to bind; IPv4 first where a name has both, as Go does. Errors: SourceError. */
export async function resolveHost(host: string): Promise<string | undefined> {
  if (host === '') return undefined;
  const found = await lookup(host, { all: true }).catch((error: unknown) => {
    throw new SourceError(`listen tcp: lookup ${host}: ${errorText(error)}`, { cause: error });
  });
  return (found.find(({ family }) => family === 4) ?? found[0])?.address;
}
