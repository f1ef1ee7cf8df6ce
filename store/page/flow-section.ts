import type { EvidenceActor, EvidenceEntry } from '../../domain/evidence';
import { compare, type ComparedField } from './comparison';
import { html, type Html } from './html';
import type { Approval, Exception, FlowSummary, Request, Speed } from './summary';
import { moment, shortHash, span, stepName } from './wording';

/** A list of grants longer than this is counted; the export has all of it. */
const SHOWN = 25;

const good = ['done', 'already', 'clean', 'complete', 'approved', 'accepted', 'applied', 'linked'];
const bad = ['residual-sessions', 'refused', 'conflict', 'ended-from-outside', 'ambiguous'];
const plain = ['asked', 'scheduled', 'observed', 'cancelled', 'duplicate', 'superseded', 'undone'];

/** An outcome as a coloured word; the colour only repeats what the word says. */
export function outcomeWord(outcome: string): Html {
  const tone = [[good, 'good'] as const, [bad, 'bad'] as const, [plain, 'plain'] as const].find(([words]) =>
    words.includes(outcome),
  );
  return html`<span class="word ${tone?.[1] ?? 'warn'}">${outcome}</span>`;
}

/** Who did it, and how sure that is. */
export function actorName(actor: EvidenceActor | undefined): Html {
  if (actor === undefined) return html`Tenure`;
  const strength = actor.strength === undefined ? undefined : html` <span class="quiet">(${actor.strength})</span>`;
  return html`${actor.name === '' ? 'nobody named' : actor.name}${strength}`;
}

/** One run of one flow, from what was asked to what was proven. */
export function flowSection(flow: FlowSummary): Html {
  const { outcome } = flow;
  return html`<section>
    <h2>
      ${flow.workflowId}
      ${outcome === undefined ? html`<span class="word warn">not ended</span>` : outcomeWord(outcome.word)}
    </h2>
    ${facts(flow)}
    <h3>How fast each target was closed</h3>
    ${speedTable(flow.speed, flow.request)}
    <h3>Exceptions</h3>
    ${exceptionList(flow.exceptions)}
    <h3>Who approved the deletion</h3>
    ${approvalTable(flow.approvals)}
    <h3>Before and after</h3>
    ${flow.steps.length === 0 ? html`<p class="quiet">No step on a target is recorded.</p>` : targetsOf(flow.steps)}
  </section>`;
}

function facts({ request, outcome, runId }: FlowSummary): Html {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Event', request.type],
    ['Event id', request.id === undefined ? undefined : `${request.id} from ${request.source ?? 'an unnamed source'}`],
    ['Requested by', request.requestedBy],
    ['Reason', request.reason],
    ['Accepted', request.acceptedAt === undefined ? undefined : moment(request.acceptedAt)],
    ['Access ends', request.accessEndsAt === undefined ? undefined : moment(request.accessEndsAt)],
    ['Note', request.note],
    ['Event hash', request.hash],
    ['Run', runId],
    ['Ended', outcome === undefined ? undefined : moment(outcome.at)],
    ['Conclusion', outcome?.detail],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  return html`<dl>
    ${shown.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function speedTable(rows: readonly Speed[], request: Request): Html {
  if (rows.length === 0) return html`<p class="quiet">No target has been looked at.</p>`;
  const from =
    request.acceptedAt === undefined
      ? 'The event is not part of this evidence, so no time can be measured.'
      : 'Measured from the acceptance of the event, or from the end of access when that is later, to the moment when reading back had shown every account of the target disabled.';
  return html`<table>
      <thead>
        <tr>
          <th>Target</th>
          <th>Accounts</th>
          <th>Counted from</th>
          <th>Disabled and read back</th>
          <th class="number">Took</th>
          <th>Outcome</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(speedRow)}
      </tbody>
    </table>
    <p class="quiet small">${from}</p>`;
}

function speedRow({ target, system, accounts, dueAt, provenAt, outcomes }: Speed): Html {
  const took = dueAt === undefined || provenAt === undefined ? '–' : span(Date.parse(provenAt) - Date.parse(dueAt));
  const shared =
    system === undefined || system === target ? undefined : html`<br /><span class="quiet small">${system}</span>`;
  return html`<tr>
    <td>${target}${shared}</td>
    <td>${accounts.length === 0 ? 'none' : accounts.join(', ')}</td>
    <td class="when">${moment(dueAt)}</td>
    <td class="when">${provenAt === undefined ? 'not proven' : moment(provenAt)}</td>
    <td class="number">${took}</td>
    <td>${outcomes.map((outcome) => html`${outcomeWord(outcome)} `)}</td>
  </tr>`;
}

function exceptionList(exceptions: readonly Exception[]): Html {
  if (exceptions.length === 0) return html`<p>None: every step that was taken has a proven outcome.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>Target</th>
        <th>Step</th>
        <th>Account</th>
        <th>What</th>
        <th>Detail</th>
      </tr>
    </thead>
    <tbody>
      ${exceptions.map(
        (one) =>
          html`<tr>
            <td>${one.target ?? '–'}</td>
            <td>${stepName(one.step ?? '–')}</td>
            <td>${one.account ?? '–'}</td>
            <td>${outcomeWord(one.what)}</td>
            <td>${one.detail ?? '–'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function approvalTable(approvals: readonly Approval[]): Html {
  if (approvals.length === 0) return html`<p class="quiet">No deletion was asked for.</p>`;
  return html`<table>
    <thead>
      <tr>
        <th>When</th>
        <th>Who</th>
        <th>Established by</th>
        <th>Answer</th>
        <th>Plan</th>
        <th>Detail</th>
      </tr>
    </thead>
    <tbody>
      ${approvals.map(
        ({ at, kind, actor, outcome, planHash, detail, counted }) =>
          html`<tr>
            <td class="when">${moment(at)}</td>
            <td>
              ${actor === undefined ? html`Tenure${kind === 'decision' ? ' (result)' : undefined}` : actor.name || 'nobody named'}
            </td>
            <td>${actor === undefined ? '–' : (actor.strength ?? 'not established')}</td>
            <td>
              ${counted ? outcomeWord(outcome) : html`<span class="word plain">${outcome}</span> <span class="word warn">not counted</span>`}
            </td>
            <td>${planHash === undefined ? '–' : html`<code title="${planHash}">${shortHash(planHash)}</code>`}</td>
            <td>${detail ?? '–'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Targets of one system hold the same accounts and stand together. */
function targetsOf(steps: readonly EvidenceEntry[]): Html {
  const systems = [...new Set(steps.map((step) => step.system ?? step.target ?? ''))];
  return html`${systems.map((system) => {
    const own = steps.filter((step) => (step.system ?? step.target ?? '') === system);
    const targets = [...new Set(own.map((step) => step.target ?? system))].join(', ');
    return html`<h4>${targets}${targets === system ? undefined : html` <span class="quiet">in ${system}</span>`}</h4>
      ${own.map(stepOf)}`;
  })}`;
}

function stepOf(entry: EvidenceEntry): Html {
  const { step, target, outcome, account, detail, requestIds, milliseconds, serviceAccount } = entry;
  const about = [
    target,
    account === undefined ? undefined : `account ${account.username ?? account.id} (${account.id})`,
    moment(entry.at),
    milliseconds === undefined ? undefined : `took ${span(milliseconds)}`,
    serviceAccount === undefined ? undefined : `as ${serviceAccount}`,
  ].filter((part) => part !== undefined);
  const ids = requestIds.length === 0 ? 'none recorded' : requestIds.join(', ');
  return html`<div class="step">
    <p>${stepName(step ?? entry.kind)} ${outcomeWord(outcome)} <span class="quiet small">${about.join(' · ')}</span></p>
    ${detail === undefined ? undefined : html`<p>${detail}</p>`} ${comparison(compare(entry.before, entry.after))}
    <p class="quiet small">Entry ${entry.seq} · vendor request ids: <code>${ids}</code></p>
  </div>`;
}

function comparison(fields: readonly ComparedField[]): Html | undefined {
  if (fields.length === 0) return undefined;
  return html`<table class="compare">
    <thead>
      <tr>
        <th>Field</th>
        <th>Before</th>
        <th>Read back afterwards</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ name, before, after, differs }) =>
          html`<tr class="${differs ? 'differs' : ''}">
            <td>${name}</td>
            <td>${side(before)}</td>
            <td>${side(after)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function side(words: readonly string[] | undefined): Html {
  if (words === undefined) return html`<span class="quiet">not read</span>`;
  if (words.length === 0) return html`none`;
  if (words.length === 1) return html`${words[0]}`;
  const more = words.length - SHOWN;
  return html`<ul>
    ${words.slice(0, SHOWN).map((word) => html`<li>${word}</li>`)}
    ${more > 0 ? html`<li class="quiet">and ${more} more, in the JSON export</li>` : undefined}
  </ul>`;
}
