import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReceivedNotice } from '../../sandbox/notices';
import { startNotices, type NoticeReceiver } from '../../sandbox/notices';

export const tokenKey = 'the key that signs approval tokens in tests, long enough';

/** Channels on a stand-in: everything goes to `ops`; Ann has a Slack of her own, Ben a webhook. */
export class NoticeScene {
  private constructor(readonly boxes: NoticeReceiver) {}

  static async start(): Promise<NoticeScene> {
    return new NoticeScene(await startNotices());
  }

  /** `notifications:` of a configuration; what it refers to is written by `writeSecrets`. */
  config(more: Readonly<Record<string, unknown>> = {}): unknown {
    const personal = { kinds: ['approval-needed', 'overdue'] };
    return {
      channels: [
        { id: 'ops', type: 'webhook', url: '${file:ops.url}', secret: '${file:notice.secret}', timeout: 'PT2S' },
        { id: 'ann-slack', type: 'slack', url: '${file:ann.url}', timeout: 'PT2S', ...personal },
        { id: 'ben-hook', type: 'webhook', url: '${file:ben.url}', secret: '${file:notice.secret}', ...personal },
      ],
      approvers: [
        { approver: 'ann@acme.test', channel: 'ann-slack' },
        { approver: 'ben@acme.test', channel: 'ben-hook' },
      ],
      tokenKey: '${file:token.key}',
      ...more,
    };
  }

  async writeSecrets(folder: string): Promise<void> {
    const files = {
      'ops.url': this.boxes.webhookUrl('ops'),
      'ann.url': this.boxes.slackUrl('ann'),
      'ben.url': this.boxes.webhookUrl('ben'),
      'notice.secret': this.boxes.secrets[0] ?? '',
      'token.key': tokenKey,
    };
    for (const [name, value] of Object.entries(files)) await writeFile(path.join(folder, name), value);
  }

  /** What a box took about one person, of one kind or all. */
  about(box: 'ops' | 'ben', personId: string, kind?: string): readonly ReceivedNotice[] {
    return this.boxes.taken(box).filter(({ body }) => {
      const { personId: whose } = body['data'] as { personId?: string };
      return whose === personId && (kind === undefined || body['type'] === `tenure.notice.${kind}`);
    });
  }

  aboutOnSlack(personId: string): readonly ReceivedNotice[] {
    return this.boxes.taken('ann').filter(({ body }) => String(body['text']).includes(`Leaver ${personId}`));
  }

  stop(): Promise<void> {
    return this.boxes.stop();
  }
}

/** The JSON that a Slack message says to paste, as its reader copies it. */
export function pasteIn({ body }: ReceivedNotice): Record<string, unknown> {
  const texts = (body['blocks'] as { text: { text: string } }[]).map(({ text }) => text.text);
  const json = texts.map((text) => /```(\{[^`]*\})```/.exec(text)?.[1]).find((found) => found !== undefined);
  if (json === undefined) throw new Error(`nothing to paste in ${texts.join('\n')}`);
  return JSON.parse(json) as Record<string, unknown>;
}

/** What a webhook about an approval says to its approver. */
export function approvalIn({ body }: ReceivedNotice): Record<string, unknown> {
  return (body['data'] as { approval: Record<string, unknown> }).approval;
}
