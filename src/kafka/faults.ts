// What the client throws, often several errors in one → a line for people; and whether waiting can help.

interface Fault extends Error {
  readonly code?: unknown;
  readonly apiId?: unknown;
  readonly errors?: readonly unknown[];
}

/** What no waiting puts right: names, credentials, rights. */
const LASTING =
  /AUTHENTICATION|AUTHORIZATION_FAILED|UNSUPPORTED_SASL|INVALID_TOPIC|INVALID_GROUP_ID|INVALID_SESSION_TIMEOUT|ERR_TLS_CERT|SELF_SIGNED|UNABLE_TO_VERIFY|PLT_KFK_USER/;
const LONGEST = 300;

function* leavesOf(error: unknown): Generator<Fault> {
  if (!(error instanceof Error)) return;
  const { errors, cause } = error as Fault;
  if (Array.isArray(errors) && errors.length > 0) for (const each of errors) yield* leavesOf(each);
  else if (cause instanceof Error) yield* leavesOf(cause);
  else yield error as Fault;
}

function* allOf(error: unknown): Generator<Fault> {
  if (!(error instanceof Error)) return;
  yield error as Fault;
  const { errors, cause } = error as Fault;
  for (const each of errors ?? []) yield* allOf(each);
  yield* allOf(cause);
}

/** One line: what lies at the bottom of it, each thing once. */
export function kafkaFault(error: unknown): string {
  const texts = new Set<string>();
  for (const leaf of leavesOf(error)) texts.add(leaf.message === '' ? String(leaf.code) : leaf.message);
  return [...texts].slice(0, 2).join('; ').replace(/\s+/g, ' ').slice(0, LONGEST) || String(error);
}

/** Whether the brokers said one of these, by the protocol's names. */
export function brokersSaid(error: unknown, ...names: readonly string[]): boolean {
  for (const { apiId } of allOf(error)) if (names.includes(String(apiId))) return true;
  return false;
}

export function isLastingFault(error: unknown): boolean {
  for (const { code, apiId } of allOf(error)) if (LASTING.test(`${code} ${apiId}`)) return true;
  return false;
}
