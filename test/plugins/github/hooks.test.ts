import { afterEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../../src/plugins/github/hooks.js';
import { type Asked, type FakeService, fakeService } from '../fake-service.js';

let service: FakeService;
afterEach(() => service.stop());

const URL_OF_OURS = 'https://falco.example.com/hook';
const never = new AbortController().signal;
const steps = (asked: readonly Asked[]) => asked.map(({ method, path }) => `${method} ${path.split('?')[0]}`);

async function hooksFor(repositories: readonly string[] | '*') {
  service = await fakeService(({ method, path }) => {
    const [page] = path.split('?');
    if (page === '/user/repos')
      return {
        body: [
          { full_name: 'a/one', permissions: { admin: true } },
          { full_name: 'a/old', archived: true, permissions: { admin: true } },
          { full_name: 'a/other', permissions: { admin: false } },
        ],
      };
    if (path.startsWith('/repos/a/wrong')) return { status: 404 };
    if (method === 'GET') return { body: [{ id: 5, config: { url: URL_OF_OURS } }, { id: 6 }] };
    return method === 'POST' ? { status: 201, body: { id: 7 } } : { status: 204 };
  });
  const io = { log: () => {} };
  const options = { api: service.url, token: 'tok', url: URL_OF_OURS, secret: 'hush', repositories, io };
  return createHooks(options);
}

describe('hooks at GitHub', () => {
  it('are installed in place of those of a run that was killed, and removed at the end', async () => {
    const hooks = await hooksFor(['a/one']);
    await hooks.install(never);
    await hooks.remove();
    expect(steps(service.asked)).toEqual([
      'GET /repos/a/one/hooks',
      'DELETE /repos/a/one/hooks/5',
      'POST /repos/a/one/hooks',
      'DELETE /repos/a/one/hooks/7',
    ]);
    expect(JSON.parse(service.asked[2]!.body)).toMatchObject({ events: ['*'], config: { secret: 'hush' } });
  });

  it('are removed also where the second repository is wrong', async () => {
    const hooks = await hooksFor(['a/one', 'a/wrong']);
    await expect(hooks.install(never)).rejects.toThrow(
      'unable to fetch data from the github API, status: 404 Not Found',
    );
    await hooks.remove();
    expect(steps(service.asked).at(-1)).toBe('DELETE /repos/a/one/hooks/7');
  });

  it('are for all repositories that the token may administer', async () => {
    const hooks = await hooksFor('*');
    await hooks.install(never);
    expect(steps(service.asked).filter((step) => step.startsWith('POST'))).toEqual([
      'POST /repos/a/one/hooks',
    ]);
  });
});
