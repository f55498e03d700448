// In: a target and the environment. Out: the proxy that libcurl would take, and an agent that tunnels TLS through it.
// Variables: http_proxy (lower case only, as CGI programs could be fooled otherwise), https_proxy, all_proxy, no_proxy.

import { request as httpRequest } from 'node:http';
import { type AgentOptions, request as httpsRequest, Agent as TlsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy for the target, if the environment names one. Errors: Error with code PROXY for one we cannot use. */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const named = url.protocol === 'https:' ? (env['https_proxy'] ?? env['HTTPS_PROXY']) : env['http_proxy'];
  const text = named || env['all_proxy'] || env['ALL_PROXY'];
  if (text === undefined || text === '') return undefined;
  if (excluded(url.hostname, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const full = text.includes('://') ? text : `http://${text}`;
  const proxy = URL.canParse(full) ? new URL(full) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw Object.assign(new Error('PROXY'), { code: 'PROXY' });
}

// `*`, or names that are the host or a domain above it.
function excluded(host: string, list: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return list
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase().replace(/^\./, ''))
    .some((entry) => entry === '*' || (entry !== '' && (name === entry || name.endsWith(`.${entry}`))));
}

/** The header that names us to the proxy, where its URL holds a user. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}

/** An agent for https whose connections go through the proxy with CONNECT. */
export function tunnelAgent(proxy: URL, options: AgentOptions): TlsAgent {
  return Object.assign(new TlsAgent(options), {
    createConnection(to: ConnectionOptions, done: (error: Error | null, socket?: Socket) => void): void {
      openTunnel(proxy, `${to.host?.includes(':') ? `[${to.host}]` : to.host}:${to.port}`).then(
        (socket) => {
          const secure = tlsConnect({ ...to, socket });
          secure.once('secureConnect', () => done(null, secure));
          secure.once('error', done);
        },
        (error: Error) => done(error),
      );
    },
  });
}

function openTunnel(proxy: URL, target: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const call = request({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: target,
      headers: { Host: target, ...proxyAuthorization(proxy) },
      agent: false,
    });
    call.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(Object.assign(new Error(`proxy answered ${response.statusCode}`), { code: 'PROXY_REFUSED' }));
    });
    call.once('error', reject);
    call.end();
  });
}
