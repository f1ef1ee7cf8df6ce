import { Webhook } from 'standardwebhooks';
import type { Message } from '../../domain/notice';

/** One kind of channel: how a message is written and signed for it. */
export interface Form {
  /** The body, and the headers that go with it at this moment. Throws what is wrong with a secret, never the secret. */
  write(message: Message, secrets: readonly string[]): { readonly body: string; readonly headers: Headers };
}
type Headers = Readonly<Record<string, string>>;

/** Standard Webhooks 1.0: `{ type, timestamp, data }`, signed with every live secret. */
const webhook: Form = {
  write: ({ id, kind, at, data }, secrets) => {
    const body = JSON.stringify({ type: `tenure.notice.${kind}`, timestamp: at, data });
    const now = new Date();
    const signatures = secrets.map((secret) => signerOf(secret).sign(id, now, body));
    return {
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signatures.join(' '),
      },
    };
  },
};

/** `whsec_` and base64 as the specification writes it, or plain text. */
function signerOf(secret: string): Webhook {
  if (!secret.startsWith('whsec_')) return new Webhook(Buffer.from(secret, 'utf8'), { format: 'raw' });
  try {
    return new Webhook(secret);
  } catch {
    throw new Error('is not base64 after whsec_');
  }
}

/** Slack cuts a section at 3000 characters and refuses longer ones. */
const longestSection = 2900;

/** What Slack's incoming webhooks take, and those that are made after them: `{ text, blocks }`. */
const slack: Form = {
  write: ({ text, lines, paste, link }) => {
    const blocks = [
      section(`*${escaped(text)}*`),
      ...(lines.length === 0 ? [] : [section(lines.map((line) => `• ${escaped(line)}`).join('\n'))]),
      ...paste.map((one) => section(`${escaped(one.label)}\n\`\`\`${escaped(one.text)}\`\`\``)),
      ...(link === undefined ? [] : [section(`<${link}|Open the workflow>`)]),
    ];
    return { body: JSON.stringify({ text: escaped(text), blocks }), headers: {} };
  },
};

function section(text: string): unknown {
  const fitting = text.length <= longestSection ? text : `${text.slice(0, longestSection - 1)}…`;
  return { type: 'section', text: { type: 'mrkdwn', text: fitting } };
}

/** The three characters that Slack's own markup uses; nothing in a message can then link or call anybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const forms = { webhook, slack } as const;
export type ChannelType = keyof typeof forms;
