// GitHub: deliveries that are sent again until they are answered with 200, and an API that looks into pushes.

import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export async function startGithub({ folder, port }) {
  const secret = 'the-hook-secret';
  writeFileSync(`${folder}/github.secret`, secret);
  const answers = [];
  const api = createServer((_, response) => {
    const answer = answers.shift() ?? { status: 200, body: '{"files":[]}' };
    if (answer.reset) return response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body ?? '{}');
  });
  await new Promise((resolve) => api.listen(0, '127.0.0.1', resolve));
  let cuts = 0;
  let wrong = 0;

  const send = (body, headers) =>
    new Promise((resolve) => {
      const request = ask({ port, host: '127.0.0.1', method: 'POST', path: '/', headers });
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode)).on('error', () => resolve(0));
      });
      request.on('error', () => resolve(0));
      if (cuts > 0) {
        cuts--;
        request.write(body.slice(0, body.length >> 1), () => request.destroy());
      } else request.end(body);
    });

  async function deliver(id, body, type = 'push') {
    for (;;) {
      const signature = `sha256=${createHmac('sha256', wrong-- > 0 ? 'another' : secret)
        .update(body)
        .digest('hex')}`;
      const status = await send(body, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-github-event': type,
        'x-github-delivery': id,
        'x-hub-signature-256': signature,
      });
      if (status === 200 || status === 400) return status;
      await sleep(100);
    }
  }

  const open = new Set();
  return {
    name: 'github',
    source: 'github',
    id: 'github.action',
    open_params: 'acme/app',
    init_config: {
      useHTTPs: false,
      webhook_listen: `127.0.0.1:${port}`,
      webhook_secret_file: `${folder}/github.secret`,
      api_url: `http://127.0.0.1:${api.address().port}`,
      token: 'the-github-token',
    },
    secrets: [secret, 'the-github-token'],
    async put(ids) {
      for (const id of ids) {
        const body = JSON.stringify({
          action: id,
          before: 'a'.repeat(40),
          after: 'b'.repeat(40),
          compare: 'https://github.com/acme/app/compare/a...b',
          repository: { full_name: 'acme/app', html_url: 'https://github.com/acme/app' },
          sender: { login: 'octo' },
        });
        const done = deliver(`d-${id}`, body).finally(() => open.delete(done));
        open.add(done);
      }
    },
    async poison() {
      await deliver('d-poison', '[1, 2');
      await deliver('d-poison-2', '[]');
    },
    left: async () => open.size,
    troubles: {
      'requests cut in half': () => void (cuts += 5),
      'wrong signatures': () => void (wrong = 5),
      'API: 403 (rate limit), 500, resets, no JSON': () =>
        void answers.push({ status: 403 }, { status: 500 }, { reset: true }, { status: 200, body: '<html>' }),
    },
    stop() {
      api.close();
      api.closeAllConnections();
    },
  };
}
