// An event hub: AMQP 1.0 on loopback, as far as Azure's client needs it (tokens, questions for the hub, partitions that are
// read from a place on).

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { auditEvent } from './events.mjs';

const PARTITIONS = ['0', '1', '2'];

export async function startEventHub({ root, folder }) {
  const rhea = createRequire(join(root, '.bench/clients/'))('rhea');
  const { types } = rhea;
  const container = rhea.create_container({ id: 'hub' });
  const log = new Map(PARTITIONS.map((id) => [id, []]));
  const links = new Map();
  const replies = new Map();
  let refused = 0;

  function flush(partition) {
    const link = links.get(partition);
    while (link !== undefined && link.next < log.get(partition).length && link.sender.sendable()) {
      const at = link.next++;
      link.sender.send({
        body: rhea.message.data_section(Buffer.from(log.get(partition)[at])),
        message_annotations: {
          'x-opt-sequence-number': types.wrap_long(at),
          'x-opt-offset': String(at * 100),
          'x-opt-enqueued-time': types.wrap_timestamp(Date.now()),
        },
      });
    }
  }

  /** Behind which event the reader begins. */
  function placeOf(filter, end) {
    const [value] = Object.values(filter ?? {});
    const [, what, inclusive, number] = /x-opt-(offset|sequence-number)\s*>(=?)\s*'?([^']+?)'?$/.exec(
      String(value?.value ?? value),
    ) ?? [undefined, 'offset', '', '@latest'];
    if (number === '@latest') return end;
    const at = what === 'offset' && number !== '-1' ? Number(number) / 100 : Number(number);
    return Math.max(0, at + (inclusive ? 0 : 1));
  }

  container.on('sender_open', ({ sender }) => {
    const { snd_settle_mode, rcv_settle_mode } = sender.remote.attach;
    Object.assign(sender.local.attach, { snd_settle_mode, rcv_settle_mode });
    const address = sender.source?.address ?? '';
    sender.set_source({ address });
    sender.set_target(sender.target?.address ? { address: sender.target.address } : {});
    const partition = /\/Partitions\/(.+)$/.exec(address)?.[1];
    if (partition === undefined) {
      replies.set(sender.target?.address ?? sender.name, sender);
      replies.set(address, sender);
      return;
    }
    if (refused > 0) {
      refused--;
      sender.close({ condition: 'com.microsoft:server-busy', description: 'too many calls' });
      return;
    }
    links.set(partition, { sender, next: placeOf(sender.source.filter, log.get(partition).length) });
    setTimeout(flush, 50, partition);
  });
  container.on('receiver_open', ({ receiver }) => {
    receiver.set_target({ address: receiver.target?.address ?? '' });
    if (receiver.source?.address) receiver.set_source({ address: receiver.source.address });
  });
  container.on('sendable', () => PARTITIONS.forEach(flush));
  for (const event of [
    'connection_error',
    'session_error',
    'sender_error',
    'protocol_error',
    'error',
    'disconnected',
  ])
    container.on(event, () => {});
  container.on('message', ({ message, receiver }) => {
    const { application_properties: asked = {}, reply_to: to, message_id: correlation_id } = message;
    const out = replies.get(to) ?? replies.get(receiver.target.address) ?? [...replies.values()].at(-1);
    const status = (code) => ({ 'status-code': types.wrap_int(code), 'status-description': 'OK' });
    if (asked.operation === 'put-token')
      out?.send({ to, correlation_id, application_properties: status(202), body: '' });
    else if (asked.type === 'com.microsoft:eventhub')
      out?.send({
        correlation_id,
        application_properties: status(200),
        body: {
          name: asked.name,
          type: asked.type,
          created_at: types.wrap_timestamp(0),
          partition_count: types.wrap_int(PARTITIONS.length),
          partition_ids: types.wrap_array(PARTITIONS, 0xa1),
          georeplication_factor: types.wrap_int(1),
        },
      });
  });
  container.sasl_server_mechanisms.enable_anonymous();
  container.sasl_server_mechanisms.enable_plain(() => true);
  container.sasl_server_mechanisms.MSSBCBS = container.sasl_server_mechanisms.ANONYMOUS;
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  await new Promise((resolve) => server.on('listening', resolve));
  const body = (log) =>
    JSON.stringify({
      records: [{ category: 'kube-audit', resourceId: '/X/MANAGEDCLUSTERS/C1', properties: { log } }],
    });
  let turn = 0;
  const add = (text) => {
    const partition = PARTITIONS[turn++ % PARTITIONS.length];
    log.get(partition).push(text);
    flush(partition);
  };
  return {
    name: 'k8saudit-aks',
    source: 'k8s_audit',
    id: 'ka.auditid',
    open_params: '',
    init_config: {
      event_hub_namespace_connection_string: `Endpoint=sb://localhost:${server.address().port};SharedAccessKeyName=x;SharedAccessKey=dGhlLWh1Yi1rZXk=;UseDevelopmentEmulator=true`,
      event_hub_name: 'audit',
      start_position: 'earliest',
      checkpoint: `${folder}/hub`,
    },
    secrets: ['dGhlLWh1Yi1rZXk='],
    async put(ids) {
      for (const id of ids) add(body(auditEvent(id)));
    },
    async poison() {
      for (const text of ['no JSON', '[]', body('cut off'), '{"records":[{"properties":{"log":7}}]}'])
        add(text);
    },
    troubles: {
      resets: () => {
        for (const socket of sockets) socket.destroy();
      },
      'links that are closed': () => {
        for (const { sender } of links.values())
          sender.close({ condition: 'amqp:link:detach-forced', description: 'moved' });
      },
      'too many calls (server-busy)': () => {
        refused = 3;
        for (const socket of sockets) socket.destroy();
      },
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
