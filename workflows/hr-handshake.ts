import { readFrom } from './proxies';

export interface HrHandshakeRequest {
  readonly sourceId: string;
  /** The HR system's id of the webhook subscription; the token itself is in no history. */
  readonly subscription: string;
}

/** Answers an HR system that wants to be answered by a request of ours before it sends anything; tried until it works. */
export async function hrHandshake({ sourceId, subscription }: HrHandshakeRequest): Promise<void> {
  await readFrom({ source: sourceId, recordId: subscription, urgent: true }).confirmSource({ subscription });
}
