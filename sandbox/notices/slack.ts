const MOST_BLOCKS = 50;
const LONGEST_SECTION = 3000;

/** What a Slack incoming webhook says to a body that it does not take; undefined when it takes it. */
export function slackRefusal(body: Record<string, unknown>): string | undefined {
  const { text, blocks } = body;
  if (Object.keys(body).length === 0) return 'invalid_payload';
  if (blocks === undefined) return typeof text === 'string' && text !== '' ? undefined : 'no_text';
  if (!Array.isArray(blocks) || blocks.length > MOST_BLOCKS) return 'invalid_blocks';
  return blocks.every(isBlock) ? undefined : 'invalid_blocks';
}

function isBlock(block: unknown): boolean {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: { type?: unknown; text?: unknown } };
  if (type === 'divider') return true;
  return (
    type === 'section' &&
    (text?.type === 'mrkdwn' || text?.type === 'plain_text') &&
    typeof text.text === 'string' &&
    text.text.length > 0 &&
    text.text.length <= LONGEST_SECTION
  );
}
