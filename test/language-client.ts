// A client of language servers over stdio, as editors are: framed JSON-RPC, documents, diagnostics that come by themselves.

import { type ChildProcess, spawn } from 'node:child_process';

export interface TestDiagnostic {
  readonly message: string;
  readonly code?: string | number;
  readonly severity?: number;
  readonly range: Range;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface TestClient {
  /** What the server can do. */
  readonly capabilities: unknown;
  request<T>(method: string, params: unknown): Promise<T>;
  notify(method: string, params: unknown): Promise<void>;
  /** Settings, as the server asks for them and as it is told of them. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Opens or changes a document, and waits for the diagnostics of that version. */
  diagnostics(uri: string, languageId: string, text: string): Promise<readonly TestDiagnostic[]>;
  /** Changes an open document in pieces. @returns the diagnostics that come then */
  change(
    uri: string,
    contentChanges: readonly { readonly range: Range; readonly text: string }[],
  ): Promise<readonly TestDiagnostic[]>;
  /** All messages so far, for a transcript. */
  readonly log: readonly Message[];
  /** Ends the server. @returns its exit code */
  close(): Promise<number | null>;
}

/** Starts a server of Node's and shakes hands. */
export async function openClient(argv: readonly string[], root?: string): Promise<TestClient> {
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const log: Message[] = [];
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const published = new Map<string, TestDiagnostic[][]>();
  const watchers = new Map<string, () => void>();
  const versions = new Map<string, number>();
  let settings: Readonly<Record<string, unknown>> = {};
  let next = 1;
  const send = (message: Message): void => {
    log.push(message);
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  readMessages(child, (message) => {
    log.push(message);
    const { id, method } = message;
    if (method === undefined && id !== undefined) {
      const waiter = waiting.get(id);
      waiting.delete(id);
      if (message.error) waiter?.reject(new Error(message.error.message));
      else waiter?.resolve(message.result);
    } else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as { uri: string; diagnostics: TestDiagnostic[] };
      published.set(uri, [...(published.get(uri) ?? []), diagnostics]);
      watchers.get(uri)?.();
    } else if (id !== undefined) send({ id, result: answer(message) });
  });
  const answer = ({ method, params }: Message): unknown => {
    if (method !== 'workspace/configuration') return null;
    const { items } = params as { items: readonly { readonly section?: string }[] };
    return items.map(({ section }) => settings[section ?? ''] ?? null);
  };
  const request = <T>(method: string, params: unknown): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      send({ id, method, params });
    });
  const notify = async (method: string, params: unknown): Promise<void> => send({ method, params });
  /** What is published of a document after something was sent. */
  async function after(uri: string, send: () => Promise<void>): Promise<readonly TestDiagnostic[]> {
    const seen = published.get(uri)?.length ?? 0;
    versions.set(uri, (versions.get(uri) ?? 0) + 1);
    const arrived = new Promise<void>((resolve) => watchers.set(uri, resolve));
    await send();
    await arrived;
    return published.get(uri)!.slice(seen).at(-1)!;
  }
  const changed = (uri: string, contentChanges: readonly object[]) =>
    after(uri, () =>
      notify('textDocument/didChange', {
        textDocument: { uri, version: versions.get(uri) },
        contentChanges,
      }),
    );
  const { capabilities } = await request<{ capabilities: unknown }>('initialize', {
    processId: null,
    rootUri: root ?? null,
    workspaceFolders: root === undefined ? null : [{ uri: root, name: 'root' }],
    capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
  });
  await notify('initialized', {});
  return {
    capabilities,
    request,
    notify,
    log,
    async configure(given) {
      settings = given;
      await notify('workspace/didChangeConfiguration', { settings: given });
    },
    diagnostics(uri, languageId, text) {
      const version = (versions.get(uri) ?? 0) + 1;
      const textDocument = { uri, languageId, version, text };
      return version === 1
        ? after(uri, () => notify('textDocument/didOpen', { textDocument }))
        : changed(uri, [{ text }]);
    },
    change: changed,
    async close() {
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await request('shutdown', null);
      await notify('exit', null);
      child.stdin!.end();
      return ended;
    },
  };
}

function readMessages(child: ChildProcess, use: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  child.stdout!.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, end))![1]);
      if (rest.length < end + 4 + length) return;
      const text = rest.toString('utf8', end + 4, end + 4 + length);
      rest = rest.subarray(end + 4 + length);
      use(JSON.parse(text) as Message);
    }
  });
}
