import type { EvidenceEntry, EvidenceVerification } from '../domain/evidence';
import { actorName, flowSection, outcomeWord } from './page/flow-section';
import { Html, html } from './page/html';
import { style } from './page/style';
import { summarize } from './page/summary';
import { moment, shortHash, stepName, textAt } from './page/wording';

export interface EvidencePageInput {
  readonly personId: string;
  /** The person's entries, oldest first. */
  readonly entries: readonly EvidenceEntry[];
  readonly verification: EvidenceVerification;
  /** The heads kept outside of the store that the chain was compared with; none: with the store alone. */
  readonly comparedWith: readonly string[];
  /** ISO 8601. */
  readonly madeAt: string;
}

/**
 * One page for an auditor: who asked what and when, how fast each target was closed, who approved, what was before and
 * after, what is left over, the complete record, and whether the chain holds. It needs nothing but itself.
 */
export function evidencePage({ personId, entries, verification, comparedWith, madeAt }: EvidencePageInput): string {
  const name = displayNameOf(entries) ?? personId;
  const flows = summarize(entries);
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <title>Evidence: ${name} (${personId})</title>
      <style>
        ${new Html(style)}
      </style>
    </head>
    <body>
      <main>
        <header>
          <h1>${name}</h1>
          <p class="quiet">
            Evidence of access taken away · person ${personId} · made ${moment(madeAt)} · all times in UTC
          </p>
        </header>
        ${verdict({ ...verification, shown: entries.length, comparedWith })}
        ${flows.length === 0 ? html`<section><p>No flow has run for this person.</p></section>` : flows.map(flowSection)}
        ${record(entries)} ${chainSection({ verification, entries, comparedWith })}
        <footer>Made by Tenure. The JSON export holds every field of every entry, before-images whole.</footer>
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}\n`;
}

function displayNameOf(entries: readonly EvidenceEntry[]): string | undefined {
  const people = entries.filter((entry) => entry.kind === 'event').map((entry) => entry.data);
  return people
    .map((data) => textAt(data, 'event', 'data', 'person', 'displayName'))
    .findLast((name) => name !== undefined);
}

function verdict({
  intact,
  checked,
  faults,
  more,
  shown,
  comparedWith,
}: EvidenceVerification & Pick<EvidencePageInput, 'comparedWith'> & { readonly shown: number }): Html {
  if (!intact) {
    return html`<div class="banner bad">
      <strong>The chain is broken</strong>
      <span
        >${faults.length + more} fault(s) found in ${checked} entries; see the end of this page. Do not rely on what
        follows.</span
      >
    </div>`;
  }
  if (checked === 0)
    return html`<div class="banner warn"><strong>No evidence</strong><span>There is none of this person.</span></div>`;
  if (checked < shown) {
    return html`<div class="banner bad">
      <strong>Not all was checked</strong><span>${shown} entries are shown, ${checked} were checked.</span>
    </div>`;
  }
  return html`<div class="banner good">
    <strong>The chain is intact</strong>
    <span>All ${checked} entries stand as they were written: ${provenBy(comparedWith)}</span>
  </div>`;
}

/** The store alone cannot tell what was taken off its end. */
function provenBy(comparedWith: readonly string[]): string {
  return comparedWith.length > 0
    ? 'none changed, removed, inserted or moved.'
    : 'none changed, inserted or moved. Nothing outside of the store was compared, so that what is missing at the end would not show.';
}

function record(entries: readonly EvidenceEntry[]): Html {
  return html`<section>
    <h2>The complete record</h2>
    <table class="record">
      <thead>
        <tr>
          <th>Entry</th>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Detail</th>
          <th>Hash</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) =>
            html`<tr>
              <td>${entry.personSeq}<br /><span class="quiet">no. ${entry.seq}</span></td>
              <td class="when">${moment(entry.at)}</td>
              <td>${actorName(entry.actor)}</td>
              <td>${stepName(entry.step ?? entry.kind)} ${outcomeWord(entry.outcome)}</td>
              <td>
                ${[entry.target, entry.account?.username ?? entry.account?.id].filter((one) => one !== undefined).join(', ')}
                ${entry.detail === undefined ? undefined : html`<div>${entry.detail}</div>`}
                <div class="quiet">${entry.workflowId}</div>
              </td>
              <td><code title="${entry.hash}">${shortHash(entry.hash)}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function chainSection({
  verification,
  entries,
  comparedWith,
}: Pick<EvidencePageInput, 'verification' | 'entries' | 'comparedWith'>): Html {
  const { personId, head, globalHead, faults, more } = verification;
  const made = [
    ...new Set(
      entries.map(({ versions }) => `Tenure ${versions.product}, configuration ${shortHash(versions.configHash)}`),
    ),
  ];
  return html`<section>
    <h2>Is it complete and unchanged?</h2>
    <dl>
      <dt>Entries checked</dt>
      <dd>${verification.checked}</dd>
      <dt>Head of the person</dt>
      <dd>${head.count}: <code>${head.head}</code></dd>
      <dt>Head over all persons</dt>
      <dd>${globalHead.count}: <code>${globalHead.head}</code></dd>
      <dt>Compared with</dt>
      <dd>${comparedWith.length === 0 ? 'the store alone' : comparedWith.map((one) => html`${one}<br />`)}</dd>
      <dt>Written by</dt>
      <dd>${made.length === 0 ? '–' : made.map((one) => html`${one}<br />`)}</dd>
    </dl>
    ${
      faults.length === 0
        ? undefined
        : html`<h3>Faults</h3>
            <ul>
              ${faults.map(({ what, detail }) => html`<li>${outcomeWord(what)} ${detail}</li>`)}${
                more > 0 ? html`<li>and ${more} more</li>` : undefined
              }
            </ul>`
    }
    <h3>How to check it yourself</h3>
    <p>
      Every entry carries the SHA-256 of its RFC 8785 JSON without <code>hash</code>, and the hash of the entry before
      it: of this person, and of all persons. Run <code>tenure evidence verify ${personId ?? ''}</code>, and compare the
      head of the person with the one in the result of the flow in Temporal, which is kept apart from this store.
    </p>
  </section>`;
}
