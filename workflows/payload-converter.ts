import { DefaultPayloadConverter, type Payload } from '@temporalio/common';

/**
 * The default converter, but nothing that somebody sends can fail to decode: the Web UI offers encodings that the SDK
 * has no converter for, and a signal that cannot be decoded would fail the workflow's task for ever.
 */
class TolerantPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload): T {
    try {
      return super.fromPayload<T>(payload);
    } catch {
      return { undecodable: true } as T;
    }
  }
}

export const payloadConverter = new TolerantPayloadConverter();
