// Texts of events, each with an identity.

const STAMP = '2026-03-01T10:00:00.000000Z';

export const auditEvent = (id) =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username: 'u' },
    requestReceivedTimestamp: STAMP,
    stageTimestamp: STAMP,
  });

export const gkeEntry = (id) =>
  JSON.stringify({
    insertId: id,
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'k8s_cluster', labels: { cluster_name: 'c', location: 'l', project_id: 'p' } },
    receiveTimestamp: STAMP,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'k8s.io',
      methodName: 'io.k8s.core.v1.pods.get',
      resourceName: 'core/v1/namespaces/n/pods/p',
      authenticationInfo: { principalEmail: 'u@example.com' },
      requestMetadata: { callerIp: '10.0.0.1' },
    },
  });

export const cloudtrailRecord = (id) => ({
  eventVersion: '1.08',
  eventTime: '2026-03-01T10:00:00Z',
  eventType: 'AwsApiCall',
  eventSource: 's3.amazonaws.com',
  eventName: 'ListBuckets',
  awsRegion: 'eu-west-1',
  eventID: id,
  userIdentity: { type: 'IAMUser', userName: 'u' },
});
