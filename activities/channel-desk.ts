import type { ChannelAnswer, Message, NoticeKind } from '../domain/notice';

/** The channels of the configuration; their addresses and secrets stay behind it. */
export interface ChannelDesk {
  readonly channels: readonly ChannelEntry[];
  /** Where people find the flow: the Web UI's address. */
  readonly webUi?: string;
  /** Never throws for what a channel does or fails to do; its words hold no address and no secret. */
  send(input: {
    readonly channel: string;
    readonly message: Message;
    readonly signal: AbortSignal;
  }): Promise<ChannelAnswer>;
  /** Whether anything answers at the channel's address, and whether its secrets can be read; sends no message. */
  probe(input: { readonly channel: string; readonly signal: AbortSignal }): Promise<ChannelAnswer>;
}

export interface ChannelEntry {
  readonly id: string;
  readonly type: string;
  readonly kinds: readonly NoticeKind[];
  readonly tellsReason: boolean;
  /** Whose own channel it is: only here a personal token may go. */
  readonly approver?: string;
}
