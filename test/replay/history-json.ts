import { createRequire } from 'node:module';
import * as proto from '@temporalio/proto';
import { patchProtobufRoot } from '@temporalio/proto/lib/patch-protobuf-root';

export type History = proto.temporal.api.history.v1.IHistory;

interface ProtoJson {
  toJson(type: unknown, message: unknown): unknown;
  fromJson(type: unknown, json: unknown, options: { readonly ignoreUnknownFields: boolean }): unknown;
}

/**
 * The SDK's own historyToJSON and historyFromJSON throw "type must be a Type" when npm installs a protobufjs of its own
 * for each package, as it does here. This is the same with the copy that made the types.
 */
const { toJson, fromJson } = createRequire(require.resolve('@temporalio/proto'))(
  'protobufjs/ext/protojson',
) as ProtoJson;
const root = patchProtobufRoot(proto) as unknown as { lookupType(name: string): unknown };
const historyType = root.lookupType('temporal.api.history.v1.History');

/** Temporal's JSON of a history, as the CLI and the Web UI write it. */
export function historyToJson(history: History): { readonly events: readonly unknown[] } {
  return toJson(historyType, proto.temporal.api.history.v1.History.fromObject(history)) as {
    readonly events: readonly unknown[];
  };
}

export function historyFromJson(json: unknown): History {
  return fromJson(historyType, json, { ignoreUnknownFields: true }) as History;
}
