import type { ChannelDesk } from '../activities';
import { openChannel } from '../connectors/channel';
import type { Config } from './config';

/** Opens the channels of the configuration for the core worker; undefined when there are none. */
export function openChannels({ notifications }: Pick<Config, 'notifications'>): ChannelDesk | undefined {
  if (notifications.channels.length === 0) return undefined;
  const open = new Map(
    notifications.channels.map(({ id, type, url, secret, timeout, tls }) => [
      id,
      openChannel({ id, type, url, secrets: secret, timeoutMs: timeout, tls }),
    ]),
  );
  const ofChannel = (id: string) => {
    const found = open.get(id);
    if (found === undefined) throw new Error(`no channel has the id ${id}`);
    return found;
  };
  return {
    channels: notifications.channels.map(({ id, type, kinds, include }) => {
      const approver = notifications.approvers.find((one) => one.channel === id)?.approver;
      const entry = { id, type, kinds, tellsReason: include.includes('reason') };
      return approver === undefined ? entry : { ...entry, approver };
    }),
    ...(notifications.webUi === undefined ? {} : { webUi: notifications.webUi }),
    send: async ({ channel, message, signal }) => await ofChannel(channel).send(message, signal),
    probe: async ({ channel, signal }) => await ofChannel(channel).probe(signal),
  };
}
