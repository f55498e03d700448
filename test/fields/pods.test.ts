import { describe, expect, test } from 'vitest';
import { reader } from './support.js';

const read = reader();
const fixed = reader({ semantics: 'fixed' });
const containers = (value: string): string => `"requestObject":{"spec":{"containers":${value}}}`;
const volumes = (value: string): string => `"requestObject":{"spec":{"volumes":${value}}}`;
const pod = 'ka.req.pod.containers';

const IMAGES = containers(
  '[{"image":"reg:5000/a/b:1.2"},{"image":"a/b@sha256:abc"},{"image":"a/b:tag@sha256:abc"},{"image":"nginx"}]',
);
const MIXED = containers(
  '[{"securityContext":{"privileged":true}},{},{"securityContext":null},{"securityContext":{"privileged":null}}]',
);

describe('containers', () => {
  test.each([
    [IMAGES, `${pod}.image.repository`, ['reg', 'a/b', 'a/b', 'nginx']],
    [IMAGES, `${pod}.image[1]`, ['a/b@sha256:abc']],
    [IMAGES, `${pod}.image[9]`, undefined],
    [IMAGES, `${pod}.image[18446744073709551615]`, undefined],
    [IMAGES, 'ka.req.container.image', 'reg:5000/a/b:1.2'],
    [IMAGES, 'ka.req.container.image.repository', 'reg'],
    [containers('[{"x":1},{"name":"n","image":"i"}]'), `${pod}.name`, undefined],
    [containers('[{"x":1},{"name":"n","image":"i"}]'), `${pod}.name[1]`, ['n']],
    [containers('[{"x":1},{"name":"n","image":"i"}]'), 'ka.req.container.image', undefined],
    [containers('[{"image":"i"},{"x":1}]'), 'ka.req.container.image', 'i'],
    [containers('[]'), `${pod}.name`, undefined],
    [containers('null'), `${pod}.name`, undefined],
    [containers('{"name":"n"}'), `${pod}.name`, ['n']],
    [containers('{"name":"n"}'), `${pod}.name[7]`, ['n']],
    [containers('[[{"name":"n"}],{"name":"m"}]'), `${pod}.name`, ['n', 'm']],
    [containers('[[{"name":"n"}],{"name":"m"}]'), `${pod}.name[0]`, undefined],
    [
      '"requestObject":[{"spec":[{"containers":[{"name":"n"}]},{"containers":{"name":"m"}}]}]',
      `${pod}.name`,
      ['n', 'm'],
    ],
    ['"requestObject":[{"spec":{"containers":[{"name":"n"}]}},{"spec":5}]', `${pod}.name`, undefined],
    ['"requestObject":[{"spec":{"containers":[{"name":"n"}]}}]', 'ka.req.pod.host_ipc', undefined],
  ])('%s: %s', (fragment, spelled, expected) => {
    expect(read(fragment, spelled)).toEqual(expected);
  });

  const COMMANDS = containers('[{"command":["sh","-c","id"]},{},{"command":[]}]');
  test.each([
    [COMMANDS, '', ['sh -c id', '']],
    [COMMANDS, '[0]', ['sh -c id']],
    [COMMANDS, '[1]', undefined],
    [COMMANDS, '[2]', ['']],
    [containers('[{"command":"x"}]'), '', undefined],
    [containers('[{"command":[1]}]'), '', undefined],
    [containers('[{"command":null}]'), '', undefined],
    [containers('[{}]'), '', undefined],
    [containers('[{"command":["a\\u0000b","c"]}]'), '', ['a']],
  ])('commands of %s%s', (fragment, index, expected) => {
    expect(read(fragment, `${pod}.command${index}`)).toEqual(expected);
  });

  test.each([
    ['[{"hostPort":80,"containerPort":8080},{"containerPort":9090},{"name":"x"}]', ['80', '9090']],
    ['[{"hostPort":0,"containerPort":1}]', ['0']],
    ['[{"hostPort":null}]', ['null']],
    ['null', undefined],
    ['[5]', undefined],
  ])('ports %s', (ports, expected) => {
    expect(read(containers(`[{"ports":${ports}}]`), `${pod}.host_port`)).toEqual(expected);
  });

  test.each([
    [MIXED, `${pod}.privileged`, ['true', 'null']],
    [MIXED, `${pod}.privileged[0]`, ['true']],
    [MIXED, `${pod}.privileged[1]`, undefined],
    [MIXED, 'ka.req.container.privileged', 'true'],
    [containers('[{"name":"x"}]'), `${pod}.privileged`, undefined],
    [containers('[{"name":"x"}]'), 'ka.req.container.privileged', 'false'],
    [containers('[]'), 'ka.req.container.privileged', 'false'],
    [containers('null'), 'ka.req.container.privileged', undefined],
    ['"requestObject":{"spec":{}}', 'ka.req.container.privileged', undefined],
    [containers('[{"securityContext":{"privileged":"true"}}]'), 'ka.req.container.privileged', 'false'],
  ])('privileged: %s: %s', (fragment, spelled, expected) => {
    expect(read(fragment, spelled)).toEqual(expected);
  });
});

describe('volumes', () => {
  const VOLUMES = volumes(
    '[{"name":"a","hostPath":{"path":"/etc"}},{"name":"b","emptyDir":{}},{"name":"c","hostPath":{"path":"/var/run/docker.sock"}},' +
      '{"name":"d","flexVolume":{"driver":"x/y"}},{"name":"e","hostPath":{}}]',
  );
  test.each([
    [VOLUMES, 'ka.req.pod.volumes.hostpath', ['/etc', '/var/run/docker.sock']],
    [VOLUMES, 'ka.req.pod.volumes.hostpath[0]', ['/etc']],
    [VOLUMES, 'ka.req.pod.volumes.hostpath[1]', undefined],
    [VOLUMES, 'ka.req.pod.volumes.flexvolume_driver', ['x/y']],
    [
      VOLUMES,
      'ka.req.pod.volumes.volume_type',
      ['hostPath', 'emptyDir', 'hostPath', 'flexVolume', 'hostPath'],
    ],
    [VOLUMES, 'ka.req.pod.volumes.volume_type[2]', ['hostPath']],
    [volumes('{"name":"a","secret":{},"x":1}'), 'ka.req.pod.volumes.volume_type', ['secret', 'x']],
    [volumes('[[{"a":1}],5,{"name":1}]'), 'ka.req.pod.volumes.volume_type', ['a']],
    [VOLUMES, 'ka.req.volume.hostpath[/etc]', 'true'],
    [VOLUMES, 'ka.req.volume.hostpath[/et]', 'false'],
    [VOLUMES, 'ka.req.volume.hostpath[/et*]', 'true'],
    [VOLUMES, 'ka.req.volume.hostpath[*]', 'true'],
    [VOLUMES, 'ka.req.volume.hostpath[/var/*]', 'true'],
    [VOLUMES, 'ka.req.volume.hostpath[/nope]', 'false'],
    [volumes('[]'), 'ka.req.volume.hostpath[/etc]', 'false'],
    ['"requestObject":{"spec":{}}', 'ka.req.volume.hostpath[/etc]', undefined],
    // Falco's plugin crashes on an empty argument (D9).
    [VOLUMES, 'ka.req.volume.hostpath[]', 'false'],
    [volumes('[{"hostPath":{"path":""}}]'), 'ka.req.volume.hostpath[]', 'false'],
  ])('%s: %s', (fragment, spelled, expected) => {
    expect(read(fragment, spelled)).toEqual(expected);
  });
});

describe('field_semantics', () => {
  const REAL =
    '"requestObject":{"spec":{"securityContext":{"runAsUser":1000},"containers":[{"securityContext":{"runAsUser":2000}},{},5]}}';
  const FLAT = '"requestObject":{"spec":{"runAsUser":1000,"containers":[{"runAsUser":2000},{}]}}';
  test('effective ids as Falco reads them, not below securityContext', () => {
    expect(read(REAL, `${pod}.run_as_user`)).toEqual(['2000']);
    expect(read(REAL, `${pod}.eff_run_as_user`)).toEqual(['0', '0', '0']);
    expect(read(REAL, `${pod}.eff_run_as_user[0]`)).toBeUndefined();
    expect(read(FLAT, `${pod}.eff_run_as_user`)).toEqual(['2000', '1000']);
    expect(read(FLAT, `${pod}.eff_run_as_user[1]`)).toBeUndefined();
  });
  test('effective ids as they are meant (D2)', () => {
    expect(fixed(REAL, `${pod}.eff_run_as_user`)).toEqual(['2000', '1000']);
    expect(fixed(REAL, `${pod}.eff_run_as_user[1]`)).toEqual(['1000']);
    expect(fixed(REAL, `${pod}.eff_run_as_user[7]`)).toBeUndefined();
    expect(fixed(REAL, `${pod}.eff_run_as_group`)).toEqual(['0', '0']);
    expect(fixed(FLAT, `${pod}.eff_run_as_user`)).toEqual(['0', '0']);
    expect(
      fixed(
        '"requestObject":{"spec":{"securityContext":{"runAsUser":null},"containers":[{"securityContext":{"runAsUser":null}}]}}',
        `${pod}.eff_run_as_user`,
      ),
    ).toEqual(['0']);
    expect(fixed('"requestObject":{"spec":{}}', `${pod}.eff_run_as_user`)).toBeUndefined();
  });

  const CAPABILITIES = containers(
    '[{"securityContext":{"capabilities":{"add":["SYS_ADMIN", "NET_ADMIN"]}}},{},{"securityContext":{"capabilities":{"add":[]}}}]',
  );
  test('capabilities: one JSON text a container in Falco, one element each if fixed (D3)', () => {
    expect(read(CAPABILITIES, `${pod}.add_capabilities`)).toEqual(['["SYS_ADMIN","NET_ADMIN"]', '[]']);
    expect(fixed(CAPABILITIES, `${pod}.add_capabilities`)).toEqual(['SYS_ADMIN', 'NET_ADMIN']);
    expect(fixed(CAPABILITIES, `${pod}.add_capabilities[0]`)).toEqual(['SYS_ADMIN', 'NET_ADMIN']);
    expect(fixed(CAPABILITIES, `${pod}.add_capabilities[2]`)).toBeUndefined();
  });

  test('a registry port is no tag if fixed (D4)', () => {
    expect(fixed(IMAGES, `${pod}.image.repository`)).toEqual(['reg:5000/a/b', 'a/b', 'a/b', 'nginx']);
    expect(fixed(IMAGES, 'ka.req.container.image.repository')).toBe('reg:5000/a/b');
    expect(fixed(containers('[{"image":"reg:5000/a"}]'), `${pod}.image.repository`)).toEqual(['reg:5000/a']);
  });
});
