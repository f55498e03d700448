// Okta's System Log API: pages of entries, a cursor that may be forgotten, and its troubles.

import { createServer } from 'node:http';
import { startGate } from './proxy.mjs';

export async function startOkta({ folder }) {
  const entries = [];
  const server = createServer((request, response) => {
    const { searchParams: given } = new URL(request.url, 'http://x');
    const limit = Number(given.get('limit') ?? 100);
    const since = given.get('since');
    const from = given.has('after')
      ? Number(given.get('after'))
      : entries.findIndex(({ published }) => published >= since);
    const start = from === -1 ? entries.length : from;
    const page = entries.slice(start, start + Math.min(limit, 50));
    const url = `http://${request.headers.host}/api/v1/logs?limit=${limit}&after=${start + page.length}`;
    response.setHeader('link', `<${url}>; rel="next"`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(page));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gate = await startGate(`http://127.0.0.1:${server.address().port}`);
  const soon = () => String(Math.ceil(Date.now() / 1000) + 1);
  return {
    name: 'okta',
    source: 'okta',
    id: 'okta.transaction.id',
    open_params: '',
    init_config: {
      organization: 'acme',
      url: gate.url,
      api_token: 'the-okta-token',
      refresh_interval: 1,
      checkpoint: `${folder}/okta`,
    },
    secrets: ['the-okta-token'],
    async put(ids) {
      const published = new Date().toISOString();
      for (const id of ids)
        entries.push({
          uuid: `u-${id}`,
          published,
          eventType: 'user.session.start',
          version: '0',
          severity: 'INFO',
          displayMessage: 'User login to Okta',
          actor: { id: 'a', type: 'User', alternateId: 'a@example.com', displayName: 'A' },
          outcome: { result: 'SUCCESS' },
          transaction: { type: 'WEB', id },
        });
    },
    async poison() {
      entries.push('no entry', null, { published: 7 });
    },
    troubles: {
      429: () => gate.fail([{ status: 429, headers: { 'x-rate-limit-reset': soon() } }]),
      '500, 503': () => gate.fail([{ status: 500 }, { status: 503 }]),
      resets: () => gate.fail([{ reset: true }, { reset: true }]),
      'an answer cut in half': () => gate.fail([{ half: true }]),
      'no JSON': () => gate.fail([{ status: 200, body: '<html>' }]),
      'expired token': () => gate.fail([{ status: 401 }, { status: 401 }]),
      'a cursor that is forgotten': () => gate.fail([{ status: 400 }]),
    },
    stop() {
      gate.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}
