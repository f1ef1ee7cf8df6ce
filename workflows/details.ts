import { commandLine, jsonToSend, moment, oneLine } from './details-form';
import { roundText } from './details-plan';
import { tableOf } from './details-table';
import type { FlowCase } from './flow-case';
import type { LeaverCase } from './leaver-case';
import type { TrackView } from './step-track';

/** The Web UI takes 20 kB at most. */
const longest = 19_000;

/**
 * The live Markdown of a leaver, as the Web UI shows it in a narrow frame: what stands where, what is waited for, and
 * exactly what to send. What a person has to act on comes first. No names, no reasons of HR.
 */
export function detailsOf(flow: LeaverCase): string {
  const stopped = flow.deletionStopped === undefined ? '' : ` Deletion was ${flow.deletionStopped}.`;
  return pageOf(flow, {
    title: `Leaver ${flow.personId}`,
    ended: stopped,
    table: tableOf(flow),
    plans: flow.openRounds.map((round) => roundText(flow.workflowId, round, flow.openRounds.length > 1)),
  });
}

export interface PageParts {
  readonly title: string;
  /** What is to be said beside the outcome. */
  readonly ended: string;
  readonly table: string;
  readonly plans: readonly string[];
}

/** The page of any flow: what a person has to act on comes first. */
export function pageOf(flow: FlowCase, { title, ended, table, plans }: PageParts): string {
  const parts = [
    `## ${title}: ${flow.state.replace('-', ' ')}`,
    headline(flow, ended),
    table,
    ...flow.tracks.flatMap((track) => parkedOn(flow, track)),
    ...(flow.held === undefined ? [] : [heldText(flow)]),
    ...plans,
    flow.notes.length === 0 ? '' : ['### Notes', '', ...flow.notes.map((note) => `- ${oneLine(note, 300)}`)].join('\n'),
    handOverText(flow),
  ];
  return fitting(parts.filter((part) => part !== ''));
}

function headline(flow: FlowCase, ended: string): string {
  if (flow.outcome !== undefined) {
    return `**Outcome: ${flow.outcome.replaceAll('-', ' ')}.**${ended}`;
  }
  const due = flow.dueAt === undefined ? '' : ` Due **${moment(flow.dueAt)}**.`;
  return flow.waitingFor === undefined ? due.trim() : `**Waiting for** ${oneLine(flow.waitingFor, 600)}.${due}`;
}

function parkedOn(flow: FlowCase, track: TrackView): readonly string[] {
  return track
    .parkedSteps()
    .map(({ name, parked }) =>
      [
        `### ${track.id}: ${name} is parked (${parked.reason})`,
        parked.detail,
        parked.advice,
        '**More Actions**, **Send an Update**, name `resolve`; or `skip` instead of `retry`:',
        jsonToSend({ target: track.id, step: name, action: 'retry', reason: '…', by: 'you@…' }),
        commandLine(`tenure resolve ${flow.workflowId} --target ${track.id} --action retry --reason "…"`),
      ].join('\n\n'),
    );
}

function heldText(flow: FlowCase): string {
  return [
    '### Held',
    flow.held?.why ?? '',
    flow.releasedBy.length === 0 ? '' : `Released so far by ${flow.releasedBy.join(', ')}.`,
    '**More Actions**, **Send an Update**, name `release`:',
    jsonToSend({ reason: '…', by: 'you@…' }),
    commandLine(`tenure release ${flow.workflowId} --reason "…"`),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

function handOverText({ tracks, handOver }: FlowCase): string {
  const items = [
    ...handOver.map((item) => `- ${oneLine(item, 2000)}`),
    ...tracks
      .filter((track) => track.handOver.size > 0)
      .flatMap((track) => [`- **${track.id}**`, ...[...track.handOver].map((item) => `  - ${oneLine(item, 400)}`)]),
  ];
  if (items.length === 0) return '';
  return [
    '### For a person to do',
    '',
    'What these targets do not offer and what is left behind, so that nobody takes it for done:',
    '',
    ...items,
  ].join('\n');
}

/** Whole parts only: half a table or half a JSON to send is worse than none. */
function fitting(parts: readonly string[]): string {
  const note = 'There is more than fits here: `tenure status` and the query `progress` have all of it.';
  const kept: string[] = [];
  let length = note.length;
  for (const part of parts) {
    length += part.length + 2;
    if (length > longest) return [...kept, note].join('\n\n');
    kept.push(part);
  }
  return kept.join('\n\n');
}
