import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Metadata, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const gax = createRequire(import.meta.url).resolve('google-gax');
const { Root } = protobuf;
const root = new Root();
const folder = join(dirname(gax), '..', 'protos');
root.resolvePath = (_origin, target) => join(folder, target);
root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);
const StatusType = root.lookupType('google.rpc.Status');
const ErrorInfo = root.lookupType('google.rpc.ErrorInfo');

/** What a call's trailer says of acknowledgement ids that have expired (google.rpc.ErrorInfo, as exactly-once delivery does). */
export function invalidAckIds(ackIds: readonly string[]): Metadata {
  const info = {
    reason: 'EXACTLY_ONCE_ACKID_FAILURE',
    domain: 'pubsub.googleapis.com',
    metadata: Object.fromEntries(ackIds.map((id) => [id, 'PERMANENT_FAILURE_INVALID_ACK_ID'])),
  };
  const detail = {
    type_url: 'type.googleapis.com/google.rpc.ErrorInfo',
    value: ErrorInfo.encode(info).finish(),
  };
  const trailer = StatusType.encode(
    StatusType.fromObject({ code: status.FAILED_PRECONDITION, message: 'invalid', details: [detail] }),
  ).finish();
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(trailer));
  return metadata;
}
